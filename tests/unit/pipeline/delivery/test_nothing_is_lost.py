"""Two hundred events for twenty subscribers, a fifth of them flaky, while processes die at any call and
stores fail: each gets each event, or it is listed with the reason."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.ports.operations import Message
from chalicelib.ports.web import NoAnswer, WebAnswer
from tests.unit.pipeline.delivery.world import NOW, OK, Crash, World, event, on_the_bus

EVENTS, SUBSCRIBERS = 200, 20
FLAKY: tuple[WebAnswer | NoAnswer, ...] = (
    WebAnswer(500, {}, b""),
    NoAnswer("late", "no answer in time"),
    NoAnswer("broken", "reset"),
    WebAnswer(429, {"retry-after": "30"}, b""),
)
CALLS = {
    "log": ("put", "find", "found", "told"),
    "subscriptions": ("all", "inboxes", "opened", "put", "find"),
    "deliveries": ("put", "find", "claim", "move", "change", "record", "due"),
    "endpoints": ("find", "save"),
    "queue": ("send",),
    "receivers": ("send",),
}


def test_each_gets_each_event_whatever_dies() -> None:
    outlive(random.Random(7))


def outlive(chance: random.Random) -> None:
    world = World(jitter=chance.random)
    subscriptions = [world.subscribe(f"s{number}") for number in range(SUBSCRIBERS)]
    for number, subscription in enumerate(subscriptions):
        if number % 5 == 0:
            fault = FLAKY[number // 5]
            world.receivers.answers[subscription.url] = lambda fault=fault: (
                fault if chance.random() < 0.3 else OK
            )
    _break(world, chance, 0.002)
    for number in range(EVENTS):
        world.queue.messages.append((NOW, Message(on_the_bus(event(number)))))
    _survive(world, chance, timedelta(hours=40))
    arrived = Counter((asked.url, asked.id) for asked in world.receivers.asked)
    told = [row for row in world.rows() if row.type == "ticket.created"]  # others tell of endpoints
    rows = {(row.subscription, row.event_id): row for row in told}
    assert len(rows) == len(told) == EVENTS * SUBSCRIBERS
    for subscription in subscriptions:
        for number in range(EVENTS):
            row = rows[subscription.id, f"e{number}"]
            assert row.status in ("delivered", "failed", "held"), row
            if row.status == "delivered":
                assert arrived[subscription.url, row.event_id] >= 1
            else:
                assert row.reason
            numbers = [one.number for one in world.deliveries.attempts([row])[row.id]]
            assert numbers == list(range(1, row.attempt + 1))
    delivered = len(world.rows("delivered"))
    assert delivered > 0.95 * EVENTS * SUBSCRIBERS
    twice = sum(count > 1 for count in arrived.values())
    assert twice < 0.1 * EVENTS * SUBSCRIBERS


def _break(world: World, chance: random.Random, share: float) -> None:
    """Have each call fail now and then, before it or behind it, or end the process."""
    for store, names in CALLS.items():
        for name in names:
            thing = getattr(world, store)
            setattr(thing, name, _breaking(getattr(thing, name), chance, share, store))


def _breaking(
    call: Callable[..., Any], chance: random.Random, share: float, store: str
) -> Callable[..., Any]:
    def called(*given: Any, **named: Any) -> Any:
        dice = chance.random()
        if dice < share and store != "receivers":
            raise Unavailable(store, "down")
        result = call(*given, **named)
        if dice > 1 - share:
            raise Crash(store)
        return result

    return called


def _survive(world: World, chance: random.Random, span: timedelta) -> None:
    """Let time pass as World.run_until does; whatever an invocation had in hand when it died comes again."""
    end, next_sweep = world.clock() + span, world.clock()
    while world.clock() < end:
        while world.queue.next_at is not None and world.queue.next_at <= world.clock():
            before = list(world.queue.messages)
            try:
                done = world.deliver_once()
            except Crash:
                lost = [one for one in before if one not in world.queue.messages]
            else:
                failed = {record.body for record, error in done if error is not None}
                lost = [one for one in before if one[1].body in failed]
            shown_again = world.clock() + timedelta(minutes=6)
            world.queue.messages += [(shown_again, message) for _, message in lost]
        if world.clock() >= next_sweep:
            with suppress(Crash, Unavailable):
                world.sweep()
            next_sweep = world.clock() + timedelta(minutes=1)
        world.clock.at = max(world.clock(), min(next_sweep, end, world.queue.next_at or end))
        if not world.queue.messages and not world.rows("pending") and not world.rows("sending"):
            return
