"""What a subscription did not get is sent to it: all of it, once, and no faster than it may take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.delivery.endpoint import Endpoint
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Subscription, Wanted
from chalicelib.domain.operations.job import Step
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Conflict, Invalid, NotFound, Unavailable
from chalicelib.pipeline.delivery import find_undelivered, recover
from chalicelib.pipeline.delivery.recover import AT_ONCE, RecoverArguments
from tests.unit.pipeline.delivery.undelivered import MINUTE, Undelivered
from tests.unit.pipeline.fakes import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def since(subscription: Subscription, back: timedelta = DAY, **fields: Any) -> RecoverArguments:
    return RecoverArguments(subscription=subscription.id, since=NOW - back, **fields)


def sent(made: Undelivered) -> list[str]:
    """The events of the jobs that were sent, in their order."""
    rows = [made.deliveries.find(job.subscription, job.position) for job in made.jobs]
    return [row.event_id for row in rows if row]


def outage(made: Undelivered) -> Subscription:
    """Of each kind one, the oldest first: failed, held, never tried; and what is left alone."""
    subscription = made.subscription()
    for number, status in enumerate(("failed", "held", None, "delivered", "pending")):
        event = made.event(f"e{number}", NOW - HOUR + number * MINUTE)
        if status:
            made.delivery(subscription, event, status, 0 if status in ("held", "pending") else 1)
    return subscription


def test_what_failed_is_held_or_was_never_tried_is_sent_the_oldest_first() -> None:
    made = Undelivered()
    subscription = outage(made)
    steps = list(made.recover.run(since(subscription), None))
    assert sent(made) == ["e0", "e1", "e2"]
    assert {row.status for row in made.deliveries.rows.values()} == {"pending", "delivered"}
    assert all(row.due_at for row in made.deliveries.rows.values() if row.event_id in ("e0", "e1", "e2"))
    assert steps[0].total == sum(step.done for step in steps) == 3
    assert sum(step.skipped for step in steps) == 0


def test_only_of_the_time_the_types_and_the_statuses_that_were_asked_for() -> None:
    made = Undelivered()
    subscription = made.subscription()
    for hours in range(1, 6):
        made.event(f"created{hours}", NOW - hours * HOUR)
        made.delivery(
            subscription, made.event(f"order{hours}", NOW - hours * HOUR, type="order.paid"), "held", 0
        )
    list(made.recover.run(since(subscription, 4 * HOUR, until=NOW - 2 * HOUR), None))
    assert sorted(sent(made)) == ["created3", "created4", "order3", "order4"]
    list(made.recover.run(since(subscription, types=("order.*",)), None))
    assert sent(made)[4:] == ["order5", "order2", "order1"]
    list(made.recover.run(since(subscription, statuses=("held",)), None))
    assert len(sent(made)) == 7


def test_what_was_never_tried_is_what_the_subscription_includes_and_may_see() -> None:
    made = Undelivered()
    subscription = made.subscription(
        wanted=Wanted(types=("ticket.*",), filter={"category": ("bug_report",)}),
        within=Restriction(("csv/mine",)),
    )
    bug = {"data": {"category": {"label": "bug_report"}}, "connections": ("csv/mine",)}
    made.event("wanted", **bug)
    made.event("another kind", **{**bug, "data": {"category": {"label": "praise"}}})
    made.event("another type", **{**bug, "type": "alert.opened"})
    made.event("theirs", **{**bug, "connections": ("csv/theirs",)})
    made.event("posted", **{**bug, "owner": "acme", "source": "partner.acme", "type": "ticket.like"})
    made.event(
        "posted by another", **{**bug, "owner": "other", "source": "partner.other", "type": "ticket.like"}
    )
    made.event("for another alone", **{**bug, "audience": "other"})
    list(made.recover.run(since(subscription), None))
    assert sorted(sent(made)) == ["posted", "wanted"]


def test_the_job_is_for_the_eyes_of_the_subscription_s_owner() -> None:
    made = Undelivered()
    subscription = made.subscription()
    assert made.recover.audience(since(subscription)) == subscription.owner


def test_what_tells_of_its_own_endpoint_or_tests_another_is_not_for_it() -> None:
    made = Undelivered()
    subscription = made.subscription()
    for subject in (subscription.id, "another"):
        made.event(f"failing {subject}", type="endpoint.failing", subject=subject, audience="acme")
        made.event(f"test of {subject}", type="subscription.test", subject=subject, audience="acme")
    list(made.recover.run(since(subscription), None))
    assert sent(made) == ["failing another"]


def test_a_second_run_finds_nothing() -> None:
    made = Undelivered()
    subscription = outage(made)
    list(made.recover.run(since(subscription), None))
    before = sent(made)
    assert made.recover.count(since(subscription)) == (0, True)
    list(made.recover.run(since(subscription), None))
    assert sent(made) == before


def test_a_dry_run_only_counts() -> None:
    made = Undelivered()
    subscription = outage(made)
    before = dict(made.deliveries.rows)
    steps = list(made.recover.run(since(subscription, dry_run=True), None))
    assert sum(step.done for step in steps) == 3
    assert made.recover.count(since(subscription)) == (3, True)
    assert (made.deliveries.rows, made.jobs) == (before, [])


def test_what_fails_again_meanwhile_is_not_sent_twice() -> None:
    """Killed before its step was saved, the job goes through the stretch once more."""
    made = Undelivered()
    subscription = made.subscription()
    delivery = made.delivery(subscription, made.event("e1"))
    steps = made.recover.run(since(subscription), None)
    first = next(steps)
    while not next(steps).done:
        pass
    made.clock.at = NOW + MINUTE
    pending = made.stands(delivery)
    failed = replace(pending, status="failed", attempt=2, due_at=None, updated_at=made.clock.at)
    assert made.deliveries.change(pending, failed)
    list(made.recover.run(since(subscription), first.checkpoint))
    assert sent(made) == ["e1"]


def test_a_crash_before_its_jobs_are_sent_leaves_rows_that_are_due() -> None:
    made = Undelivered()
    subscription = outage(made)
    made.queue.down = 1
    with pytest.raises(Unavailable):
        list(made.recover.run(since(subscription), None))
    assert made.jobs == []
    assert len(made.deliveries.due(NOW + 2 * MINUTE, 10)) == 3


@pytest.fixture
def short_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits so low that a few events already pass them."""
    monkeypatch.setattr(recover, "AT_ONCE", 3)
    monkeypatch.setattr(find_undelivered, "LOOKED_AT", 4)
    monkeypatch.setattr(find_undelivered, "LIMIT_MOST", 2)
    monkeypatch.setattr(recover, "COUNTED", 12)


@pytest.mark.usefixtures("short_stretches")
def test_it_goes_on_from_each_checkpoint_and_leaves_nothing_out() -> None:
    made = Undelivered()
    subscription = made.subscription()
    times = [NOW - 20 * HOUR + one * MINUTE for one in (*range(12), 600, 601, 602)] + [NOW - HOUR] * 6
    for number, at in enumerate(times):
        event = made.event(f"e{number:02}", at)
        if number % 3:
            made.delivery(subscription, event, ("failed", "delivered")[number % 2])
    expected = sorted(f"e{number:02}" for number in range(len(times)) if number % 3 == 0 or number % 2 == 0)
    checkpoint, turns = None, 0
    while step := next(made.recover.run(since(subscription), checkpoint), None):
        assert step.done <= 6
        checkpoint, turns = step.checkpoint, turns + 1
    assert sorted(sent(made)) == expected
    assert turns > 5


@pytest.mark.usefixtures("short_stretches")
def test_a_count_that_would_take_too_long_is_told_as_such() -> None:
    made = Undelivered()
    subscription = made.subscription()
    for number in range(20):
        made.event(f"e{number}", NOW - DAY + number * HOUR)
    found, exact = made.recover.count(since(subscription, 2 * DAY))
    assert not exact
    assert 0 < found < 20
    assert next(made.recover.run(since(subscription, 2 * DAY), None)).total is None


@pytest.mark.usefixtures("short_stretches")
def test_a_count_ends_where_much_lies_close_together() -> None:
    """To find how short a stretch must be costs as much as to look through it, and somebody waits."""
    made = Undelivered()
    subscription = made.subscription()
    for number in range(200):
        made.event(f"e{number}", NOW - HOUR + timedelta(seconds=number))
    read, pages = made.log.list, 0

    def counted(*given: Any, **named: Any) -> Any:
        nonlocal pages
        pages += 1
        return read(*given, **named)

    made.log.list = counted  # type: ignore[method-assign]
    assert made.recover.count(since(subscription)) == (0, False)
    assert pages < 40
    list(made.recover.run(since(subscription), None))
    assert len(set(sent(made))) == 200


def test_what_is_found_does_not_hold_what_events_hold() -> None:
    """Of a stretch thousands may be found, each with a quarter of a megabyte."""
    made = Undelivered()
    subscription = made.subscription(wanted=Wanted(filter={"category": ("question",)}))
    made.event("wanted", data={"category": "question"})
    made.event("other", data={"category": "praise"})
    search = made.recover._search(since(subscription), NOW)
    found = [one for stretch in made.recover.find(search) for one in stretch.found]
    assert [(one.id, one.body) for one in found if isinstance(one, StoredEvent)] == [("wanted", None)]


@given(st.lists(st.tuples(st.integers(0, 86_399_999), st.sampled_from(["failed", "delivered", None]))))
@settings(max_examples=50, deadline=None)
def test_however_events_lie_each_that_is_missing_is_sent_once(
    events: Sequence[tuple[int, str | None]],
) -> None:
    made = Undelivered()
    subscription = made.subscription()
    expected = []
    for number, (milliseconds, status) in enumerate(events):
        event = made.event(f"e{number}", NOW - DAY + timedelta(milliseconds=milliseconds))
        if status:
            made.delivery(subscription, event, status)
        if status != "delivered":
            expected.append(f"e{number}")
    list(made.recover.run(since(subscription), None))
    assert sorted(sent(made)) == sorted(expected)


# ---- how fast ----------------------------------------------------------------------------------------------


def waits(steps: Sequence[Step]) -> list[int]:
    return [step.wait for step in steps if step.wait]


def test_it_rests_between_parts() -> None:
    made = Undelivered()
    subscription = made.subscription()
    for number in range(AT_ONCE + 50):
        made.event(f"e{number}", NOW - HOUR + timedelta(seconds=number))
    steps = list(made.recover.run(since(subscription), None))
    assert max(step.done for step in steps) <= AT_ONCE
    assert sum(waits(steps)) >= 10
    assert len(sent(made)) == AT_ONCE + 50


def test_a_rate_of_the_subscription_is_kept_to() -> None:
    made = Undelivered()
    subscription = made.subscription(rate=2)
    for number in range(50):
        made.event(f"e{number}", NOW - HOUR + timedelta(seconds=number))
    steps = list(made.recover.run(since(subscription), None))
    assert max(step.done for step in steps) <= 30
    assert all(step.wait == step.done * 30 for step in steps)
    assert max(waits(steps)) <= 900


@pytest.mark.parametrize("closed", ["open_until", "paused_until"])
def test_an_endpoint_that_takes_nothing_is_waited_for(closed: str) -> None:
    made = Undelivered()
    subscription = outage(made)
    made.endpoints.save(Endpoint(subscription=subscription.id, **{closed: NOW + 2 * MINUTE}))
    steps = made.recover.run(since(subscription), None)
    first = next(steps)
    before = first
    while not (step := next(steps)).wait:
        before = step
    assert (step.wait, step.checkpoint, made.jobs) == (120, before.checkpoint, [])
    made.clock.at = NOW + 2 * MINUTE
    list(made.recover.run(since(subscription), step.checkpoint))
    assert len(sent(made)) == 3


# ---- what is refused ---------------------------------------------------------------------------------------


def test_a_time_that_can_not_be_recovered_is_refused() -> None:
    made = Undelivered()
    subscription = made.subscription()
    for back in (15 * DAY, timedelta(0), -HOUR):
        with pytest.raises(Invalid) as refused:
            made.recover.check(since(subscription, back))
        assert refused.value.field == "since"
    made.recover.check(since(subscription, 14 * DAY))
    with pytest.raises(Invalid) as refused:
        since(subscription, until=NOW - DAY)
    assert refused.value.field == "until"


def test_what_there_is_not_or_takes_nothing_is_refused() -> None:
    made = Undelivered()
    paused = made.subscription("paused", status="paused")
    with pytest.raises(Conflict, match="resume first"):
        made.recover.check(since(paused))
    made.recover.check(since(paused, dry_run=True))  # what it would find may be asked at any time
    with pytest.raises(NotFound):
        made.recover.check(RecoverArguments(subscription="sub_0", since=NOW - DAY))


def test_a_subscription_that_is_paused_meanwhile_ends_it() -> None:
    made = Undelivered()
    subscription = outage(made)
    begun = next(made.recover.run(since(subscription), None))
    made.change(subscription, status="paused")
    with pytest.raises(Conflict, match="paused"):
        list(made.recover.run(since(subscription), begun.checkpoint))
    assert made.jobs == []
