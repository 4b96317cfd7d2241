"""What was tried is told with its answers, what has not arrived with the reason, and one is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.operations.access import Caller
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.pipeline.delivery.follow_deliveries import LISTS_AT_ONCE, DeliveryFilter
from tests.in_memory_delivery import InMemoryDeliveries
from tests.unit.pipeline.delivery.undelivered import MINUTE, Undelivered
from tests.unit.pipeline.fakes import NOW

ALL = DeliveryFilter()
ACME = Caller("key", "k1", "acme", ("read", "write"))


def test_a_delivery_is_shown_with_its_attempts_and_why_it_has_not_arrived() -> None:
    made = Undelivered()
    delivery = made.delivery(made.subscription(), made.event("e1"), "pending", 2, due_at=NOW + 5 * MINUTE)
    shown = made.follow.find(delivery.id, ACME)
    assert [one.status for one in shown.attempts] == [500, 500]
    assert shown.reason == "attempt 2 was answered 500"
    assert shown.next_at == NOW + 5 * MINUTE
    assert (shown.id, shown.event_id, shown.type) == (delivery.id, "e1", "ticket.created")


def test_the_reason_of_its_end_goes_before_that_of_its_last_attempt() -> None:
    made = Undelivered()
    subscription = made.subscription()
    failed = made.delivery(subscription, made.event("e1"), "failed", 8, reason="its attempts are used up")
    arrived = made.delivery(subscription, made.event("e2"), "delivered", 2)
    assert made.follow.find(failed.id, ACME).reason == "its attempts are used up"
    assert made.follow.find(arrived.id, ACME).reason is None


def test_no_next_time_is_told_of_what_is_being_sent() -> None:
    made = Undelivered()
    delivery = made.delivery(made.subscription(), made.event("e1"), "sending", 1, due_at=NOW)
    assert made.follow.find(delivery.id, ACME).next_at is None


@pytest.mark.parametrize("id", ["sub_1.000000000000-00000000000000000000", "nonsense", ".", "sub_1."])
def test_what_there_is_not_is_not_found(id: str) -> None:
    with pytest.raises(NotFound):
        Undelivered().follow.find(id, ACME)


def test_what_has_not_arrived_is_what_failed_is_held_or_waits_for_a_retry() -> None:
    made = Undelivered()
    subscription = made.subscription()
    states = [
        ("failed", 8), ("held", 0), ("pending", 3), ("sending", 2),
        ("pending", 0), ("sending", 1), ("delivered", 4),
    ]  # fmt: skip
    for number, (status, attempt) in enumerate(states):
        at = NOW - (number + 1) * MINUTE
        made.delivery(subscription, made.event(f"e{number}", at), status, attempt)
    page = made.follow.list(subscription, 50, None, DeliveryFilter(undelivered=True), ACME)
    assert [(one.status, one.attempt) for one in page.items] == states[:4]


def test_a_list_is_by_status_and_time_newest_first_and_page_by_page() -> None:
    made = Undelivered()
    subscription = made.subscription()
    for number in range(10):
        at = NOW - number * MINUTE
        made.delivery(subscription, made.event(f"e{number}", at), "failed" if number % 2 else "held")
    wanted = DeliveryFilter(("failed",), since=NOW - 7 * MINUTE, until=NOW - MINUTE)
    first = made.follow.list(subscription, 2, None, wanted, ACME)
    second = made.follow.list(subscription, 2, first.next, wanted, ACME)
    assert [one.event_id for one in (*first.items, *second.items)] == ["e3", "e5", "e7"]
    assert second.next is None


def test_the_list_of_several_goes_from_one_to_the_next_and_leaves_nothing_out() -> None:
    made = Undelivered()
    subscriptions = [made.subscription(f"s{number}") for number in range(7)]
    expected = set()
    for number, subscription in enumerate(subscriptions):
        for one in range(number % 4):
            expected.add(made.delivery(subscription, made.event(f"e{number}-{one}")).id)
    found: list[str] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        page = made.follow.list_all(2, cursor, ALL, ACME)
        found += [one.id for one in page.items]
        assert len(page.items) <= 2
        cursor, pages = page.next, pages + 1
    assert len(found) == len(set(found))
    assert set(found) == expected


def test_no_page_looks_through_more_than_some_subscriptions() -> None:
    made = Undelivered()
    subscriptions = [made.subscription(f"s{number}") for number in range(LISTS_AT_ONCE + 5)]
    last = max(subscriptions, key=lambda one: one.id)
    delivery = made.delivery(last, made.event("e1"))
    page = made.follow.list_all(10, None, ALL, ACME)
    assert page.items == ()
    assert page.next
    page = made.follow.list_all(10, page.next, ALL, ACME)
    assert [one.id for one in page.items] == [delivery.id]


def test_no_page_is_looked_for_longer_than_somebody_waits() -> None:
    """Each list may be thousands of rows long, and hold nothing that was asked for."""
    made = Undelivered()
    subscriptions = [made.subscription(f"s{number}") for number in range(5)]
    last = max(subscriptions, key=lambda one: one.id)
    delivery = made.delivery(last, made.event("e1"))
    read = made.deliveries.list

    def slow(*given: Any, **named: Any) -> Page[Delivery]:
        made.clock.at += timedelta(seconds=4)
        return read(*given, **named)

    made.deliveries.list = slow  # type: ignore[method-assign]
    pages, cursor = [made.follow.list_all(10, None, ALL, ACME)], None
    while cursor := pages[-1].next:
        pages.append(made.follow.list_all(10, cursor, ALL, ACME))
    assert [len(page.items) for page in pages] == [0, 0, 1]
    assert pages[-1].items[0].id == delivery.id


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIl0", "WzEsMl0"])
def test_a_cursor_that_no_list_gave_is_refused(cursor: str) -> None:
    made = Undelivered()
    with pytest.raises(Invalid):
        made.follow.list_all(10, cursor, ALL, ACME)


def test_nobody_sees_another_owner_s_but_an_admin() -> None:
    made = Undelivered()
    delivery = made.delivery(made.subscription(), made.event("e1"))
    other = ACME._replace(owner="other")
    assert made.follow.list_all(10, None, ALL, other).items == ()
    with pytest.raises(NotFound):
        made.follow.find(delivery.id, other)
    with pytest.raises(NotFound):
        made.follow.retry(delivery.id, other)
    admin = other._replace(scopes=("admin",))
    assert [one.id for one in made.follow.list_all(10, None, ALL, admin).items] == [delivery.id]


def test_who_is_restricted_sees_what_is_made_of_his_connections_alone() -> None:
    made = Undelivered()
    within = Restriction(("csv/mine",))
    subscription = made.subscription(within=within)
    mine = made.delivery(subscription, made.event("e1", connections=("csv/mine",)))
    theirs = made.delivery(subscription, made.event("e2", connections=("csv/mine", "csv/theirs")))
    unrestricted = made.delivery(made.subscription("all"), made.event("e3", connections=("csv/mine",)))
    caller = ACME._replace(restriction=within)
    assert [one.id for one in made.follow.list(subscription, 10, None, ALL, caller).items] == [mine.id]
    assert [one.id for one in made.follow.list_all(10, None, ALL, caller).items] == [mine.id]
    for hidden in (theirs, unrestricted):
        with pytest.raises(NotFound):
            made.follow.find(hidden.id, caller)
        with pytest.raises(NotFound):
            made.follow.retry(hidden.id, caller)
    assert made.jobs == []


def test_of_a_subscription_that_is_gone_nothing_is_shown() -> None:
    made = Undelivered()
    subscription = made.subscription()
    delivery = made.delivery(subscription, made.event("e1"))
    made.subscriptions.delete(subscription.id)
    with pytest.raises(NotFound):
        made.follow.find(delivery.id, ACME)


# ---- one is tried again ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "attempt"), [("failed", 8), ("held", 0), ("pending", 3), ("delivered", 1)]
)
def test_it_is_due_at_once_with_its_own_count_of_attempts(status: Any, attempt: int) -> None:
    made = Undelivered()
    subscription = made.subscription()
    delivery = made.delivery(subscription, made.event("e1"), status, attempt, reason="so")
    shown = made.follow.retry(delivery.id, ACME)
    stands = made.stands(delivery)
    assert (shown.status, stands.status, stands.attempt, stands.reason) == (
        "pending",
        "pending",
        attempt,
        None,
    )
    assert stands.due_at
    assert NOW < stands.due_at <= NOW + timedelta(seconds=60)
    assert made.jobs == [(subscription.id, delivery.position, attempt)]
    assert made.queue.sent[0].group == subscription.id


def test_what_is_being_sent_is_not_sent_twice() -> None:
    made = Undelivered()
    subscription = made.subscription()
    delivery = made.delivery(subscription, made.event("e1"), "sending", 1, due_at=NOW)
    with pytest.raises(Conflict, match="being sent"):
        made.follow.retry(delivery.id, ACME)
    assert made.stands(delivery) == delivery


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"status": "paused"}, "is paused; POST /subscriptions/sub_.*/resume first"),
        ({"status": "disabled"}, "is disabled; POST"),
        ({"expires_at": NOW}, "has expired"),
    ],
)
def test_a_subscription_that_takes_nothing_is_named_with_what_to_do(fields: Any, told: str) -> None:
    made = Undelivered()
    subscription = made.subscription(**fields)
    delivery = made.delivery(subscription, made.event("e1"), "held", 0)
    with pytest.raises(Conflict, match=told):
        made.follow.retry(delivery.id, ACME)
    assert made.stands(delivery) == delivery


def test_what_was_forgotten_is_not_sent() -> None:
    made = Undelivered()
    subscription = made.subscription()
    event = made.event("e1")
    delivery = made.delivery(subscription, event)
    made.log.forget(event)
    with pytest.raises(Conflict, match="forgotten"):
        made.follow.retry(delivery.id, ACME)


class ChangedMeanwhile(InMemoryDeliveries):
    """Between reading and writing somebody else has it attempted."""

    def change(self, before: Delivery, after: Delivery) -> bool:
        return False


def test_of_two_who_retry_at_once_one_is_refused() -> None:
    made = Undelivered(ChangedMeanwhile)
    subscription = made.subscription()
    delivery = made.delivery(subscription, made.event("e1"))
    with pytest.raises(Conflict, match="changed in this moment"):
        made.follow.retry(delivery.id, ACME)
    assert made.jobs == []
