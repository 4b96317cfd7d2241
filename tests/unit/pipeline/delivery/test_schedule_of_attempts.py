"""A delivery over 28 hours, which pass by moving the clock."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.domain.delivery.outcome import CUT_OFF
from chalicelib.ports.web import NoAnswer, WebAnswer
from tests.unit.pipeline.delivery.world import OK, SCHEDULE, World, event

URL = "https://one.example.com/in"
HOUR = timedelta(hours=1)


def answers(status: int, **headers: str) -> WebAnswer:
    return WebAnswer(status, {name.replace("_", "-"): value for name, value in headers.items()}, b"no")


def waits(world: World) -> list[float]:
    times = [asked.at for asked in world.receivers.at(URL)]
    return [(later - earlier).total_seconds() for earlier, later in pairwise(times)]


@pytest.mark.parametrize(
    "answer",
    [
        answers(500),
        answers(404),
        answers(302, location="https://elsewhere.example.com"),
        answers(304),
        answers(429),
        NoAnswer("late", "one.example.com did not answer in time"),
        NoAnswer("unknown", "one.example.com can't be looked up"),
        NoAnswer("refused", "an address of one.example.com is not public"),
        NoAnswer("untrusted", "one.example.com shows no certificate that holds"),
        NoAnswer("broken", "one.example.com gave no whole answer"),
    ],
    ids=str,
)
def test_what_is_never_taken_is_tried_eight_times_in_28_hours(answer: Any) -> None:
    world = World()
    world.subscribe()
    world.receivers.answers[URL] = answer
    world.tell(event())
    world.run_until(world.clock() + 30 * HOUR)
    # Waits of more than 15 minutes end with the sweep: a minute, and what is left to a job of its own
    for waited, asked_for in zip(waits(world), SCHEDULE[1:], strict=True):
        assert asked_for <= waited <= asked_for + (80 if asked_for > 900 else 2)
    (row,) = world.rows()
    assert (row.status, row.attempt, row.due_at) == ("failed", 8, None)
    assert row.reason is not None
    assert row.reason.startswith("its attempts are used up: ")
    tried = world.deliveries.attempts([row])[row.id]
    assert [one.number for one in tried] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert all(one.error for one in tried)
    assert {asked.id for asked in world.receivers.asked} == {"e1"}
    assert len({asked.headers["webhook-timestamp"] for asked in world.receivers.asked}) == 8
    assert world.metrics.deliveries == {("delivery_failed", row.subscription): 8}
    assert world.failed == []


def test_each_wait_is_spread_by_a_fifth() -> None:
    seeded = random.Random(7)
    found: list[list[float]] = []
    for _ in range(20):
        world = World(jitter=seeded.random)
        world.subscribe()
        world.receivers.answers[URL] = answers(500)
        world.tell(event())
        world.run_until(world.clock() + 34 * HOUR)
        found.append(waits(world))
    for asked_for, waited in zip(SCHEDULE[1:], zip(*found, strict=True), strict=True):
        assert min(waited) >= 0.8 * asked_for
        assert max(waited) <= 1.2 * asked_for + (80 if asked_for > 750 else 2)
        assert max(waited) - min(waited) > 0.15 * asked_for


@pytest.mark.parametrize("failures", range(1, 8))
def test_what_is_taken_in_the_end_is_delivered(failures: int) -> None:
    world = World()
    world.subscribe()
    given = iter([answers(503)] * failures + [OK] * 9)
    world.receivers.answers[URL] = lambda: next(given)
    world.tell(event())
    world.run_until(world.clock() + 30 * HOUR)
    (row,) = world.rows()
    assert (row.status, row.attempt, row.reason, row.due_at) == ("delivered", failures + 1, None, None)
    assert len(world.receivers.asked) == failures + 1


def test_who_asks_for_a_pause_is_sent_nothing_until_then() -> None:
    world = World()
    world.subscribe()
    given = iter([answers(429, retry_after="600")])
    world.receivers.answers[URL] = lambda: next(given, OK)
    world.tell(event(1))
    world.deliver_once()
    world.deliver_once()
    began = world.clock()
    world.tell(event(2))
    world.run_until(began + HOUR)
    _, *others = world.receivers.at(URL)
    assert {asked.id for asked in others} == {"e1", "e2"}
    for asked in others:
        waited = (asked.at - began).total_seconds()
        # it asked for ten minutes, which are spread by two fifths at most, and the sweep comes each minute
        assert 600 <= waited <= 600 * 1.4 + 80
    assert [(row.event_id, row.status, row.attempt) for row in world.rows()] == [
        ("e1", "delivered", 2),
        ("e2", "delivered", 1),  # no attempt was spent on the pause
    ]


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (answers(410), "paused", "gone"),
        (answers(500, webhook_delivery="disable"), "disabled", "asked"),
    ],
    ids=["410", "disable"],
)
def test_who_wants_nothing_more_is_sent_nothing_more(answer: Any, status: str, reason: str) -> None:
    world = World()
    stopped, other = world.subscribe(), world.subscribe("other")
    world.receivers.answers[URL] = answer
    world.tell(event(1), event(2))
    world.run_until(world.clock() + HOUR)
    world.tell(event(3))
    world.run_until(world.clock() + 30 * HOUR)
    assert len(world.receivers.at(URL)) == 1
    stands = world.subscriptions.find(stopped.id)
    assert stands is not None
    assert (stands.status, stands.reason) == (status, reason)
    mine = [row for row in world.rows() if row.subscription == stopped.id]
    assert [(row.event_id, row.status, row.reason) for row in mine] == [
        (f"e{number}", "held", reason) for number in (1, 2, 3)
    ]
    (told,) = [asked for asked in world.receivers.at(other.url) if b"endpoint.disabled" in asked.body]
    assert stopped.id.encode() in told.body
    assert world.metrics.deliveries["held", stopped.id] == 3


def test_who_takes_an_event_and_wants_no_other_has_got_it() -> None:
    world = World()
    stopped = world.subscribe()
    world.receivers.answers[URL] = answers(200, webhook_delivery="disable")
    world.tell(event(1))
    world.run_until(world.clock() + HOUR)
    world.tell(event(2))
    world.run_until(world.clock() + HOUR)
    assert [(row.event_id, row.status) for row in world.rows()] == [("e1", "delivered"), ("e2", "held")]
    stands = world.subscriptions.find(stopped.id)
    assert stands is not None
    assert (stands.status, stands.reason) == ("disabled", "asked")


def test_one_that_is_not_to_be_sent_again_is_not() -> None:
    world = World()
    world.subscribe()
    world.receivers.answers[URL] = answers(400, webhook_delivery="abort-message")
    world.tell(event())
    world.run_until(world.clock() + 30 * HOUR)
    (row,) = world.rows()
    assert (row.status, row.attempt) == ("failed", 1)
    assert len(world.receivers.asked) == 1


def test_five_days_of_nothing_but_failure_disable_it_and_are_told_before() -> None:
    world = World()
    failing, other = world.subscribe(), world.subscribe("other")
    world.receivers.answers[URL] = answers(500)
    for day in range(6):
        world.tell(event(day))
        world.run_until(world.clock() + 24 * HOUR)
    stands = world.subscriptions.find(failing.id)
    assert stands is not None
    assert (stands.status, stands.reason) == ("disabled", "failing")
    told = [e.type for e in world.bus.events]
    assert told.count("endpoint.failing") == 2
    assert told.count("endpoint.disabled") == 1
    assert "endpoint.exhausted" in told
    assert not any(b"endpoint." in asked.body for asked in world.receivers.at(URL))
    assert any(b"endpoint.failing" in asked.body for asked in world.receivers.at(other.url))
    assert all(event.audience == "acme" for event in world.bus.events)


def test_a_setting_says_when_instead() -> None:
    world = World(schedule=(10, 20))
    world.subscribe()
    world.receivers.answers[URL] = answers(500)
    began = world.clock()
    world.tell(event())
    world.run_until(began + HOUR)
    assert [round((asked.at - began).total_seconds()) for asked in world.receivers.asked] == [10, 30]
    assert [row.status for row in world.rows()] == ["failed"]


def test_what_was_cut_off_is_tried_again() -> None:
    world = World()
    subscription = world.subscribe()
    world.tell(event())
    world.deliver_once()
    (row,) = world.rows()
    world.queue.messages.clear()
    assert world.deliveries.claim(
        subscription.id, row.position, 0, "dead", world.clock() + timedelta(seconds=90)
    )
    world.run_until(world.clock() + HOUR)
    (row,) = world.rows()
    assert (row.status, row.attempt) == ("delivered", 2)
    first, second = world.deliveries.attempts([row])[row.id]
    assert (first.number, first.status, first.error) == (1, None, CUT_OFF.error)
    assert first.error is not None
    assert "not known" in first.error
    assert (second.number, second.status) == (2, 200)
