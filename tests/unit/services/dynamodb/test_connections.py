"""What of connections is refused before anything is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.connection import Secret, StoredConnection
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Invalid
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
