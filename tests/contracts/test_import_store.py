"""What every ImportStore promises, and what the one on DynamoDB does besides, inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.intake.file_import import Import, import_id
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import from_cursor, to_cursor
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.ports.intake import ImportStore
from chalicelib.services.dynamodb.imports import KEPT, DynamoImports
from chalicelib.services.dynamodb.items import to_item
from tests.unit.pipeline.fakes import FakeImports

NOW = datetime(2024, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        by_time = [("kind", "HASH"), ("registered_at", "RANGE")]
        client.create_table(
            TableName="imports",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("id", "kind", "registered_at")
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_time",
                    "KeySchema": [{"AttributeName": name, "KeyType": type} for name, type in by_time],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def at(client: Any, now: datetime) -> DynamoImports:
    return DynamoImports(client, "imports", lambda: now)


def file(number: int, registered_at: datetime = NOW, connection: str = "default") -> Import:
    registered_at += timedelta(seconds=number)
    return Import(
        id=import_id("b", f"{number}.csv", "e"), source="csv", connection=connection, bucket="b",
        key=f"{number}.csv", etag="e", size=10, registered_at=registered_at, modified_at=registered_at,
        updated_at=registered_at,
    )  # fmt: skip


# ---- what ImportStore promises, by DynamoDB and by the fake ---------------------------------------


@pytest.fixture(params=["dynamodb", "fake"])
def store(request: pytest.FixtureRequest) -> ImportStore:
    return at(request.getfixturevalue("client"), NOW) if request.param == "dynamodb" else FakeImports()


def test_a_file_is_registered_once(store: ImportStore) -> None:
    assert store.find(file(1).id) is None
    assert store.register(file(1)) == file(1)
    assert store.register(replace(file(1), size=99)) == file(1)
    assert store.find(file(1).id) == file(1)


def test_it_is_known_that_a_job_was_sent(store: ImportStore) -> None:
    store.register(file(1))
    store.queued(file(1).id)
    held = store.find(file(1).id)
    assert held is not None
    assert held.queued


def test_reading_goes_on_from_where_it_stands_and_from_nowhere_else(store: ImportStore) -> None:
    held = store.register(file(1))
    further = store.checkpoint(held, replace(held, status="running", mark="100", read=100))
    assert (further.status, further.mark, further.read) == ("running", "100", 100)
    with pytest.raises(Conflict):
        store.checkpoint(held, replace(held, status="running", mark="50", read=50))
    standing = store.find(held.id)
    assert standing is not None
    assert standing.mark == "100"


def test_what_was_cancelled_is_read_no_further(store: ImportStore) -> None:
    held = store.register(file(1))
    assert store.cancel(held.id).status == "cancelled"
    with pytest.raises(Conflict):
        store.checkpoint(held, replace(held, status="running", mark="100"))
    with pytest.raises(Conflict, match="cancelled already"):
        store.cancel(held.id)
    with pytest.raises(NotFound):
        store.cancel(file(2).id)


def test_the_newest_file_comes_first(store: ImportStore) -> None:
    for number in (1, 3, 2):
        store.register(file(number))
    assert [one.key for one in store.list(2, None, None).items] == ["3.csv", "2.csv"]


# ---- what DynamoDB does besides -------------------------------------------------------------------


def test_imports_are_listed_newest_first_in_pages(client):
    imports = at(client, NOW)
    for number in range(4):
        imports.register(file(number))
    first = imports.list(2, None, None)
    second = imports.list(2, first.next, None)
    assert [one.key for one in (*first.items, *second.items)] == ["3.csv", "2.csv", "1.csv", "0.csv"]
    assert second.next is None


def test_an_import_that_has_expired_is_not_shown_though_it_still_stands(client):
    at(client, NOW).register(file(1))
    later = at(client, NOW + KEPT + timedelta(seconds=1))
    later.register(file(2, NOW + KEPT))
    assert [one.key for one in later.list(10, None, None).items] == ["2.csv"]
    assert later.find(file(1).id) is None
    with pytest.raises(NotFound):
        later.cancel(file(1).id)


def test_a_file_is_known_until_its_import_has_expired(client):
    held = replace(file(1), size=1)
    assert at(client, NOW).register(held) == held
    assert at(client, NOW).register(file(1)) == held
    again = file(1, NOW + KEPT)
    assert at(client, NOW + KEPT + timedelta(seconds=1)).register(again) == again


def test_a_checkpoint_whose_answer_was_lost_is_not_taken_for_somebody_else_s(client):
    class SentTwice:
        """Sends a change once more, as the SDK does where no answer comes."""

        def __getattr__(self, name: str) -> Any:
            return getattr(client, name)

        def update_item(self, **request: Any) -> Any:
            client.update_item(**request)
            return client.update_item(**request)

    imports = at(SentTwice(), NOW)
    held = imports.register(file(1))
    further = imports.checkpoint(held, replace(held, status="running", mark="100", read=100))
    assert (further.mark, further.read) == ("100", 100)
    with pytest.raises(Conflict):
        imports.checkpoint(held, replace(held, status="running", mark="50", read=50))
    assert imports.cancel(held.id).status == "cancelled"


@pytest.mark.parametrize(
    "position", [("x", "x"), (file(1).id, "x"), ("x", NOW.isoformat()), (file(1).id, "2024-05-01")]
)
def test_an_invented_cursor_is_refused(client, position):
    with pytest.raises(Invalid) as refusal:
        at(client, NOW).list(10, to_cursor(*position), None)
    assert refusal.value.field == "cursor"


def test_a_reason_that_is_longer_than_an_item_holds_is_cut(client):
    imports = at(client, NOW)
    held = imports.register(file(1))
    failed = imports.checkpoint(held, replace(held, status="failed", reason="x" * 500_000))
    assert (failed.status, failed.reason) == ("failed", "x" * 1_000)


MINE = Restriction(("csv/mine",))


def test_who_is_restricted_gets_full_pages_of_what_is_his_and_nothing_else(client):
    imports = at(client, NOW)
    for number in range(9):
        imports.register(file(number, connection="theirs" if number % 3 else "mine"))
    first = imports.list(2, None, MINE)
    second = imports.list(2, first.next, MINE)
    assert [[one.key for one in page.items] for page in (first, second)] == [["6.csv", "3.csv"], ["0.csv"]]
    assert second.next is None


def test_an_import_of_other_connections_is_not_found(client):
    imports = at(client, NOW)
    mine, theirs = file(1, connection="mine"), file(2, connection="theirs")
    nobody_s = replace(file(3, connection=""), source="")
    for one in (mine, theirs, nobody_s):
        imports.register(one)
    assert [imports.find(one.id, MINE) for one in (mine, theirs, nobody_s)] == [mine, None, None]
    assert [imports.find(one.id) for one in (mine, theirs, nobody_s)] == [mine, theirs, nobody_s]


def test_every_import_carries_its_connections_and_one_from_before_is_known_by_its_own(client):
    imports = at(client, NOW)
    for number, connection in enumerate(("mine", "theirs")):
        imports.register(file(number, connection=connection))
    rows = client.scan(TableName="imports")["Items"]
    carried = {row["key"]["S"]: row["connections"] for row in rows}
    assert carried == {"0.csv": {"L": [{"S": "csv/mine"}]}, "1.csv": {"L": [{"S": "csv/theirs"}]}}
    for row in rows:
        client.update_item(TableName="imports", Key={"id": row["id"]}, UpdateExpression="REMOVE connections")
    assert [one.key for one in imports.list(10, None, MINE).items] == ["0.csv"]


def test_a_cursor_names_no_import_of_others():
    """Whoever gets a cursor can read what is in it."""
    theirs = [file(number) for number in range(40, 0, -1)]

    class Client:
        def query(self, **asked: Any) -> dict[str, Any]:
            start = asked.get("ExclusiveStartKey", {"registered_at": {"S": "3"}})["registered_at"]["S"]
            one = next(one for one in theirs if one.registered_at.isoformat() < start)
            key = {"kind": "file", "id": one.id, "registered_at": one.registered_at.isoformat()}
            return {"Items": []} | ({"LastEvaluatedKey": to_item(key)} if one is not theirs[-1] else {})

    imports = DynamoImports(Client(), "imports", lambda: NOW)
    cursor, cursors = None, []
    while (cursor := imports.list(5, cursor, MINE).next) is not None:
        cursors.append(from_cursor(cursor, str, str))
    assert cursors
    told = {value for position in cursors for value in position}
    assert not told & {one.id for one in theirs}
    assert not told & {one.registered_at.isoformat() for one in theirs}
