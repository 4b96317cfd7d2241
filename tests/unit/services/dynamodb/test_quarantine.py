"""The quarantine on a DynamoDB that runs inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.intake.quarantine import Failure, PluginFailures, Quarantined
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import from_cursor, to_cursor
from chalicelib.errors import Invalid
from chalicelib.services.dynamodb.quarantine import EXCERPT_LIMIT, KEPT, DynamoQuarantine
from tests.unit.pipeline.fakes import FakeBlobs, FakeClock

NOW = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="quarantine",
            KeySchema=[
                {"AttributeName": "kind", "KeyType": "HASH"},
                {"AttributeName": "id", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("kind", "id", "source")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_source",
                    "KeySchema": [
                        {"AttributeName": "source", "KeyType": "HASH"},
                        {"AttributeName": "id", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def quarantine(client: Any, clock: FakeClock) -> DynamoQuarantine:
    return DynamoQuarantine(client, "quarantine", FakeBlobs(), clock)


def refused(number: int, source: str = "csv", **fields: Any) -> Quarantined:
    at = fields.pop("at", NOW + timedelta(seconds=number))
    said = {"connection": "default", "reason": "no text", "where": f"line {number}", **fields}
    return Quarantined(source=source, at=at, **said)


def failure(number: int) -> Failure:
    at = NOW + timedelta(seconds=number)
    return Failure(
        queue="ingest", message_id=f"m-{number}", reason="it broke", receives=1, at=at, first_at=at
    )


def pages(
    quarantine: DynamoQuarantine, limit: int, source: str | None = None, within: Restriction | None = None
) -> list[list[str]]:
    found, cursor = [], None
    while True:
        page = quarantine.list(limit, cursor, within, source)
        found.append([item.where for item in page.items])
        cursor = page.next
        if cursor is None:
            return found


def test_a_page_of_one_source_is_full_however_many_of_others_lie_between(quarantine):
    for number in range(40):
        quarantine.keep(refused(number, "zendesk" if number % 10 else "csv"))
    assert pages(quarantine, 3, "csv") == [["line 30", "line 20", "line 10"], ["line 0"]]
    assert pages(quarantine, 10, "zendesk")[0] == [f"line {n}" for n in range(39, 28, -1) if n != 30]
    assert pages(quarantine, 50, "nothing") == [[]]


MINE = Restriction(("csv/mine", "zendesk/*"))


def test_who_is_restricted_gets_full_pages_of_what_is_his_and_nothing_else(quarantine):
    for number in range(40):
        connection = "theirs" if number % 10 else "mine"
        quarantine.keep(refused(number, connection=connection))
    quarantine.keep(refused(40, "zendesk", connection="any"))
    assert pages(quarantine, 3, within=MINE) == [["line 40", "line 30", "line 20"], ["line 10", "line 0"]]
    assert pages(quarantine, 3, "csv", MINE) == [["line 30", "line 20", "line 10"], ["line 0"]]
    assert pages(quarantine, 50, "standard_webhooks", MINE) == [[]]


def test_an_entry_of_other_connections_is_not_found(quarantine):
    mine = quarantine.keep(refused(1, connection="mine"))
    theirs = quarantine.keep(refused(2, connection="theirs"))
    nobody_s = quarantine.keep(refused(3, "", connection="", where="message m on q"))
    assert quarantine.find(mine, MINE) == quarantine.find(mine, None)
    assert [quarantine.find(other, MINE) for other in (theirs, nobody_s)] == [None, None]
    assert pages(quarantine, 10, within=MINE) == [["line 1"]]
    assert None not in [quarantine.find(other, None) for other in (theirs, nobody_s)]


def test_every_entry_carries_its_connections_and_one_from_before_is_known_by_its_own(quarantine, client):
    entries = {
        quarantine.keep(refused(1, connection="mine")): ["csv/mine"],
        quarantine.keep(refused(2, connection="theirs")): ["csv/theirs"],
        quarantine.keep(refused(3, "", connection="")): [],
    }
    rows = client.scan(TableName="quarantine")["Items"]
    assert {row["id"]["S"]: [one["S"] for one in row["connections"]["L"]] for row in rows} == entries
    for id in entries:
        key = {"kind": {"S": "quarantine"}, "id": {"S": id}}
        client.update_item(TableName="quarantine", Key=key, UpdateExpression="REMOVE connections")
    assert pages(quarantine, 10, within=MINE) == [["line 1"]]


def test_a_cursor_names_no_entry_of_others():
    """Whoever gets a cursor can read what is in it."""
    theirs = [f"20240501T1200{number:02}123456-{'7' * 32}" for number in range(40, 0, -1)]

    class Client:
        def query(self, **asked: Any) -> dict[str, Any]:
            start = asked.get("ExclusiveStartKey", {"id": {"S": "3"}})["id"]["S"]
            id = next(id for id in theirs if id < start)
            key = {"kind": {"S": "quarantine"}, "id": {"S": id}}
            return {"Items": [], "LastEvaluatedKey": key} if id != theirs[-1] else {"Items": []}

    quarantine = DynamoQuarantine(Client(), "quarantine", FakeBlobs(), lambda: NOW)
    cursor, cursors = None, []
    while (cursor := quarantine.list(5, cursor, MINE).next) is not None:
        cursors.append(from_cursor(cursor, str)[0])
    assert cursors
    assert not set(cursors) & set(theirs)
    assert not [one for one in cursors if "7777" in one]


def test_the_last_page_says_that_it_is_the_last(quarantine):
    for number in range(4):
        quarantine.keep(refused(number))
    assert pages(quarantine, 2) == [["line 3", "line 2"], ["line 1", "line 0"]]


def test_what_has_expired_is_not_shown_though_it_still_stands(quarantine, clock):
    old = quarantine.keep(refused(1, event_id="e"))
    quarantine.failed(failure(1))
    quarantine.plugin_failed("acme", "classify", "ValueError", 3)
    clock.at = NOW + KEPT
    new = quarantine.keep(refused(2, event_id="e", at=NOW))
    assert quarantine.find(old, None) is None
    assert quarantine.find(new, None) is not None
    assert [item.id for item in quarantine.list(10, None, None).items] == [new]
    assert [item.id for item in quarantine.of_event("e", NOW)] == [new]
    assert quarantine.failures(10, None).items == ()
    assert quarantine.plugin_failures() == {}


def test_the_count_of_a_plugin_s_failures_grows_and_begins_anew_once_it_has_expired(quarantine, clock):
    quarantine.plugin_failed("acme", "classify", "ValueError", 3)
    clock.at += KEPT / 2
    quarantine.plugin_failed("acme", "draft", "KeyError", 2)
    assert [(each.count, each.hook, each.reason) for each in quarantine.plugin_failures().values()] == [
        (5, "draft", "KeyError")
    ]
    clock.at += KEPT
    quarantine.plugin_failed("acme", "classify", "OSError", 1)
    assert [(each.count, each.hook, each.reason) for each in quarantine.plugin_failures().values()] == [
        (1, "classify", "OSError")
    ]


def test_a_plugin_s_failure_is_forgotten_once_the_hook_that_failed_works_again(quarantine, clock):
    quarantine.plugin_works("acme", "classify")
    assert quarantine.plugin_failures() == {}
    quarantine.plugin_failed("acme", "classify", "ValueError", 3)
    failed_at = clock.at
    clock.at += timedelta(hours=1)
    quarantine.plugin_works("acme", "draft")
    assert quarantine.plugin_failures()["acme"] == PluginFailures(3, failed_at, "classify", "ValueError")
    quarantine.plugin_works("acme", "classify")
    assert quarantine.plugin_failures()["acme"] == PluginFailures(3, failed_at)
    quarantine.plugin_failed("acme", "draft", "KeyError", 1)
    assert quarantine.plugin_failures()["acme"] == PluginFailures(4, clock.at, "draft", "KeyError")


def test_what_one_file_left_is_found_among_others_of_its_time(quarantine):
    for number in range(5):
        quarantine.keep(refused(number, event_id="mine" if number % 2 else "theirs", at=NOW))
    quarantine.keep(refused(9, event_id="mine", at=NOW + timedelta(microseconds=1)))
    assert {item.where for item in quarantine.of_event("mine", NOW)} == {"line 1", "line 3"}


def test_the_beginning_of_what_was_refused_stands_beside_the_reason(quarantine):
    id = quarantine.keep(refused(1), b"x" * 5_000)
    assert quarantine.find(id, None).excerpt == b"x" * EXCERPT_LIMIT
    assert quarantine.find(quarantine.keep(refused(2)), None).excerpt == b""


@pytest.mark.parametrize("position", ["x", "20240501T120000123456", "20240501T120000123456-a b", "z" * 900])
def test_an_invented_cursor_is_refused(quarantine, position):
    for listed, *more in ((quarantine.list, None), (quarantine.failures,)):
        with pytest.raises(Invalid) as refusal:
            listed(10, to_cursor(position), *more)
        assert refusal.value.field == "cursor"


def test_failures_are_listed_in_pages(quarantine):
    for number in range(3):
        quarantine.failed(failure(number))
    page = quarantine.failures(2, None)
    assert [one.id for one in page.items] == ["m-2", "m-1"]
    assert [one.id for one in quarantine.failures(2, page.next).items] == ["m-0"]


def test_half_a_character_that_a_plugin_quotes_spoils_no_more_than_itself(
    quarantine: DynamoQuarantine,
) -> None:
    """JSON may hold one; with it unsaid, its whole file would fail again and again."""
    item = Quarantined(source="s", connection="c", reason="no text: \ud800", where="line \ud800", at=NOW)
    kept = quarantine.find(quarantine.keep(item), None)
    assert kept is not None
    assert (kept.reason, kept.where) == ("no text: ?", "line ?")


def test_entries_are_counted_by_source_since_a_time(quarantine: DynamoQuarantine) -> None:
    for number in range(5):
        quarantine.keep(refused(number))
    quarantine.keep(refused(4))  # the same again
    quarantine.keep(refused(3, "zendesk"))
    since = NOW + timedelta(seconds=2)
    counted = quarantine.counted(["csv", "zendesk", "app_store"], since, None)
    assert counted == {"csv": 3, "zendesk": 1, "app_store": 0}


def test_a_caller_s_own_entries_are_counted(quarantine: DynamoQuarantine) -> None:
    for number, connection in enumerate(("mine", "theirs", "mine", "theirs", "theirs")):
        quarantine.keep(refused(number, connection=connection))
    sources = ["csv", "zendesk"]
    assert quarantine.counted(sources, NOW, Restriction(("csv/mine",))) == {"csv": 2}
    assert quarantine.counted(sources, NOW, Restriction(("csv/*", "zendesk/mine"))) == {
        "csv": 5,
        "zendesk": 0,
    }


def test_so_many_that_they_come_on_pages_are_counted_up_to_a_limit(
    quarantine: DynamoQuarantine, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        quarantine.keep(refused(number))
    query = client.query
    monkeypatch.setattr(client, "query", lambda **asked: query(**asked, Limit=2))
    assert quarantine.counted(["csv"], NOW, None) == {"csv": 20}
    assert quarantine.counted(["csv"], NOW + timedelta(seconds=20), Restriction(("csv/*",))) == {"csv": 10}


def test_what_belongs_to_no_source_is_kept_and_counts_for_none(quarantine: DynamoQuarantine) -> None:
    id = quarantine.keep(refused(1, ""))
    found = quarantine.find(id, None)
    assert found is not None
    assert (found.source, found.connections) == ("", ())
    assert quarantine.find(id, Restriction(("csv/*",))) is None
