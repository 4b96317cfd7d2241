"""What of connections is refused before anything is asked, and what is remembered of an answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.intake.connection import Secret, StoredConnection
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Invalid, PluginFailed, TriggerIQError, Unconfigured
from chalicelib.services.dynamodb.connections import DynamoConnections


@pytest.mark.parametrize(
    "position", [("x y", "default"), ("zendesk", "Default"), ("z" * 65, "a"), ("a", "é")]
)
def test_an_invented_cursor_is_refused_before_anything_is_asked(position):
    connections = DynamoConnections(None, "connections", None, None, None)
    with pytest.raises(Invalid) as refusal:
        connections.list(10, to_cursor(*position))
    assert refusal.value.field == "cursor"


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
