"""Where a list of connections may begin."""

from __future__ import annotations

import pytest

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
