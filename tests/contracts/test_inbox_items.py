"""What every InboxItems promises, and what the one on DynamoDB does besides, inside this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.delivery.event import OURSELVES, CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent, first_position
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Invalid
from chalicelib.ports.delivery import InboxCount, InboxItem, InboxItems
from chalicelib.services.dynamodb import inbox_items, paging
from chalicelib.services.dynamodb.inbox_items import KEPT, DynamoInboxItems
from tests.in_memory_delivery import InMemoryInboxItems
from tests.unit.pipeline.fakes import FakeClock

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="inbox",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture(params=["dynamodb", "in memory"])
def items(request: pytest.FixtureRequest, clock: FakeClock) -> InboxItems:
    if request.param == "in memory":
        return InMemoryInboxItems(clock)
    return DynamoInboxItems(request.getfixturevalue("client"), "inbox", clock)


@pytest.fixture
def dynamo(client: Any, clock: FakeClock) -> DynamoInboxItems:
    return DynamoInboxItems(client, "inbox", clock)


def event(number: int, type: str = "ticket.created", **fields: Any) -> StoredEvent:
    """The event that came so many minutes after NOW."""
    at = NOW + number * MINUTE
    return StoredEvent.of(CloudEvent(id=f"e{number}", type=type, time=at, **fields), at)


def put(items: InboxItems, *events: StoredEvent) -> list[InboxItem]:
    for one in events:
        items.put("acme", one)
    found = (items.find("acme", one.position) for one in events)
    return [one for one in found if one is not None]


def listed(items: InboxItems, owner: str = "acme", **asked: Any) -> list[str]:
    return [one.event[2] for one in items.list(owner, 100, None, **asked).items]


def test_what_is_put_in_is_found(items: InboxItems) -> None:
    one = event(1, "order.shipped", owner="acme", source="shop", connections=("csv/acme", "zendesk/acme"))
    (item,) = put(items, one)
    assert item == InboxItem(
        "acme", one.position, ("acme", "shop", "e1"), "order.shipped", ("csv/acme", "zendesk/acme"), NOW
    )
    assert items.list("acme", 10, None).items == (item,)
    assert items.find("other", one.position) is None
    assert items.find("acme", event(2).position) is None


def test_an_inbox_is_its_owner_s(items: InboxItems) -> None:
    items.put("acme", event(1))
    items.put("other", event(2))
    assert listed(items) == ["e1"]
    assert listed(items, "other") == ["e2"]
    assert listed(items, "third") == []


def test_a_position_is_a_cursor(items: InboxItems) -> None:
    put(items, *(event(n) for n in (1, 2, 3)))
    behind = items.list("acme", 10, to_cursor(event(2).position)).items
    assert [one.event[2] for one in behind] == ["e3"]


def test_pages_go_from_the_oldest_on(items: InboxItems) -> None:
    put(items, *(event(n) for n in (3, 1, 2, 5, 4)))
    first = items.list("acme", 2, None)
    second = items.list("acme", 2, first.next)
    third = items.list("acme", 2, second.next)
    pages = [[one.event[2] for one in page.items] for page in (first, second, third)]
    assert (pages, third.next) == ([["e1", "e2"], ["e3", "e4"], ["e5"]], None)


@pytest.mark.parametrize(
    ("types", "found"),
    [
        ((), ["e1", "e2", "e3", "e4"]),
        (("*",), ["e1", "e2", "e3", "e4"]),
        (("ticket.*",), ["e1", "e2"]),
        (("ticket.updated", "order.*"), ["e2", "e3"]),
        (("ticket", "orders.*"), []),
        (("tickets.made", "*"), ["e1", "e2", "e3", "e4"]),
    ],
)
def test_types_are_patterns(items: InboxItems, types: tuple[str, ...], found: list[str]) -> None:
    names = ("ticket.created", "ticket.updated", "order.made", "tickets.made")
    put(items, *(event(n, type) for n, type in enumerate(names, 1)))
    assert listed(items, types=types) == found


def test_a_restricted_reader_sees_its_own(items: InboxItems) -> None:
    put(
        items,
        event(1, connections=("csv/acme",)),
        event(2, connections=("csv/acme", "zendesk/acme")),
        event(3),
        event(4, connections=("csv/other",)),
    )
    assert listed(items, within=Restriction(("csv/*",))) == ["e1", "e4"]
    assert items.count("acme", Restriction(("csv/other",))) == InboxCount(1, NOW, True)
    assert items.count("acme", Restriction(("csv/third",))) == InboxCount(0, None, True)
    (item,) = put(items, event(1, connections=("csv/acme",)))
    items.take_off(item, None)
    assert items.was_there("acme", item.position, Restriction(("csv/*",)))
    assert not items.was_there("acme", item.position, Restriction(("zendesk/*",)))


def test_what_is_leased_is_nobody_else_s_until_then(items: InboxItems) -> None:
    (item, _) = put(items, event(1), event(2))
    taken = items.lease(item, "mine", NOW, NOW + MINUTE)
    assert taken == item._replace(lease="mine", leased_until=NOW + MINUTE, deliveries=1)
    assert items.find("acme", item.position) == taken
    assert items.lease(item, "other's", NOW, NOW + MINUTE) is None
    assert listed(items, free_at=NOW) == ["e2"]
    assert listed(items) == ["e1", "e2"]
    later = NOW + MINUTE
    assert listed(items, free_at=later) == ["e1", "e2"]
    again = items.lease(item, "other's", later, later + MINUTE)
    assert again == item._replace(lease="other's", leased_until=later + MINUTE, deliveries=2)


def test_the_same_lease_counts_once(items: InboxItems) -> None:
    (item,) = put(items, event(1))
    taken = items.lease(item, "mine", NOW, NOW + MINUTE)
    assert items.lease(item, "mine", NOW, NOW + MINUTE) == taken


def test_what_is_taken_off_is_off_for_good(items: InboxItems) -> None:
    (item,) = put(items, event(1))
    assert not items.was_there("acme", item.position)
    assert items.take_off(item, None)
    assert items.take_off(item, None), "it may be said twice"
    assert items.find("acme", item.position) is None
    assert items.was_there("acme", item.position)
    assert not items.was_there("other", item.position)
    assert items.lease(item, "mine", NOW, NOW + MINUTE) is None
    items.put("acme", event(1))
    assert listed(items) == []


def test_only_the_current_lease_takes_it_off(items: InboxItems) -> None:
    (item,) = put(items, event(1))
    assert not items.take_off(item, "invented")
    mine = items.lease(item, "mine", NOW, NOW + MINUTE)
    later = NOW + MINUTE
    others = items.lease(item, "other's", later, later + MINUTE)
    assert mine is not None
    assert others is not None
    assert not items.take_off(mine, "mine"), "it was read before the other took it"
    assert items.find("acme", item.position) == others
    assert items.take_off(others, "other's")
    assert items.find("acme", item.position) is None


def test_a_lease_that_ended_still_takes_off_what_nobody_else_took(
    items: InboxItems, clock: FakeClock
) -> None:
    (item,) = put(items, event(1))
    mine = items.lease(item, "mine", NOW, NOW + MINUTE)
    clock.at = NOW + 2 * MINUTE
    assert mine is not None
    assert items.take_off(mine, "mine")
    assert listed(items) == []


def test_to_put_it_in_again_leaves_it_as_it_stands(items: InboxItems) -> None:
    (item,) = put(items, event(1))
    taken = items.lease(item, "mine", NOW, NOW + MINUTE)
    items.put("acme", event(1))
    assert items.list("acme", 10, None).items == (taken,)


def test_it_is_kept_for_fourteen_days(items: InboxItems, clock: FakeClock) -> None:
    (item,) = put(items, event(1))
    clock.at = NOW + KEPT - timedelta(seconds=1)
    assert listed(items) == ["e1"]
    clock.at = NOW + KEPT
    assert listed(items) == []
    assert items.find("acme", item.position) is None
    assert items.count("acme") == InboxCount(0, None, True)
    assert items.lease(item, "mine", clock.at, clock.at + MINUTE) is None


def test_it_counts(items: InboxItems, clock: FakeClock) -> None:
    assert items.count("acme") == InboxCount(0, None, True)
    put(items, event(2))
    clock.at = NOW + MINUTE
    (first, _) = put(items, event(1), event(3))
    items.lease(first, "mine", clock.at, clock.at + MINUTE)
    assert items.count("acme") == InboxCount(3, NOW + MINUTE, True)


@pytest.mark.parametrize("cursor", ["x", to_cursor("x"), to_cursor(1), to_cursor(event(1).position, 1)])
def test_an_invented_cursor_is_refused(items: InboxItems, cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        items.list("acme", 10, cursor)
    assert refusal.value.field == "cursor"


class Small:
    """A client whose pages are small, as those of a large inbox are."""

    def __init__(self, client: Any, rows: int = 2) -> None:
        self._client, self._rows = client, rows
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def query(self, **request: Any) -> Any:
        self.reads += 1
        return self._client.query(**{**request, "Limit": self._rows})


@pytest.fixture
def small(client: Any) -> Small:
    return Small(client)


def test_what_is_free_behind_much_that_is_not_is_found_page_by_page(small: Small, clock: FakeClock) -> None:
    items = DynamoInboxItems(small, "inbox", clock)
    taken = put(items, *(event(n) for n in range(1, 31)))
    for one in taken[:-1]:
        items.lease(one, "mine", NOW, NOW + MINUTE)
    small.reads = 0
    page = items.list("acme", 10, None, free_at=NOW)
    assert (page.items, small.reads) == ((), paging.READS_MOST)
    last = items.list("acme", 10, page.next, free_at=NOW)
    assert ([one.event[2] for one in last.items], last.next) == (["e30"], None)


def test_a_cursor_does_not_name_what_its_reader_may_not_see(small: Small, clock: FakeClock) -> None:
    items = DynamoInboxItems(small, "inbox", clock)
    positions = [one.position for one in put(items, *(event(n) for n in range(1, 31)))]
    page = items.list("acme", 10, None, within=Restriction(("csv/*",)))
    assert page.items == ()
    assert page.next is not None
    assert page.next not in map(to_cursor, positions)


def test_counting_stops(small: Small, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_items, "INBOX_COUNT_MOST", 5)
    items = DynamoInboxItems(small, "inbox", clock)
    put(items, *(event(n, connections=("csv/a",)) for n in range(1, 6)))
    assert items.count("acme") == InboxCount(5, NOW, True)
    put(items, *(event(n, connections=("csv/b",)) for n in range(6, 31)))
    small.reads = 0
    assert items.count("acme") == InboxCount(5, NOW, False)
    assert small.reads < 6
    assert items.count("acme", Restriction(("csv/b",))) == InboxCount(1, NOW, False)
    assert items.count("acme", Restriction(("csv/c",))).complete is False


class SentTwice:
    """Sends a change once more, as the SDK does where no answer comes."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call: Callable[..., Any] = getattr(self._client, name)
        if name not in ("put_item", "update_item", "delete_item"):
            return call

        def twice(**request: Any) -> Any:
            call(**request)
            return call(**request)

        return twice


def test_what_was_written_though_its_answer_was_lost_counts_once(client: Any, clock: FakeClock) -> None:
    items = DynamoInboxItems(SentTwice(client), "inbox", clock)
    (item,) = put(items, event(1))
    taken = items.lease(item, "mine", NOW, NOW + MINUTE)
    assert taken is not None
    assert taken.deliveries == 1
    assert items.take_off(taken, "mine")
    assert listed(items) == []


def test_who_dies_while_he_takes_it_off_leaves_it_there(dynamo: DynamoInboxItems) -> None:
    (item,) = put(dynamo, event(1))
    dynamo._remember(item)
    assert listed(dynamo) == ["e1"]
    dynamo.put("acme", event(1))
    assert listed(dynamo) == ["e1"]
    assert dynamo.take_off(item, None)
    assert listed(dynamo) == []


def test_it_is_remembered_for_as_long_as_it_would_have_been_kept(
    dynamo: DynamoInboxItems, clock: FakeClock
) -> None:
    (item,) = put(dynamo, event(1))
    dynamo.take_off(item, None)
    clock.at = NOW + KEPT - timedelta(seconds=1)
    assert dynamo.was_there("acme", item.position)
    clock.at = NOW + KEPT
    assert not dynamo.was_there("acme", item.position)


def test_every_row_expires(dynamo: DynamoInboxItems, client: Any) -> None:
    first, _ = put(dynamo, event(1), event(2))
    dynamo.take_off(first, None)
    rows = client.scan(TableName="inbox")["Items"]
    assert {row["pk"]["S"] for row in rows} == {"inbox#acme", "acked#acme"}
    assert {row["expires_at"]["N"] for row in rows} == {str(int((NOW + KEPT).timestamp()))}


def test_what_we_tell_has_an_item_that_names_us(items: InboxItems) -> None:
    (item,) = put(items, event(1))
    assert item.event == (OURSELVES, OURSELVES, "e1")
    assert item.position.startswith(first_position(NOW + MINUTE))
