"""What becomes of events and jobs on the queue `delivery`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest

from chalicelib.domain.delivery.delivery import Attempt, Delivery
from chalicelib.domain.delivery.endpoint import LEASE, Endpoint
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Inbox, Wanted
from chalicelib.domain.operations.record import Record
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Unavailable, Unreadable
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.later import LEFT_ALONE
from chalicelib.ports.operations import Message
from chalicelib.ports.web import NoAnswer, WebAnswer
from tests.unit.pipeline.delivery.world import MINUTE, NOW, OK, World, event, on_the_bus

LATE = NoAnswer("late", "one.example.com did not answer in time")
SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    return World()


@contextmanager
def down(thing: Any, call: str) -> Iterator[None]:
    """A call of a store that fails as it does where the backend is down."""

    def fail(*given: Any, **named: Any) -> Any:
        raise Unavailable("dynamodb", "down")

    setattr(thing, call, fail)
    try:
        yield
    finally:
        delattr(thing, call)


def jobs(world: World) -> list[dict[str, Any]]:
    return [json.loads(message.body) for _, message in world.queue.messages]


def errors(done: Any) -> list[str]:
    return [type(error).__name__ for _, error in done if error is not None]


# ---- events ----


def test_an_event_is_kept_and_becomes_a_delivery_with_its_job(world: World) -> None:
    subscription = world.subscribe()
    world.tell(event())
    assert errors(world.deliver_once()) == []
    stored = world.log.events["triggeriq", "triggeriq", "e1"]
    assert (stored.connections, stored.untold_since) == (("zendesk/acme",), None)
    (row,) = world.rows()
    assert (row.status, row.attempt, row.due_at) == ("pending", 0, NOW + MINUTE)
    assert (row.position, row.connections) == (stored.position, stored.connections)
    assert jobs(world) == [{"v": 1, "subscription": subscription.id, "position": row.position, "attempt": 0}]
    assert world.queue.messages[0][1].group == subscription.id


def test_the_same_event_once_more_makes_no_second_delivery(world: World) -> None:
    world.subscribe()
    for again in ({}, {}, {"replay-name": "lost"}):
        world.queue.send([Message(on_the_bus(event(), **again))])
        world.run_until(world.clock() + MINUTE)
    assert len(world.rows("delivered")) == len(world.rows()) == 1
    assert len(world.receivers.asked) == 1


def test_a_repeat_sends_the_job_that_may_be_lost(world: World) -> None:
    world.subscribe()
    world.tell(event())
    world.deliver_once()
    world.queue.messages.clear()
    world.tell(event())
    world.deliver_once()
    assert [job["attempt"] for job in jobs(world)] == [0]


def test_each_gets_what_it_asked_for(world: World) -> None:
    def subscribe(name: str, **more: Any) -> None:
        world.subscribe(name, **more)

    subscribe("all")
    subscribe("resolved", wanted=Wanted(types=("ticket.resolved",)))
    subscribe("questions", wanted=Wanted(filter={"category": ("question",)}))
    subscribe("bugs", wanted=Wanted(filter={"category": ("bug_report",)}))
    subscribe("mine", within=Restriction(("zendesk/*",)))
    subscribe("others", within=Restriction(("csv/*",)))
    subscribe("expired", expires_at=NOW)
    world.tell(event())
    world.run_until(NOW + MINUTE)
    assert {asked.url for asked in world.receivers.asked} == {
        f"https://{name}.example.com/in" for name in ("all", "questions", "mine")
    }


def test_what_is_for_one_owner_is_told_to_no_other(world: World) -> None:
    world.subscribe("mine")
    world.subscribe("other", owner="bob")
    world.tell(event(1, type="endpoint.failing", audience="acme", connections=()))
    world.run_until(NOW + MINUTE)
    assert [asked.url for asked in world.receivers.asked] == ["https://mine.example.com/in"]


def test_nobody_is_told_of_his_own_endpoint_at_that_endpoint(world: World) -> None:
    failing = world.subscribe("failing")
    world.subscribe("other")
    world.tell(event(1, type="endpoint.failing", audience="acme", subject=failing.id))
    world.run_until(NOW + MINUTE)
    assert [asked.url for asked in world.receivers.asked] == ["https://other.example.com/in"]


def test_what_came_before_it_subscribed_is_not_sent(world: World) -> None:
    world.tell(event())
    world.deliver_once()
    world.clock.at += MINUTE
    world.subscribe()
    world.tell(event())  # the archive is replayed
    world.deliver_once()
    assert world.rows() == []


def test_what_its_owner_posted_is_read_from_the_log(world: World) -> None:
    world.subscribe()
    whole = event(owner="acme", source="shop", type="order.paid", data={"whole": True})
    world.log.put(StoredEvent.of(whole, NOW))
    world.tell(replace(whole, data=None, more={"dataref": "/events/e1"}))
    world.run_until(NOW + MINUTE)
    (asked,) = world.receivers.asked
    assert json.loads(asked.body)["data"] == {"whole": True}


def test_one_that_is_not_in_the_log_is_taken_as_it_came(world: World) -> None:
    world.subscribe()
    world.tell(event(owner="acme", source="shop", type="order.paid"))
    world.run_until(NOW + MINUTE)
    assert len(world.receivers.asked) == 1
    assert ("acme", "shop", "e1") in world.log.events


def test_one_whose_data_are_nowhere_is_kept_in_the_quarantine(world: World) -> None:
    world.tell(event(owner="acme", source="shop", data=None, more={"dataref": "/events/e1"}), event(2))
    done = world.deliver_once()
    assert errors(done) == ["Unreadable"]
    assert len(world.log.events) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "7",
        "[]",
        "{}",
        "[" * 100_000,
        '{"v": 2, "subscription": "s", "position": "p", "attempt": 0}',
        '{"v": 1, "subscription": 7, "position": "p", "attempt": 0}',
        '{"v": 1, "subscription": "s", "position": "p", "attempt": true}',
        '{"detail": {}, "source": "triggeriq"}',
        on_the_bus(event(), source="aws.s3"),
        on_the_bus(event(), source="partner."),
        on_the_bus(event(), detail={**json.loads(event().body), "time": "yesterday"}),
        on_the_bus(event(), detail={**json.loads(event().body), "id": 7}),
        on_the_bus(event(), resources=[7]),
    ],
)
def test_what_can_not_be_read_is_told_apart_and_the_rest_goes_on(world: World, body: str) -> None:
    world.subscribe()
    world.queue.send([Message(body)])
    world.tell(event())
    done = world.deliver_once()
    assert [type(error) for _, error in done if error is not None] == [Unreadable]
    assert len(world.rows()) == 1


def test_an_event_that_was_forgotten_meanwhile_goes_nowhere(world: World) -> None:
    world.subscribe()
    world.log.put(StoredEvent.of(event(), NOW).forgotten())
    world.tell(event())
    assert errors(world.deliver_once()) == []
    assert world.rows() == []


def test_it_lies_in_the_inboxes_that_want_it(world: World) -> None:
    for owner, types in (("acme", ("*",)), ("bob", ("ticket.*",)), ("eve", ("alert.*",))):
        inbox = Inbox(owner=owner, wanted=Wanted(types=types), created_at=NOW, updated_at=NOW)
        world.subscriptions.put_inbox(inbox)
    world.tell(event())
    world.deliver_once()
    assert [owner for owner, _ in world.inbox_items.items] == ["acme", "bob"]


def test_while_it_is_paused_its_events_are_held(world: World) -> None:
    paused = world.subscribe(status="paused", reason="paused")
    world.tell(event())
    world.tell(event())
    world.run_until(NOW + MINUTE)
    (row,) = world.rows()
    assert (row.status, row.reason, row.due_at) == ("held", "paused", None)
    assert world.receivers.asked == []
    assert world.metrics.deliveries == {("held", paused.id): 1}


@pytest.mark.parametrize(
    ("store", "call"),
    [
        ("log", "found"),
        ("log", "put"),
        ("subscriptions", "all"),
        ("subscriptions", "inboxes"),
        ("inbox_items", "put"),
        ("deliveries", "put"),
    ],
)
def test_an_event_fails_until_all_of_it_stands(world: World, store: str, call: str) -> None:
    world.subscribe()
    world.subscriptions.put_inbox(Inbox(owner="acme", created_at=NOW, updated_at=NOW))
    world.tell(event())
    with down(getattr(world, store), call):
        assert errors(world.deliver_once()) == ["Unavailable"]
    world.tell(event())
    world.run_until(NOW + MINUTE)
    assert len(world.rows("delivered")) == 1
    assert len(world.inbox_items.items) == 1


def test_an_event_fails_until_its_jobs_are_sent(world: World) -> None:
    world.subscribe()
    world.tell(event())
    world.queue.down = 1
    assert errors(world.deliver_once()) == ["Unavailable"]


def test_what_fails_of_one_event_does_not_touch_another(world: World) -> None:
    world.subscribe()
    world.tell(event(1), event(2))
    put = world.log.put

    def refusing(stored: StoredEvent) -> StoredEvent:
        if stored.id == "e1":
            raise Unavailable("dynamodb", "down")
        return put(stored)

    world.log.put = refusing  # type: ignore[method-assign]
    assert errors(world.deliver_once()) == ["Unavailable"]
    assert [row.event_id for row in world.rows()] == ["e2"]


# ---- jobs ----


def begun(world: World, *numbers: int, **more: Any) -> Any:
    """A subscription with the jobs of these events, which are on the queue."""
    subscription = world.subscribe(**more)
    world.tell(*(event(number) for number in numbers or (1,)))
    world.deliver_once()
    return subscription


def test_a_job_is_an_attempt_and_its_repeat_is_dropped(world: World) -> None:
    begun(world)
    world.queue.messages *= 3
    assert errors(world.deliver_once()) == []
    world.queue.send([DeliveryJob(row.subscription, row.position, 0).message() for row in world.rows()])
    assert errors(world.deliver_once()) == []
    assert len(world.receivers.asked) == 1


def test_a_request_is_what_a_subscriber_expects(world: World) -> None:
    begun(world, headers={"X-Team": "desk"})
    world.deliver_once()
    (asked,) = world.receivers.asked
    assert asked.headers["X-Team"] == "desk"
    assert asked.headers["webhook-id"] == "e1"
    assert asked.headers["webhook-signature"].startswith("v1,")
    assert json.loads(asked.body)["type"] == "ticket.created"
    (row,) = world.rows()
    (attempt,) = world.deliveries.attempts([row])[row.id]
    assert (attempt.status, attempt.error, attempt.answer) == (200, None, "thanks")
    assert attempt.url == "https://one.example.com/in"


def test_a_receiver_that_answers_with_our_secrets_is_not_quoted(world: World) -> None:
    subscription = begun(world, headers={"X-Token": "s3cr3t"})
    world.receivers.answers[subscription.url] = WebAnswer(400, {}, b"you sent s3cr3t")
    world.deliver_once()
    (row,) = world.rows()
    (attempt,) = world.deliveries.attempts([row])[row.id]
    assert "s3cr3t" not in attempt.answer
    assert "you sent" in attempt.answer


def test_the_address_that_counts_is_the_one_of_now(world: World) -> None:
    subscription = begun(world)
    world.subscriptions.put(replace(subscription, url="https://new.example.com/"))
    world.deliver_once()
    assert [asked.url for asked in world.receivers.asked] == ["https://new.example.com/"]


def test_a_header_that_can_not_be_sent_is_a_failure_like_any(world: World) -> None:
    subscription = begun(world)

    def refuse(*given: Any, **named: Any) -> Any:
        raise ValueError("the header x has characters that none may have")

    world.receivers.answers[subscription.url] = refuse
    assert errors(world.deliver_once()) == []
    (row,) = world.rows()
    assert (row.status, row.attempt) == ("pending", 1)


def test_one_that_was_forgotten_fails_for_good(world: World) -> None:
    begun(world)
    world.log.forget(next(iter(world.log.events.values())))
    world.deliver_once()
    (row,) = world.rows()
    assert (row.status, row.reason) == ("failed", "its content was forgotten")
    assert world.receivers.asked == []
    assert world.bus.events == []  # that is not the endpoint's fault


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"status": "paused", "reason": "paused"}, "held", "paused"),
        ({"status": "disabled", "reason": "failing"}, "held", "failing"),
        ({"expires_at": NOW}, "failed", "its subscription expired"),
        (None, "failed", "its subscription is gone"),
    ],
)
def test_what_nobody_wants_any_more_is_not_sent(world: World, change: Any, status: str, reason: str) -> None:
    subscription = begun(world, 1, 2)
    if change is None:
        world.subscriptions.delete(subscription.id)
    else:
        world.subscriptions.put(replace(subscription, **change))
    assert errors(world.deliver_once()) == []
    assert [(row.status, row.reason, row.due_at) for row in world.rows()] == [(status, reason, None)] * 2
    assert world.receivers.asked == []
    assert world.bus.events == []


def test_what_finds_no_lease_is_moved_and_spends_no_attempt(world: World) -> None:
    subscription = begun(world, 1, 2)
    world.endpoints.save(Endpoint(subscription=subscription.id, leases={"another": NOW + LEASE}))
    assert errors(world.deliver_once()) == []
    assert world.receivers.asked == []
    assert [(row.status, row.attempt) for row in world.rows()] == [("pending", 0)] * 2
    assert all(NOW < row.due_at <= NOW + 20 * SECOND for row in world.rows() if row.due_at)
    assert sorted(job["attempt"] for job in jobs(world)) == [0, 0]
    assert all(1 <= message.delay_seconds <= 20 for _, message in world.queue.messages)
    world.run_until(NOW + 10 * MINUTE)
    assert len(world.rows("delivered")) == 2


def test_after_one_that_was_late_the_others_wait(world: World) -> None:
    subscription = begun(world, 1, 2, 3)
    world.receivers.answers[subscription.url] = LATE
    world.receivers.seconds[subscription.url] = 15
    world.deliver_once()
    assert len(world.receivers.asked) == 1
    assert sorted(row.attempt for row in world.rows()) == [0, 0, 1]
    assert world.endpoints.find(subscription.id).leases == {}


def test_what_waits_before_an_endpoint_that_is_left_alone_is_listed_with_the_reason(world: World) -> None:
    """It was never tried, but has not arrived, and its owner wants to know why."""
    subscription = begun(world, 1, 2, 3)
    world.receivers.answers[subscription.url] = LATE
    world.deliver_once()

    def listed() -> list[tuple[int, str | None]]:
        rows = world.deliveries.list(subscription.id, 10, None, undelivered=True).items
        return sorted((row.attempt, row.reason) for row in rows)

    assert len(listed()) == 3
    assert [reason for attempt, reason in listed() if attempt == 0] == [LEFT_ALONE] * 2
    world.receivers.answers.clear()
    world.run_until(NOW + 10 * MINUTE)
    assert listed() == []
    assert [row.reason for row in world.rows("delivered")] == [None] * 3


def test_what_there_is_no_time_for_is_moved(world: World) -> None:
    subscription = begun(world, *range(1, 6))
    world.receivers.seconds[subscription.url] = 14
    world.deliver_once(seconds=60)
    assert len(world.rows("delivered")) == 3
    assert [(row.status, row.attempt) for row in world.rows() if row.status != "delivered"] == [
        ("pending", 0)
    ] * 2
    world.run_until(world.clock() + MINUTE)
    assert len(world.rows("delivered")) == 5


def test_a_rate_is_kept(world: World) -> None:
    begun(world, *range(1, 8), rate=3)
    world.run_until(NOW + timedelta(minutes=4))
    times = [asked.at for asked in world.receivers.asked]
    assert len(times) == 7
    assert all(sum(at <= one < at + MINUTE for one in times) <= 3 for at in times)


def test_a_slow_endpoint_s_jobs_are_done_one_after_the_other(world: World) -> None:
    subscription = begun(world, 1, 2)
    world.receivers.seconds[subscription.url] = 3
    world.deliver_once()
    first, second = world.receivers.asked
    assert second.at - first.at == 3 * SECOND


@pytest.mark.parametrize("call", ["claim", "record", "change"])
def test_an_attempt_that_can_not_be_written_counts_as_cut_off(world: World, call: str) -> None:
    subscription = begun(world)
    if call == "record":
        given = iter([WebAnswer(500, {}, b"")])
        world.receivers.answers[subscription.url] = lambda: next(given, OK)
    with down(world.deliveries, call):
        assert errors(world.deliver_once()) == []
    world.run_until(NOW + 10 * MINUTE)
    (row,) = world.rows()
    assert (row.status, row.attempt) == ("delivered", 1 if call == "claim" else 2)
    assert [one.number for one in world.deliveries.attempts([row])[row.id]] == list(range(1, row.attempt + 1))


def test_an_endpoint_whose_row_can_not_be_written_costs_no_delivery(world: World) -> None:
    subscription = begun(world)
    save = world.endpoints.save
    saves: list[Endpoint] = []

    def once(endpoint: Endpoint) -> Endpoint | None:
        saves.append(endpoint)
        if len(saves) > 1:
            raise Unavailable("dynamodb", "down")
        return save(endpoint)

    world.endpoints.save = once  # type: ignore[method-assign]
    assert errors(world.deliver_once()) == []
    assert len(world.rows("delivered")) == 1
    assert world.endpoints.find(subscription.id).leases  # it ends by itself


def test_who_writes_the_endpoint_at_the_same_time_is_not_written_over(world: World) -> None:
    subscription = begun(world)

    def meanwhile() -> WebAnswer:
        stands = world.endpoints.find(subscription.id)
        world.endpoints.save(replace(stands, leases={**stands.leases, "another": NOW + LEASE}))
        return WebAnswer(500, {}, b"")

    world.receivers.answers[subscription.url] = meanwhile
    world.deliver_once()
    endpoint = world.endpoints.find(subscription.id)
    assert set(endpoint.leases) == {"another"}
    assert endpoint.failures == 1


def test_jobs_that_can_not_be_sent_on_are_sent_by_the_sweep(world: World) -> None:
    subscription = begun(world)
    given = iter([WebAnswer(500, {}, b"")])
    world.receivers.answers[subscription.url] = lambda: next(given, OK)
    world.queue.down = 1
    assert errors(world.deliver_once()) == []
    assert world.queue.messages == []
    world.run_until(NOW + 3 * MINUTE)
    assert len(world.rows("delivered")) == 1


@pytest.mark.parametrize("call", ["all", "opened"])
def test_an_outage_piles_no_jobs_up(world: World, call: str) -> None:
    """Each sweep sends a job for what is due: were those that fail kept, there would be ever more."""
    begun(world, 1, 2)
    with down(world.subscriptions, call):
        assert errors(world.deliver_once()) == []
        assert world.queue.messages == []
    world.run_until(NOW + 3 * MINUTE)
    assert len(world.rows("delivered")) == 2
    assert len(world.receivers.asked) == 2


def test_news_that_the_bus_does_not_take_wait_in_the_log(world: World) -> None:
    subscription = begun(world)
    world.receivers.answers[subscription.url] = WebAnswer(410, {}, b"")
    world.bus.down = True
    world.deliver_once()
    (waiting,) = world.log.untold(NOW + MINUTE, 10)
    assert (waiting.type, waiting.audience) == ("endpoint.disabled", "acme")
    stands = world.subscriptions.find(subscription.id)
    assert stands is not None
    assert stands.status == "paused"


def test_who_gave_another_address_meanwhile_is_not_stopped(world: World) -> None:
    subscription = begun(world)

    def meanwhile() -> WebAnswer:
        world.subscriptions.put(replace(subscription, url="https://new.example.com/"))
        return WebAnswer(410, {}, b"")

    world.receivers.answers[subscription.url] = meanwhile
    world.deliver_once()
    stands = world.subscriptions.find(subscription.id)
    assert stands is not None
    assert stands.status == "active"
    assert [row.status for row in world.rows()] == ["pending"]
    world.run_until(NOW + MINUTE)
    assert [asked.url for asked in world.receivers.asked] == [subscription.url, "https://new.example.com/"]


def test_what_is_held_while_its_subscription_is_resumed_is_sent(world: World) -> None:
    """Whoever resumes it has sent what is held by then; this is written a moment later."""
    paused = world.subscribe(status="paused", reason="paused")
    world.tell(event())
    put = world.deliveries.put

    def late(delivery: Delivery) -> Delivery:
        world.subscriptions.put(replace(paused, status="active", reason=None))
        return put(delivery)

    world.deliveries.put = late  # type: ignore[method-assign]
    world.deliver_once()
    world.deliver_once()
    assert len(world.rows("delivered")) == 1
    assert world.metrics.deliveries == {("delivered", paused.id): 1}


def test_what_a_job_holds_while_its_subscription_is_resumed_is_sent(world: World) -> None:
    subscription = begun(world)
    paused = world.subscriptions.put(replace(subscription, status="paused", reason="paused"))
    change = world.deliveries.change

    def late(before: Delivery, after: Delivery, attempt: Attempt | None = None) -> bool:
        if after.status == "held":
            world.subscriptions.put(replace(paused, status="active", reason=None))
        return change(before, after, attempt)

    world.deliveries.change = late  # type: ignore[method-assign]
    world.deliver_once()
    assert [row.status for row in world.rows()] == ["pending"]
    world.run_until(NOW + 3 * MINUTE)
    assert len(world.rows("delivered")) == 1


def test_another_endpoint_s_time_out_delays_no_second_attempt(world: World) -> None:
    """Both are in one batch. The quick one's next job lies on the queue before the slow one has answered."""
    quick, slow = world.subscribe("a"), world.subscribe("b")
    lies_there: list[str] = []

    def late() -> NoAnswer:
        lies_there.extend(str(message.group) for _, message in world.queue.messages)
        return LATE

    world.receivers.answers = {quick.url: WebAnswer(500, {}, b""), slow.url: late}
    world.tell(event())
    world.deliver_once()
    world.deliver_once()
    assert lies_there == [quick.id]


def test_batches_mix(world: World) -> None:
    begun(world, 1)
    world.tell(event(2))
    world.queue.send([Message("oh")])
    done = world.deliver_once()
    assert len(done) == 3
    assert errors(done) == ["Unreadable"]
    assert [isinstance(record, Record) for record, _ in done] == [True] * 3
    assert len(world.rows("delivered")) == 1
    assert len(world.rows("pending")) == 1


def test_what_piles_up_before_an_endpoint_that_is_well_waits_for_it_alone(world: World) -> None:
    subscription = begun(world, *range(1, 100), rate=10)
    world.run_until(NOW + timedelta(minutes=12))
    times = [asked.at for asked in world.receivers.at(subscription.url)]
    assert len(times) == 99


def test_who_asks_for_a_second_now_and_then_gets_the_rest_soon(world: World) -> None:
    subscription = begun(world, *range(1, 100))
    answers = cycle([OK, OK, WebAnswer(429, {"retry-after": "1"}, b"")])
    world.receivers.answers[subscription.url] = lambda: next(answers)
    world.run_until(NOW + timedelta(minutes=12))
    assert len(world.rows("delivered")) == 99
