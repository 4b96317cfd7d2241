"""What every Deliveries promises."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.delivery import Attempt, Delivery
from chalicelib.domain.delivery.stored_event import position_of
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Invalid, Unavailable
from chalicelib.ports.delivery import Deliveries, DueDelivery
from chalicelib.services.dynamodb.deliveries import KEPT, DynamoDeliveries
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.in_memory_delivery import InMemoryDeliveries
from tests.unit.pipeline.fakes import NOW, FakeClock

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ACME = Restriction(("zendesk/acme",))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["DynamoDB", "DynamoDB, each write sent twice", "memory"])
def deliveries(request: pytest.FixtureRequest, clock: FakeClock) -> Deliveries:
    if request.param == "memory":
        return InMemoryDeliveries(clock)
    client = request.getfixturevalue("client")("dynamodb")
    return DynamoDeliveries(SentTwice(client) if "twice" in request.param else client, _TABLE, clock)


@pytest.fixture
def dynamo(client: Client, clock: FakeClock) -> DynamoDeliveries:
    return DynamoDeliveries(client("dynamodb"), _TABLE, clock)


_TABLE = named("deliveries")


class SentTwice:
    """Sends each write once more, as the SDK does where no answer comes; the second answer is read."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in ("put_item", "update_item"):
            return call

        def twice(**request: Any) -> Any:
            with suppress(self._client.exceptions.ConditionalCheckFailedException):
                call(**request)
            return call(**request)

        return twice


def delivery(subscription: str, number: int = 1, **more: Any) -> Delivery:
    at = NOW + number * SECOND
    event = ("triggeriq", "triggeriq", f"e{number}")
    return Delivery(
        **{
            "subscription": subscription,
            "position": position_of(event, at),
            "owner": event[0],
            "event_source": event[1],
            "event_id": event[2],
            "type": "ticket.created",
            "connections": ("zendesk/acme",),
            "due_at": NOW + MINUTE,
            "created_at": at,
            "updated_at": at,
            **more,
        }
    )


def attempt(number: int = 1, **more: Any) -> Attempt:
    return Attempt(number=number, at=NOW, url="https://hooks.example.com/in", **more)


def mine(deliveries: Deliveries, at: datetime, subscription: str) -> list[DueDelivery]:
    return [one for one in deliveries.due(at, 10_000) if one.subscription == subscription]


def test_a_delivery_is_kept_once(deliveries: Deliveries, unique: str) -> None:
    first = delivery(unique)
    assert deliveries.put(first) == first
    assert deliveries.put(replace(first, type="ticket.updated", status="held")) == first
    assert deliveries.find(unique, first.position) == first
    assert deliveries.find(unique, delivery(unique, 2).position) is None


def test_what_a_row_lacks_it_lacks_again(deliveries: Deliveries, unique: str) -> None:
    held = delivery(unique, connections=(), status="held", reason="paused", due_at=None)
    deliveries.put(held)
    assert deliveries.find(unique, held.position) == held


def test_one_alone_begins_an_attempt(deliveries: Deliveries, clock: FakeClock, unique: str) -> None:
    row = deliveries.put(delivery(unique))
    clock.at = NOW + 5 * SECOND
    until = clock.at + 90 * SECOND
    claimed = deliveries.claim(unique, row.position, 0, "me", until)
    assert claimed == replace(row, status="sending", attempt=1, due_at=until, updated_at=clock.at)
    assert deliveries.find(unique, row.position) == claimed
    assert deliveries.claim(unique, row.position, 0, "another", until) is None
    assert deliveries.claim(unique, row.position, 1, "another", until) is None
    assert deliveries.claim(unique, row.position, 0, "me", until) == claimed


def test_what_is_not_pending_is_not_begun(deliveries: Deliveries, unique: str) -> None:
    row = deliveries.put(delivery(unique, status="held", due_at=None))
    assert deliveries.claim(unique, row.position, 0, "me", NOW) is None
    assert deliveries.claim(unique, delivery(unique, 2).position, 0, "me", NOW) is None


def test_what_can_not_be_sent_now_is_moved(deliveries: Deliveries, unique: str) -> None:
    row = deliveries.put(delivery(unique))
    later = NOW + 7 * MINUTE
    assert deliveries.move(unique, row.position, 0, later) is True
    assert deliveries.find(unique, row.position) == replace(row, due_at=later)
    assert deliveries.move(unique, row.position, 1, later) is False
    assert deliveries.claim(unique, row.position, 0, "me", later)
    assert deliveries.move(unique, row.position, 1, later) is False
    assert deliveries.move(unique, delivery(unique, 2).position, 0, later) is False


def test_a_change_holds_where_the_row_stands_as_it_was_read(deliveries: Deliveries, unique: str) -> None:
    row = deliveries.put(delivery(unique))
    sending = deliveries.claim(unique, row.position, 0, "me", NOW + 90 * SECOND)
    assert sending is not None
    delivered = replace(sending, status="delivered", due_at=None, updated_at=NOW + SECOND)
    assert deliveries.change(row, replace(row, status="held", due_at=None)) is False
    assert deliveries.change(sending, delivered) is True
    assert deliveries.find(unique, row.position) == delivered
    assert deliveries.change(sending, delivered) is True  # it does already
    assert deliveries.change(sending, replace(sending, status="failed", due_at=None)) is False
    missing = delivery(unique, 2)
    assert deliveries.change(missing, replace(missing, status="held", due_at=None)) is False


def test_only_what_is_pending_or_sending_is_due(deliveries: Deliveries, unique: str) -> None:
    rows = [deliveries.put(delivery(unique, number, due_at=NOW + number * MINUTE)) for number in (3, 1, 2)]
    assert [one.position for one in mine(deliveries, NOW + 2 * MINUTE, unique)] == [
        rows[1].position,
        rows[2].position,
    ]
    sending = deliveries.claim(unique, rows[1].position, 0, "me", NOW + 90 * SECOND)
    assert sending is not None
    assert mine(deliveries, NOW + 2 * MINUTE, unique) == [
        DueDelivery(unique, rows[1].position, "sending", 1, NOW + 90 * SECOND),
        DueDelivery(unique, rows[2].position, "pending", 0, NOW + 2 * MINUTE),
    ]
    assert deliveries.change(sending, replace(sending, status="failed", reason="gone", due_at=None))
    assert [one.position for one in mine(deliveries, NOW + 2 * MINUTE, unique)] == [rows[2].position]


def test_the_longest_due_come_first(deliveries: Deliveries, unique: str) -> None:
    for number in range(8):
        deliveries.put(delivery(unique, number, due_at=NOW - timedelta(days=400) + number * SECOND))
    due = deliveries.due(NOW - timedelta(days=300), 5)
    assert len(due) == 5
    assert [one.due_at for one in due] == sorted(one.due_at for one in due)
    for number in range(8):  # so that no other test finds them
        row = delivery(unique, number, due_at=NOW - timedelta(days=400) + number * SECOND)
        assert deliveries.change(row, replace(row, status="delivered", due_at=None))


def test_an_attempt_is_recorded_once(deliveries: Deliveries, unique: str) -> None:
    row = deliveries.put(delivery(unique, attempt=2))
    other = deliveries.put(delivery(unique, 2, attempt=1))
    second = attempt(2, status=200, ms=12, answer="thanks")
    first = attempt(1, error="it did not answer in time")
    for one in (second, first, replace(first, error="another")):
        deliveries.record(row, one)
    assert deliveries.attempts([row, other]) == {row.id: [first, second], other.id: []}
    assert deliveries.attempts([]) == {}


def test_the_attempt_that_arrived_is_recorded_with_its_outcome(deliveries: Deliveries, unique: str) -> None:
    row = deliveries.put(delivery(unique, attempt=1))
    deliveries.record(row, attempt(1, error="answered 500"))
    sending = deliveries.claim(unique, row.position, 1, "me", NOW + MINUTE)
    assert sending is not None
    delivered = replace(sending, status="delivered", due_at=None)
    assert deliveries.change(sending, delivered, attempt(2, status=200, ms=12, answer="thanks"))
    assert deliveries.find(unique, row.position) == delivered
    first, second = deliveries.attempts([delivered])[row.id]
    assert (first.error, second) == ("answered 500", attempt(2, status=200, ms=12, answer="thanks"))
    # sent once more by hand, it arrives once more
    again = replace(delivered, status="pending", due_at=NOW + MINUTE)
    assert deliveries.change(delivered, again)
    sending = deliveries.claim(unique, row.position, 2, "me", NOW + MINUTE)
    assert sending is not None
    assert deliveries.change(sending, replace(sending, status="delivered", due_at=None), attempt(3))
    assert [one.number for one in deliveries.attempts([sending])[row.id]] == [1, 2, 3]


def test_deliveries_are_listed_newest_first_in_pages(deliveries: Deliveries, unique: str) -> None:
    rows = [deliveries.put(delivery(unique, number)) for number in range(5)]
    deliveries.record(rows[0], attempt())
    first = deliveries.list(unique, 3, None)
    second = deliveries.list(unique, 3, first.next)
    assert [*first.items, *second.items] == rows[::-1]
    assert second.next is None
    assert deliveries.list(f"{unique}-2", 3, None).items == ()


def test_a_list_is_narrowed_by_status_and_time(deliveries: Deliveries, unique: str) -> None:
    states: Any = [("pending", NOW), ("failed", None), ("held", None), ("delivered", None), ("failed", None)]
    rows = [
        deliveries.put(delivery(unique, number, status=status, due_at=due))
        for number, (status, due) in enumerate(states)
    ]

    def listed(**narrowed: Any) -> list[Delivery]:
        found, cursor = [], None
        while True:
            page = deliveries.list(unique, 1, cursor, **narrowed)
            found += page.items
            if (cursor := page.next) is None:
                return found

    assert listed(statuses=("failed", "held")) == [rows[4], rows[2], rows[1]]
    assert listed(statuses=("held",)) == [rows[2]]
    assert listed(statuses=("pending", "delivered", "failed")) == [rows[4], rows[3], rows[1], rows[0]]
    assert listed(since=NOW + SECOND, until=NOW + 3 * SECOND) == [rows[2], rows[1]]
    assert listed(statuses=("failed",), since=NOW + 2 * SECOND) == [rows[4]]


def test_what_was_delivered_after_all_is_not_listed_as_undelivered(
    deliveries: Deliveries, unique: str
) -> None:
    failed = deliveries.put(delivery(unique, status="failed", due_at=None))
    again = replace(failed, status="pending", due_at=NOW + MINUTE)
    assert deliveries.change(failed, again)
    assert deliveries.list(unique, 10, None, statuses=("failed", "held")).items == ()
    assert deliveries.list(unique, 10, None).items == (again,)


def test_what_has_not_arrived_yet_is_listed_from_its_first_failure_on(
    deliveries: Deliveries, unique: str
) -> None:
    def undelivered() -> tuple[Delivery, ...]:
        return deliveries.list(unique, 10, None, undelivered=True).items

    row = deliveries.put(delivery(unique))
    held = deliveries.put(delivery(unique, 2, status="held", due_at=None))
    first = deliveries.claim(unique, row.position, 0, "me", NOW + MINUTE)
    assert first is not None
    assert undelivered() == (held,)
    failed = replace(first, status="pending", due_at=NOW + 2 * MINUTE)
    assert deliveries.change(first, failed)
    assert undelivered() == (held, failed)
    second = deliveries.claim(unique, row.position, 1, "me", NOW + 3 * MINUTE)
    assert second is not None
    assert undelivered() == (held, second)
    assert deliveries.change(second, replace(second, status="delivered", due_at=None))
    assert undelivered() == (held,)


def test_what_waits_for_a_reason_is_listed_until_it_arrives(deliveries: Deliveries, unique: str) -> None:
    def undelivered() -> tuple[Delivery, ...]:
        return deliveries.list(unique, 10, None, undelivered=True).items

    row = deliveries.put(delivery(unique))
    waits = replace(row, due_at=NOW + MINUTE, reason="left alone")
    assert deliveries.change(row, waits)
    assert undelivered() == (waits,)
    claimed = deliveries.claim(unique, row.position, 0, "me", NOW + 2 * MINUTE)
    assert claimed is not None
    assert undelivered() == (claimed,)
    assert deliveries.change(claimed, replace(claimed, status="delivered", due_at=None, reason=None))
    assert undelivered() == ()


def test_a_restricted_caller_sees_those_of_its_connections(deliveries: Deliveries, unique: str) -> None:
    rows = [
        deliveries.put(
            delivery(unique, n, status="failed", due_at=None, connections=(("zendesk/acme", "csv/b")[n % 2],))
        )
        for n in range(6)
    ]
    first = deliveries.list(unique, 2, None, within=ACME)
    assert [*first.items, *deliveries.list(unique, 2, first.next, within=ACME).items] == rows[4::-2]
    assert deliveries.list(unique, 5, None, within=ACME, statuses=("failed",)).items == tuple(rows[4::-2])


def test_an_invented_cursor_is_refused(deliveries: Deliveries, unique: str) -> None:
    for cursor in (to_cursor("x"), to_cursor(1), "!"):
        with pytest.raises(Invalid) as refusal:
            deliveries.list(unique, 10, cursor)
        assert refusal.value.field == "cursor"


def test_what_has_expired_is_not_shown_though_it_still_stands(
    dynamo: DynamoDeliveries, clock: FakeClock, unique: str
) -> None:
    row = dynamo.put(delivery(unique, status="failed", attempt=1, due_at=None))
    dynamo.record(row, attempt())
    clock.at = NOW + KEPT + SECOND
    assert dynamo.find(unique, row.position) is None
    assert dynamo.attempts([row]) == {row.id: []}
    assert dynamo.list(unique, 10, None).items == ()
    assert dynamo.list(unique, 10, None, statuses=("failed",)).items == ()
    anew = delivery(unique, type="ticket.updated")
    assert dynamo.put(anew) == anew


def test_more_than_one_read_gives_are_listed(dynamo: DynamoDeliveries, unique: str) -> None:
    for number in range(105):
        dynamo.put(delivery(unique, number, status="held", due_at=None))
    page = dynamo.list(unique, 103, None, statuses=("held",))
    assert len(page.items) == 103
    assert len(dynamo.list(unique, 103, page.next, statuses=("held",)).items) == 2


def test_a_table_that_is_down_is_unavailable(client: Client, aws: FaultyAws, unique: str) -> None:
    deliveries = DynamoDeliveries(client("dynamodb"), _TABLE, FakeClock())
    row = delivery(unique)
    with aws.outage("DynamoDB"):
        for call in (
            lambda: deliveries.put(row),
            lambda: deliveries.find(unique, row.position),
            lambda: deliveries.claim(unique, row.position, 0, "me", NOW),
            lambda: deliveries.move(unique, row.position, 0, NOW),
            lambda: deliveries.change(row, row),
            lambda: deliveries.record(row, attempt()),
            lambda: deliveries.attempts([replace(row, attempt=1)]),
            lambda: deliveries.due(NOW, 10),
            lambda: deliveries.list(unique, 10, None),
        ):
            with pytest.raises(Unavailable):
                call()
