from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.api.parsing import adapter
from chalicelib.domain.intake.envelope import INLINE_LIMIT, encoded_size
from chalicelib.domain.intake.feedback import LINE_LIMIT, TEXT_LIMIT
from chalicelib.domain.tickets.decisions.change import LINK_KIND_LIMIT, LINKS_MOST
from chalicelib.domain.tickets.decisions.take import take
from chalicelib.domain.tickets.facets import FACETS_MOST
from chalicelib.domain.tickets.plan import Known, Plan
from chalicelib.domain.tickets.ticket import Category, Facet, Link, Priority, Sentiment, Ticket
from chalicelib.domain.tickets.ticket_event import TEXT_LIMIT as SHOWN_LIMIT
from tests.said import said, triage
from triggeriq import Author

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_the_event_holds_the_ticket_in_the_shape_of_the_api() -> None:
    answer = triage(category=Category(label="complaint", confidence=0.8, by="category/1", evidence=("bad",)))
    plan = take([said(text="Broken", answer=answer)], Known(), NOW)
    (event,), (standing,) = plan.events, plan.tickets.values()
    shown = adapter("tickets", "Ticket").dump_python(standing.ticket, mode="json")
    assert event.data == {**shown, "version": 1, "changed": []}
    assert event.data["category"]["evidence"] == ["bad"]
    assert (event.subject, event.time, event.connections) == (event.data["id"], NOW, ("zendesk/default",))


def test_an_event_says_which_version_of_the_ticket_it_tells_of_and_what_has_changed() -> None:
    (standing,) = take([said(version=7)], Known(), NOW).tickets.values()
    plan = Plan(NOW)
    closed = replace(
        standing.ticket, status="resolved", tags=("mended",), answered_at=NOW, updated_at=NOW + timedelta(1)
    )
    plan.put(standing, closed)
    assert [event.type for event in plan.events] == ["ticket.updated", "ticket.resolved", "ticket.answered"]
    for event in plan.events:
        assert (event.data["version"], event.data["changed"]) == (2, ["tags", "status", "answered_at"])


def test_what_is_cut_for_the_bus_has_changed_all_the_same() -> None:
    (standing,) = take([said()], Known(), NOW).tickets.values()
    long = standing._replace(ticket=replace(standing.ticket, text="x" * SHOWN_LIMIT))
    plan = Plan(NOW)
    plan.put(long, replace(standing.ticket, text="x" * SHOWN_LIMIT + "y"))
    (event,) = plan.events
    assert (event.data["text"], event.data["changed"]) == (long.ticket.text, ["text"])


SMILE = "\U0001f600"  # twelve bytes as a bus entry holds it
LINE, WORDS = SMILE * LINE_LIMIT, (SMILE * 100,) * 100
LONGEST: dict[str, Any] = {
    "external_id": LINE,
    "title": SMILE * 120,
    "description": SMILE * TEXT_LIMIT,
    "text": SMILE * TEXT_LIMIT,
    "language": LINE,
    "url": LINE,
    "tags": tuple(f"{number} {SMILE * 490}" for number in range(50)),
    "category": Category(evidence=WORDS),
    "sentiment": Sentiment(evidence=WORDS),
    "priority": Priority(label="high", reasons=(LINE,) * 100, evidence=WORDS),
    "details": {"steps": "x" * 19_000},
    "assignee": LINE,
    "author": Author(id=LINE, name=LINE, email=LINE),
    "facets": {f"{number:050}": Facet(label=SMILE * 100, by="x" * 200) for number in range(FACETS_MOST)},
    "links": (Link(SMILE * LINK_KIND_LIMIT, "https://a.example/" + "x" * 1_980),) * LINKS_MOST,
}
"""Every field that may be long, as long as it may be."""
SHORT = {
    "id", "source", "connection", "version", "kind", "rating", "status", "needs_review", "customer_id",
    "created_at", "received_at", "updated_at", "feedback_count", "merged_into",
    "answered_at",
}  # fmt: skip


def test_every_field_is_known_to_be_short_or_how_long_it_may_be() -> None:
    assert {field.name for field in fields(Ticket)} == {*LONGEST, *SHORT}


def test_the_largest_ticket_still_fits_on_the_bus() -> None:
    (standing,) = take([said()], Known(), NOW).tickets.values()
    plan = Plan(NOW)
    plan.put(standing, replace(standing.ticket, **LONGEST))
    (event,) = plan.events
    assert encoded_size(event) < INLINE_LIMIT
    assert len(event.data["tags"]) == len(event.data["priority"]["reasons"]) == 1
    assert 0 < len(event.data["links"]) < LINKS_MOST
    assert 0 < len(event.data["facets"]) < FACETS_MOST


def test_what_people_write_is_told_whole() -> None:
    tags = tuple(f"tag {number} {'x' * 90}" for number in range(50))
    answer = triage(tags=tags, priority=Priority(label="high", reasons=("a bug",) * 10))
    (event,) = take([said(answer=answer)], Known(), NOW).events
    assert event.data["tags"] == list(tags)
    assert event.data["priority"]["reasons"] == ["a bug"] * 10
