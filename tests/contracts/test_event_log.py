"""What every EventLog promises, and what the one on DynamoDB does besides."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.event import OURSELVES, WHOLE_BYTES, CloudEvent
from chalicelib.domain.delivery.stored_event import POSITION, StoredEvent, first_position
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page, to_cursor
from chalicelib.errors import Invalid, NotFound, Unavailable
from chalicelib.ports.delivery import EventLog
from chalicelib.services.dynamodb.event_log import KEPT, PAGE_BYTES, DynamoEventLog
from chalicelib.services.dynamodb.items import from_item
from chalicelib.services.s3 import S3Blobs
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.in_memory_delivery import InMemoryEventLog

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Clock:
    at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def blobs(client: Client) -> S3Blobs:
    return S3Blobs(client("s3"), named("artifacts"))


@pytest.fixture
def dynamo(client: Client, blobs: S3Blobs, clock: Clock) -> DynamoEventLog:
    return DynamoEventLog(client("dynamodb"), named("events"), lambda: blobs, clock)


@pytest.fixture(params=["DynamoDB", "in memory"])
def log(request: pytest.FixtureRequest) -> EventLog:
    if request.param == "in memory":
        return InMemoryEventLog()
    return request.getfixturevalue("dynamo")


@pytest.fixture
def event(unique: str) -> Callable[..., StoredEvent]:
    """Gives an event of an owner whom no other test has, so many seconds after NOW."""

    def make(number: int = 0, *, untold: bool = False, text: str = "", **given: Any) -> StoredEvent:
        told = {"id": f"e{number}", "type": "order.paid", "source": "shop", "owner": unique, **given}
        posted = CloudEvent(time=NOW, subject="42", data={"number": number, "text": text}, **told)
        return StoredEvent.of(posted, NOW + number * SECOND, untold=untold)

    return make


Make = Callable[..., StoredEvent]


# ---- what EventLog promises ----------------------------------------------------------------------


def test_an_event_is_kept_once_and_the_first_one_stays(log: EventLog, event: Make) -> None:
    first = event(untold=True)
    assert log.put(first) == first
    later = replace(
        event(text="other words"), received_at=NOW + SECOND, position=first_position(NOW) + "0" * 20
    )
    assert log.put(later) == first
    assert log.find(first.owner, first.id) == first


def test_the_same_put_twice_is_the_first_one(log: EventLog, event: Make) -> None:
    assert [log.put(event()) for _ in range(2)] == [event()] * 2


def test_owner_source_and_id_make_an_event(log: EventLog, event: Make, unique: str) -> None:
    events = [
        event(), event(1), event(source="desk"), event(source="bank"), event(owner=f"{unique}-other"),
    ]  # fmt: skip
    assert [log.put(one) for one in events] == events
    assert [log.put(replace(one, subject="again", received_at=NOW + SECOND)) for one in events] == events
    assert [log.find(*(one.owner, one.id, one.source)) for one in events] == events
    assert log.find(unique, "e0") == events[0]
    assert log.find(unique, "e0", "") is None
    assert log.find(unique, "e9") is None
    missing = (unique, "shop", "e9")
    wanted = [one.identity for one in reversed(events)]
    assert dict(log.found([missing, *wanted])) == {one.identity: one for one in events}
    assert dict(log.found([])) == {}


def test_an_owner_s_name_is_never_taken_for_another_s_and_an_id(
    log: EventLog, event: Make, unique: str
) -> None:
    digest = hashlib.sha256(b"desk").hexdigest()[:16]
    theirs = event(owner=f"{unique}#e0", id=digest, source="desk")
    assert log.put(theirs) == theirs
    assert log.find(unique, "e0", "desk") is None
    mine = [event(), event(source="desk")]
    assert [log.put(one) for one in mine] == mine
    assert [log.find(one.owner, one.id, one.source) for one in (*mine, theirs)] == [*mine, theirs]


def test_many_are_looked_for_at_once(log: EventLog, event: Make) -> None:
    events = [event(number) for number in range(250)]
    there = [log.put(one) for one in events[::80]]
    assert list(log.found([one.identity for one in events]).values()) == there


def test_a_body_of_any_length_comes_back_as_it_is(log: EventLog, event: Make) -> None:
    events = [event(number, text="ä" * length) for number, length in enumerate((0, 39_000, 41_000, 200_000))]
    for one in events:
        assert log.put(one) == one
        assert log.find(one.owner, one.id) == one
    assert len(events[2].body or "") > WHOLE_BYTES > len(events[1].body or "")
    assert list(log.found([one.identity for one in events]).values()) == events
    assert log.list([events[0].owner], 10, None).items == tuple(reversed(events))


def test_another_long_body_does_not_replace_the_first(log: EventLog, event: Make) -> None:
    first = event(text="a" * 300_000)
    log.put(first)
    assert log.put(event(text="b" * 300_000)) == first
    assert log.put(event(text="short")) == first
    assert log.find(first.owner, first.id) == first


def test_what_waits_for_the_bus_is_told_of_until_it_is_there(log: EventLog, event: Make) -> None:
    for number in range(6):
        log.put(event(number, untold=number != 2))
    log.put(event(3, untold=True, source="desk"))
    owner = event().owner

    def waiting(seconds: float, limit: int = 1_000) -> list[StoredEvent]:
        return [one for one in log.untold(NOW + seconds * SECOND, limit) if one.owner == owner]

    assert waiting(0) == []
    assert waiting(1.5) == [event(0, untold=True), event(1, untold=True)]
    assert [one.id for one in waiting(60)] == ["e0", "e1", "e3", "e3", "e4", "e5"]
    for one in (event(0), event(3, source="desk"), event(0)):
        log.told(one)
    assert [(one.id, one.source) for one in waiting(60)] == [
        ("e1", "shop"), ("e3", "shop"), ("e4", "shop"), ("e5", "shop")
    ]  # fmt: skip
    assert log.put(event(0, untold=True)).untold_since is None
    assert log.put(event(1, untold=True)).untold_since == event(1).received_at


def test_those_that_wait_longest_come_first(log: EventLog, event: Make) -> None:
    early = datetime(2001, 1, 1, tzinfo=UTC)
    events = [
        replace(event(number, untold=True), untold_since=early + number * SECOND)
        for number in range(9, -1, -1)
    ]
    for one in events:
        log.put(one)
    try:
        assert [one.id for one in log.untold(NOW, 3)] == ["e0", "e1", "e2"]
    finally:
        for one in events:
            log.told(one)


def test_forgetting_leaves_that_it_came(log: EventLog, event: Make) -> None:
    for one in (event(), event(1, text="x" * 300_000), event(source="desk")):
        log.put(one)
        log.forget(one)
        log.forget(one)
        assert log.find(one.owner, one.id, one.source) == one.forgotten()
        assert log.put(one) == one.forgotten()
    assert {one.body for one in log.list([event().owner], 10, None).items} == {None}


def test_forgetting_one_of_two_sources_leaves_the_other(log: EventLog, event: Make) -> None:
    first, other = log.put(event()), log.put(event(source="desk"))
    log.forget(first)
    assert log.find(other.owner, other.id, other.source) == other


def test_a_list_begins_with_the_newest_and_goes_on_by_its_cursor(log: EventLog, event: Make) -> None:
    events = [log.put(event(number)) for number in range(7)]
    assert pages(log, [events[0].owner], 3) == [["e6", "e5", "e4"], ["e3", "e2", "e1"], ["e0"]]
    assert pages(log, [events[0].owner], 7) == [["e6", "e5", "e4", "e3", "e2", "e1", "e0"]]
    assert pages(log, ["nobody"], 7) == [[]]


def test_a_list_of_several_owners_is_one_list(log: EventLog, event: Make, unique: str) -> None:
    other = f"{unique}-other"
    for number in range(8):
        log.put(event(number, owner=other if number in (1, 2, 6) else unique))
    whole = [f"e{number}" for number in range(7, -1, -1)]
    for limit in (2, 3, 8):
        assert whole_list(log, [unique, other], limit) == whole
    assert pages(log, [unique, other, unique], 3)[0] == whole[:3]


def test_a_list_takes_what_is_asked_for_alone(log: EventLog, event: Make, unique: str) -> None:
    log.put(event(0, type="order.paid"))
    log.put(event(1, type="order.sent", source="desk"))
    log.put(event(2, type="orders.sent", connections=("csv/a",)))
    log.put(event(3, type="lead.won", connections=("csv/a", "csv/b")))
    log.put(event(4, type="lead.lost", connections=("csv/a",), audience="partner"))

    def listed(**asked: Any) -> list[str]:
        return [one.id for one in log.list([unique], 10, None, **asked).items]

    assert listed(types=["order.*"]) == ["e1", "e0"]
    assert listed(types=["order.paid", "lead.*"]) == ["e4", "e3", "e0"]
    assert listed(sources=["desk"]) == ["e1"]
    assert listed(sources=["desk", "shop"], types=["*"]) == ["e4", "e3", "e2", "e1", "e0"]
    assert listed(within=Restriction(("csv/a",))) == ["e4", "e2"]
    assert listed(within=Restriction(("csv/*",))) == ["e4", "e3", "e2"]
    assert listed(audience="partner", within=Restriction(("csv/a",))) == ["e4", "e2"]
    assert listed(audience="another", within=Restriction(("csv/a",))) == ["e2"]
    assert listed(since=NOW + 3 * SECOND) == ["e4", "e3"]
    assert listed(until=NOW + 2 * SECOND) == ["e1", "e0"]
    assert listed(since=NOW + SECOND, until=NOW + 3 * SECOND) == ["e2", "e1"]
    assert listed(since=NOW + 3 * SECOND, until=NOW + SECOND) == []


def test_pages_of_a_narrow_list_leave_nothing_out(log: EventLog, event: Make, unique: str) -> None:
    for number in range(12):
        log.put(event(number, type="lead.won" if number % 3 else "order.paid"))
    narrow = {"types": ["lead.*"], "since": NOW + 2 * SECOND, "until": NOW + 11 * SECOND}
    assert whole_list(log, [unique], 2, **narrow) == ["e10", "e8", "e7", "e5", "e4", "e2"]


@pytest.mark.parametrize(
    "cursor", ["x", "!", to_cursor(""), to_cursor("zz"), to_cursor(1), to_cursor("0" * 33)]
)
def test_a_cursor_that_was_never_given_is_refused(log: EventLog, unique: str, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        log.list([unique], 10, cursor)


def pages(log: EventLog, owners: list[str], limit: int, **asked: Any) -> list[list[str]]:
    """The ids of each page of a list."""

    def read() -> Iterator[Page[StoredEvent]]:
        page = log.list(owners, limit, None, **asked)
        yield page
        while page.next:
            page = log.list(owners, limit, page.next, **asked)
            yield page

    return [[one.id for one in page.items] for page in read()]


def whole_list(log: EventLog, owners: list[str], limit: int, **asked: Any) -> list[str]:
    return [id for page in pages(log, owners, limit, **asked) for id in page]


# ---- what the one on DynamoDB does besides -------------------------------------------------------


def test_it_is_known_for_thirty_days(dynamo: DynamoEventLog, clock: Clock, event: Make, unique: str) -> None:
    first = dynamo.put(event(untold=True))
    clock.at = NOW + KEPT - SECOND
    assert dynamo.find(unique, "e0") == first
    clock.at = NOW + KEPT + SECOND
    assert dynamo.find(unique, "e0") is None
    assert dynamo.found([first.identity]) == {}
    assert dynamo.list([unique], 10, None).items == ()
    assert first not in dynamo.untold(clock.at, 1_000)
    again = replace(event(), received_at=clock.at)
    assert dynamo.put(again) == again


def test_a_page_is_short_where_bodies_are_long(dynamo: DynamoEventLog, event: Make, unique: str) -> None:
    for number in range(5):
        dynamo.put(event(number, text="x" * (PAGE_BYTES // 3)))
    dynamo.put(event(5, text="x" * (PAGE_BYTES + 1)))
    assert pages(dynamo, [unique], 50) == [["e5"], ["e4", "e3"], ["e2", "e1"], ["e0"]]


def test_nothing_stays_in_the_bucket_of_what_was_forgotten_or_never_kept(
    dynamo: DynamoEventLog, blobs: S3Blobs, event: Make
) -> None:
    def kept() -> set[str]:
        return {one.key for page in blobs.pages("events/", datetime(2000, 1, 1, tzinfo=UTC)) for one in page}

    before = kept()
    first = dynamo.put(event(text="a" * 300_000))
    (key,) = kept() - before
    dynamo.put(event(text="b" * 300_000))
    dynamo.put(event(text="a" * 300_000))
    assert kept() - before == {key}
    dynamo.forget(first)
    dynamo.put(event(text="a" * 300_000))
    assert kept() - before == set()


def test_a_body_that_is_gone_half_way_reads_as_forgotten(
    dynamo: DynamoEventLog, client: Client, blobs: S3Blobs, event: Make, unique: str
) -> None:
    dynamo.put(event(text="a" * 300_000))
    item = client("dynamodb").get_item(TableName=named("events"), Key={"pk": {"S": f"event#{unique}#e0"}})
    blobs.delete(from_item(item["Item"])["beside"])
    found = dynamo.find(unique, "e0")
    assert found is not None
    assert (found.body, found.members()["id"]) == (None, "e0")
    with pytest.raises(NotFound):
        blobs.get(from_item(item["Item"])["beside"])


class Sparing:
    """A DynamoDB that gives one item a call, as it does where a request asks for more than 16 MB, and that
    reads few rows a query, as where an index's megabyte holds few."""

    def __init__(self, client: Any, rows: int = 1) -> None:
        self._client, self._rows = client, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803 - boto's name
        ((table, asked),) = RequestItems.items()
        first, rest = asked["Keys"][:1], asked["Keys"][1:]
        answer = self._client.batch_get_item(RequestItems={table: {**asked, "Keys": first}})
        return {**answer, "UnprocessedKeys": {table: {**asked, "Keys": rest}} if rest else {}}

    def query(self, **asked: Any) -> Any:
        return self._client.query(**asked | {"Limit": self._rows})


def test_items_that_an_answer_leaves_out_are_asked_for_again(
    client: Client, blobs: S3Blobs, clock: Clock, event: Make, unique: str
) -> None:
    log = DynamoEventLog(Sparing(client("dynamodb")), named("events"), lambda: blobs, clock)
    events = [log.put(event(number)) for number in range(5)]
    assert dict(log.found([one.identity for one in events])) == {one.identity: one for one in events}
    assert whole_list(log, [unique], 2) == ["e4", "e3", "e2", "e1", "e0"]


def test_a_cursor_tells_nothing_of_events_that_its_holder_may_not_see(
    client: Client, blobs: S3Blobs, clock: Clock, event: Make, unique: str
) -> None:
    """A page on which nothing is shown ends among others' events."""
    log = DynamoEventLog(Sparing(client("dynamodb"), 3), named("events"), lambda: blobs, clock)
    hidden = [log.put(event(number, connections=("csv/b",))) for number in range(40)]
    mine = replace(event(), id="mine", connections=("csv/a",), position=first_position(NOW) + "0" * 20)
    log.put(mine)
    within = Restriction(("csv/a",))
    page = log.list([unique], 2, None, within=within)
    assert page.items == ()
    assert page.next is not None
    positions = {one.position for one in hidden}
    cursors = [page.next]
    while page.next:
        page = log.list([unique], 2, page.next, within=within)
        cursors += [page.next] if page.next else []
    assert [one.id for one in page.items] == ["mine"]
    assert all(to_cursor(position) not in cursors for position in positions)
    digests = [json.loads(base64.urlsafe_b64decode(one + "=="))[0].partition("-")[2] for one in cursors]
    assert all(not any(one.position.endswith(digest) for one in hidden) for digest in digests)


@pytest.mark.parametrize("service", ["DynamoDB", "S3"])
def test_a_log_that_is_down_is_unavailable(
    dynamo: DynamoEventLog, event: Make, aws: FaultyAws, service: str
) -> None:
    with aws.outage(service), pytest.raises(Unavailable):
        dynamo.put(event(text="x" * 300_000))
    with aws.outage("DynamoDB"):
        for ask in (
            lambda: dynamo.told(event()), lambda: dynamo.untold(NOW, 1), lambda: dynamo.find("a", "b"),
            lambda: dynamo.found([("a", "b", "c")]), lambda: dynamo.list(["a"], 1, None),
            lambda: dynamo.forget(event()),
        ):  # fmt: skip
            with pytest.raises(Unavailable):
                ask()


def test_what_we_tell_is_kept_as_ours(dynamo: DynamoEventLog, unique: str) -> None:
    told = StoredEvent.of(CloudEvent(id=unique, type="ticket.created", time=NOW), NOW)
    assert dynamo.put(told) == told
    assert dynamo.find(OURSELVES, unique) == told


def test_positions_have_their_form(event: Make) -> None:
    assert re.fullmatch(POSITION, event().position)
