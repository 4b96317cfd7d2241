from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.intake.envelope import INLINE_LIMIT, encoded_size
from chalicelib.domain.tickets.taking import Known, decide
from chalicelib.domain.tickets.ticket import Priority
from tests.said import said, triage
from triggeriq import Author

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_event_holds_the_ticket_in_the_shape_of_the_api() -> None:
    (event,) = decide([said(text="Broken")], Known(), NOW).events
    assert list(event.data) == [
        "id", "source", "connection", "external_id", "version", "kind", "title", "description", "text",
        "language", "rating", "url", "tags", "category", "sentiment", "priority", "details", "status",
        "needs_review", "assignee", "author", "customer_id", "created_at", "received_at", "updated_at",
        "feedback_count",
    ]  # fmt: skip
    assert event.data["priority"] == {"label": "medium", "reasons": ["a complaint"]}
    assert event.data["received_at"] == "2026-03-01T09:00:00Z"
    assert (event.subject, event.time) == (event.data["id"], NOW)


def test_the_largest_ticket_still_fits_on_the_bus() -> None:
    smile = "\U0001f600"  # twelve bytes as a bus entry holds it
    text = smile * 40_000
    line = smile * 500
    answer = triage(
        text,
        title=smile * 120,
        language=line,
        details={"steps": "x" * 19_000},
        priority=Priority(label="high", reasons=(line,) * 100),
        tags=tuple(f"{number} {smile * 490}" for number in range(50)),
    )
    author = Author(id=line, name=line, email=line)
    (event,) = decide([said(line, text, author=author, url=line, answer=answer)], Known(), NOW).events
    assert encoded_size(event) < INLINE_LIMIT
    assert len(event.data["tags"]) == len(event.data["priority"]["reasons"]) == 1


def test_what_people_write_is_told_whole() -> None:
    tags = tuple(f"tag {number} {'x' * 90}" for number in range(50))
    answer = triage(tags=tags, priority=Priority(label="high", reasons=("a bug",) * 10))
    (event,) = decide([said(answer=answer)], Known(), NOW).events
    assert event.data["tags"] == list(tags)
    assert event.data["priority"]["reasons"] == ["a bug"] * 10
