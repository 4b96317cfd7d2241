"""What of connections is refused unasked, what is remembered of an answer, and which are listed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.intake.connection import Secret, StoredConnection
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import from_cursor, to_cursor
from chalicelib.errors import Invalid, PluginFailed, TriggerIQError, Unconfigured
from chalicelib.services.dynamodb.connections import DynamoConnections
from chalicelib.services.dynamodb.items import to_item


@pytest.mark.parametrize(
    "position", [("x y", "default"), ("zendesk", "Default"), ("z" * 65, "a"), ("a", "é")]
)
def test_an_invented_cursor_is_refused_before_anything_is_asked(position):
    connections = DynamoConnections(None, "connections", None, None, None)
    with pytest.raises(Invalid) as refusal:
        connections.list(10, to_cursor(*position), None, None)
    assert refusal.value.field == "cursor"


class Table:
    """A table of connections that are read three at a time."""

    def __init__(self, *rows: tuple[str, str, str]) -> None:
        self.items = [to_item({"source": s, "name": name, "owner": owner}) for s, name, owner in sorted(rows)]

    def scan(self, ExclusiveStartKey: Any = None, **asked: Any) -> dict[str, Any]:  # noqa: N803 — boto's name
        keys = [{"source": item["source"], "name": item["name"]} for item in self.items]
        begin = keys.index(ExclusiveStartKey) + 1 if ExclusiveStartKey else 0
        end = begin + min(3, asked["Limit"])
        more = {"LastEvaluatedKey": keys[end - 1]} if end < len(keys) else {}
        return {"Items": self.items[begin:end], **more}


def listed(table: Table, limit: int, owner: str | None, within: Restriction | None) -> list[list[str]]:
    connections = DynamoConnections(table, "connections", None, None, None)
    found, cursor = [], None
    while True:
        page = connections.list(limit, cursor, owner, within)
        found.append([name for _, name in page.items])
        cursor = page.next
        if cursor is None:
            return found


TABLE = Table(*((source, f"c{n}", f"owner-{n % 4}") for source in ("csv", "zendesk") for n in range(40, 60)))


def test_all_connections_are_listed_in_pages():
    assert listed(TABLE, 25, None, None) == [
        [f"c{n}" for n in (*range(40, 60), *range(40, 45))],
        [f"c{n}" for n in range(45, 60)],
    ]


def test_pages_of_an_owner_s_connections_are_full():
    assert listed(TABLE, 3, "owner-1", Restriction(("csv/*",))) == [["c41", "c45", "c49"], ["c53", "c57"]]


def test_a_cursor_names_no_connection_that_is_left_out_however_many_lie_between():
    """A name may be a secret."""
    connections = DynamoConnections(TABLE, "connections", None, None, None)
    within = Restriction(("csv/c41", "zendesk/c59"))
    first = connections.list(1, None, None, within)
    assert first.items == (("csv", "c41"),)
    assert from_cursor(first.next, str, str) == ["csv", "c41"]
    second = connections.list(1, first.next, None, within)
    assert (second.items, second.next) == ((("zendesk", "c59"),), None)


def test_more_secrets_than_can_be_sealed_are_refused():
    connections = DynamoConnections(None, "connections", None, None, None)
    connection = StoredConnection(
        source="zendesk",
        name="default",
        owner="me",
        secrets=(Secret("s" * 1_000),) * 5,
        updated_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    with pytest.raises(Invalid, match="4,096") as refusal:
        connections.put(connection)
    assert refusal.value.field == "secrets"


def test_settings_that_are_longer_than_an_item_holds_are_refused():
    connections = DynamoConnections(None, "connections", None, None, None)
    connection = StoredConnection(
        source="csv_upload",
        name="default",
        owner="me",
        settings={"columns": {"text": "x" * 20_000}},
        updated_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    with pytest.raises(Invalid, match="20,000") as refusal:
        connections.put(connection)
    assert refusal.value.field == "settings"


class Table:
    """A table with one connection, without secrets."""

    def __init__(self) -> None:
        self.asked = 0

    def get_item(self, **asked: Any) -> dict[str, Any]:
        self.asked += 1
        row = {"owner": "me", "settings": '{"site": "a"}', "updated_at": "2026-03-01T00:00:00+00:00"}
        return {"Item": {name: {"S": value} for name, value in row.items()}}


class Settings:
    """A source's settings, which it may take or not."""

    def __init__(self, refusal: TriggerIQError) -> None:
        self.refusal: TriggerIQError | None = refusal

    def __call__(self, source, settings):
        if self.refusal:
            raise self.refusal
        return settings


@pytest.mark.parametrize(
    "refusal",
    [Invalid("it is missing", "settings.shop"), PluginFailed("p/1", "the plugin p/1 raised KeyError")],
)
def test_settings_that_a_source_takes_no_more_are_told_without_asking_again(refusal):
    table, settings = Table(), Settings(refusal)
    connections = DynamoConnections(table, "connections", None, settings, lambda: datetime.now(UTC))
    for _ in range(3):
        with pytest.raises(Unconfigured, match=f"an admin must configure it anew: {refusal}"):
            connections.find("shop", "default")
    assert table.asked == 1
    settings.refusal = None
    assert connections.find("shop", "default", fresh=True).settings == {"site": "a"}
