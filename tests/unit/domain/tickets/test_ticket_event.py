from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.api.parsing import adapter
from chalicelib.domain.intake.envelope import INLINE_LIMIT, encoded_size
from chalicelib.domain.tickets.decisions.take import take
from chalicelib.domain.tickets.plan import Known
from chalicelib.domain.tickets.ticket import Category, Priority, Sentiment
from tests.said import said, triage
from triggeriq import Author

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_event_holds_the_ticket_in_the_shape_of_the_api() -> None:
    answer = triage(category=Category(label="complaint", confidence=0.8, by="category/1", evidence=("bad",)))
    plan = take([said(text="Broken", answer=answer)], Known(), NOW)
    (event,), (standing,) = plan.events, plan.tickets.values()
    assert event.data == adapter("tickets", "Ticket").dump_python(standing.ticket, mode="json")
    assert event.data["category"]["evidence"] == ["bad"]
    assert (event.subject, event.time, event.connections) == (event.data["id"], NOW, ("zendesk/default",))


def test_the_largest_ticket_still_fits_on_the_bus() -> None:
    smile = "\U0001f600"  # twelve bytes as a bus entry holds it
    text = smile * 40_000
    line, words = smile * 500, (smile * 100,) * 100
    answer = triage(
        text,
        title=smile * 120,
        language=line,
        details={"steps": "x" * 19_000},
        category=Category(evidence=words),
        sentiment=Sentiment(evidence=words),
        priority=Priority(label="high", reasons=(line,) * 100, evidence=words),
        tags=tuple(f"{number} {smile * 490}" for number in range(50)),
    )
    author = Author(id=line, name=line, email=line)
    (event,) = take([said(line, text, author=author, url=line, answer=answer)], Known(), NOW).events
    assert encoded_size(event) < INLINE_LIMIT
    assert len(event.data["tags"]) == len(event.data["priority"]["reasons"]) == 1


def test_what_people_write_is_told_whole() -> None:
    tags = tuple(f"tag {number} {'x' * 90}" for number in range(50))
    answer = triage(tags=tags, priority=Priority(label="high", reasons=("a bug",) * 10))
    (event,) = take([said(answer=answer)], Known(), NOW).events
    assert event.data["tags"] == list(tags)
    assert event.data["priority"]["reasons"] == ["a bug"] * 10
