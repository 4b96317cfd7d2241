"""Where in an object the parts of a feedback stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from triggeriq.shape import DEFAULT, Shape


@pytest.mark.parametrize(
    ("item", "part", "found"),
    [
        ({"review_id": 7}, "id", "7"),
        ({"conversation_id": "c"}, "thread", "c"),
        ({"author": {"email": " jo@example.com "}}, "author.email", "jo@example.com"),
        ({"created_at": "soon", "date": 1767323045}, "created_at", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"id": ""}, "id", None),
        ({}, "id", None),
        ({"id": 7}, "nonsense", None),
        ([], "id", None),
        (None, "id", None),
    ],
)
def test_one_part_is_found_where_it_may_stand(item: Any, part: str, found: object) -> None:
    assert DEFAULT.find(item, part) == found


def test_it_is_looked_for_where_the_map_says_alone() -> None:
    mapped = Shape.mapped({"id": "message.key"})
    assert mapped.find({"id": 1, "message": {"key": 2}}, "id") == "2"
    assert mapped.find({"id": 1}, "id") is None
