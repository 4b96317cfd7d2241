"""What the sweep does about each row that is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.delivery.delivery import Attempt, Delivery
from chalicelib.domain.delivery.endpoint import LEASE, Endpoint
from chalicelib.errors import Poison, Unavailable
from chalicelib.pipeline.delivery import deliver_due
from chalicelib.ports.web import NoAnswer, WebAnswer
from tests.unit.pipeline.delivery.test_deliver import down, jobs
from tests.unit.pipeline.delivery.world import MINUTE, NOW, OK, World, event

SECOND = timedelta(seconds=1)


@pytest.fixture
def world() -> World:
    """With three deliveries whose jobs were lost, and which are due."""
    world = World()
    world.subscribe()
    world.tell(*(event(number) for number in (1, 2, 3)))
    world.deliver_once()
    world.queue.messages.clear()
    world.clock.at = NOW + MINUTE + deliver_due.GRACE
    return world


def test_a_job_is_sent_for_each_and_not_again_at_once(world: World) -> None:
    assert world.sweep() == 3
    assert len(jobs(world)) == 3
    assert {row.due_at for row in world.rows()} == {world.clock() + deliver_due.AGAIN}
    world.clock.at += MINUTE
    assert world.sweep() == 0
    world.run_until(world.clock() + MINUTE)
    assert len(world.rows("delivered")) == 3


def test_what_a_job_of_its_own_brings_in_these_seconds_is_left_to_it(world: World) -> None:
    world.clock.at = NOW + MINUTE + SECOND
    assert world.sweep() == 0
    assert jobs(world) == []


def test_how_long_the_longest_waits_is_told(world: World) -> None:
    world.clock.at = NOW + 11 * MINUTE
    world.sweep()
    assert world.metrics.gauges["delivery_lag"] == 600
    world.clock.at += MINUTE
    world.sweep()
    assert world.metrics.gauges["delivery_lag"] == 0


def test_an_endpoint_whose_breaker_is_open_is_passed_over(world: World) -> None:
    probe = world.clock() + 10 * MINUTE
    (id,) = {row.subscription for row in world.rows()}
    world.endpoints.save(Endpoint(subscription=id, opened=3, open_until=probe))
    assert world.sweep() == 3
    assert jobs(world) == []
    for row in world.rows():
        assert row.due_at is not None
        assert probe <= row.due_at <= probe + 4 * MINUTE
        assert row.attempt == 0


def test_one_alone_probes_an_endpoint_that_failed(world: World) -> None:
    (id,) = {row.subscription for row in world.rows()}
    world.endpoints.save(Endpoint(subscription=id, opened=3, open_until=world.clock()))
    world.sweep()
    assert len(jobs(world)) == 1
    assert sorted(row.due_at for row in world.rows() if row.due_at)[0] >= world.clock() + deliver_due.PROBE


@pytest.mark.parametrize(("status", "reason"), [("paused", "paused"), ("disabled", "failing")])
def test_what_is_paused_is_held(world: World, status: str, reason: str) -> None:
    (subscription,) = world.subscriptions.all()
    world.subscriptions.put(replace(subscription, status=status, reason=reason))  # type: ignore[arg-type]
    world.sweep()
    assert [(row.status, row.reason, row.due_at) for row in world.rows()] == [("held", reason, None)] * 3


def test_what_is_gone_or_expired_fails(world: World) -> None:
    (subscription,) = world.subscriptions.all()
    world.subscriptions.put(replace(subscription, expires_at=NOW))
    world.sweep()
    assert [row.reason for row in world.rows("failed")] == ["its subscription expired"] * 3
    assert world.bus.events == []


def test_what_was_cut_off_at_its_last_attempt_fails_and_is_told(world: World) -> None:
    row = world.rows()[0]
    last = replace(row, status="sending", attempt=8, due_at=NOW)
    world.deliveries.rows[row.subscription, row.position] = last
    world.sweep()
    failed = world.deliveries.find(row.subscription, row.position)
    assert failed is not None
    assert (failed.status, failed.attempt) == ("failed", 8)
    assert [told.type for told in world.bus.events] == ["endpoint.exhausted"]


def test_an_outcome_that_was_written_in_time_stands(world: World) -> None:
    row = world.rows()[0]
    sending = replace(row, status="sending", attempt=1, due_at=NOW)
    world.deliveries.rows[row.subscription, row.position] = sending
    due = world.deliveries.due

    def late(*asked: object) -> object:
        found = due(*asked)  # type: ignore[arg-type]
        world.deliveries.change(sending, replace(sending, status="delivered", due_at=None))
        return found

    world.deliveries.due = late  # type: ignore[method-assign, assignment]
    world.sweep()
    assert world.deliveries.attempts([row])[row.id] == []
    assert len(world.rows("delivered")) == 1


def test_what_the_index_still_says_is_not_done_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver_due, "AT_ONCE", 3)
    stale = world.deliveries.due(world.clock(), 3)
    world.deliveries.due = lambda at, limit: stale  # type: ignore[method-assign]
    assert world.sweep() == 3
    assert len(jobs(world)) == 3


def test_it_goes_on_while_there_is_more_and_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver_due, "AT_ONCE", 2)
    assert world.sweep() == 3
    assert len(jobs(world)) == 3


def test_a_row_that_can_not_be_written_does_not_keep_the_others_from_it(world: World) -> None:
    move, refused = world.deliveries.move, world.rows()[0].position

    def moving(subscription: str, position: str, *rest: object) -> bool:
        if position == refused:
            raise Unavailable("dynamodb", "down")
        return move(subscription, position, *rest)  # type: ignore[arg-type]

    world.deliveries.move = moving  # type: ignore[method-assign, assignment]
    with pytest.raises(Unavailable):
        world.sweep()
    assert len(jobs(world)) == 2


@pytest.mark.parametrize(("store", "call"), [("deliveries", "due"), ("endpoints", "find")])
def test_while_a_store_is_down_its_next_run_is_its_retry(world: World, store: str, call: str) -> None:
    with down(getattr(world, store), call), pytest.raises(Unavailable):
        world.sweep()
    assert world.sweep() == 3


def test_jobs_that_are_not_sent_are_due_again(world: World) -> None:
    world.queue.down = 1
    with pytest.raises(Unavailable):
        world.sweep()
    world.run_until(world.clock() + 8 * MINUTE)
    assert len(world.rows("delivered")) == 3


def test_how_many_fail_is_told_every_five_minutes(world: World) -> None:
    failing, other = world.subscriptions.all()[0], world.subscribe("other")
    world.receivers.answers[failing.url] = WebAnswer(500, {}, b"")
    world.endpoints.save(Endpoint(subscription=other.id, leases={"me": NOW + LEASE}))
    world.subscribe("off", status="disabled", reason="failing")
    world.run_until(NOW + 11 * MINUTE)
    assert world.metrics.gauges["endpoints_failing"] == 1
    assert world.metrics.gauges["endpoints_disabled"] == 1


def test_what_piles_up_before_a_dead_endpoint_is_looked_at_ever_less_often() -> None:
    """At each probe it cost by the square of how much there is, and soon took all the time of the sweep."""
    world, writes = World(), Counter[str]()
    subscription = world.subscribe()
    world.receivers.answers[subscription.url] = NoAnswer("late", "nobody answers")
    world.receivers.seconds[subscription.url] = 15
    change = world.deliveries.change

    def counted(before: Delivery, after: Delivery, attempt: Attempt | None = None) -> bool:
        writes[before.position] += before.status == "pending"
        return change(before, after, attempt)

    world.deliveries.change = counted  # type: ignore[method-assign]
    world.tell(*(event(number) for number in range(200)))
    world.run_until(NOW + timedelta(days=1))
    assert {row.status for row in world.rows()} == {"pending"}
    assert writes.total() / 200 < 40
    world.receivers.answers[subscription.url] = OK
    world.receivers.seconds.clear()
    world.run_until(NOW + timedelta(days=2))
    assert len(world.rows("delivered")) == 200


def test_an_endpoint_that_can_not_be_read_keeps_nobody_else_s_rows(world: World) -> None:
    (one,) = world.subscriptions.all()
    world.subscribe("other")
    world.tell(event(4))
    world.deliver_once()
    world.queue.messages.clear()
    world.clock.at += 2 * MINUTE
    find = world.endpoints.find

    def unreadable(subscription: str) -> Endpoint:
        if subscription == one.id:
            raise Poison("no endpoint")
        return find(subscription)

    world.endpoints.find = unreadable  # type: ignore[method-assign]
    with pytest.raises(Poison):
        world.sweep()
    assert len(jobs(world)) == 1
