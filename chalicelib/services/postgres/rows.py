"""Rows of the tables made of values, and values made of rows. One list of columns serves both ways."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.tickets.taking import Kept, RunLog, Standing
from chalicelib.domain.tickets.ticket import Category, Priority, Sentiment, Ticket
from chalicelib.domain.trace import traced
from triggeriq import App, Author, Feedback

TICKET = {
    "id": "uuid",
    "row_version": "bigint",
    "source": "text",
    "connection": "text",
    "external_id": "text",
    "title": "text",
    "description": "text",
    "language": "text",
    "tags": "text[]",
    "category": "text",
    "category_confidence": "double precision",
    "category_by": "text",
    "sentiment": "text",
    "sentiment_score": "double precision",
    "sentiment_confidence": "double precision",
    "sentiment_by": "text",
    "priority": "text",
    "priority_reasons": "text[]",
    "details": "jsonb",
    "status": "text",
    "needs_review": "boolean",
    "assignee": "text",
    "customer_id": "uuid",
    "human_set": "text[]",
    "feedback_count": "integer",
    "created_at": "timestamptz",
    "received_at": "timestamptz",
    "updated_at": "timestamptz",
}
"""Columns of `tickets` and their types, but for what only SQL writes: merged_into, search."""

LEAD = ("version", "kind", "text", "rating", "url", "author_id", "author_name", "author_email")
"""Columns of the lead feedback that a ticket shows."""

FEEDBACK = {
    "source": "text",
    "connection": "text",
    "external_id": "text",
    "version": "bigint",
    "received_at": "timestamptz",
    "digest": "text",
    "ticket_id": "uuid",
    "event_id": "text",
    "raw_key": "text",
    "reread_at": "timestamptz",
    "kind": "text",
    "title": "text",
    "text": "text",
    "rating": "double precision",
    "language": "text",
    "author_id": "text",
    "author_name": "text",
    "author_email": "text",
    "created_at": "timestamptz",
    "url": "text",
    "app_id": "text",
    "app_version": "text",
    "device": "jsonb",
    "thread": "text",
    "attributes": "jsonb",
}

FORMER = {name: FEEDBACK[name] for name in (
    "source", "connection", "external_id", "version", "received_at", "digest", "title", "text", "rating",
)}  # fmt: skip

LOG = {
    "ticket_id": "uuid",
    "run": "uuid",
    "stage": "text",
    "by": "text",
    "data": "jsonb",
}

EVENT = {
    "id": "uuid",
    "type": "text",
    "subject": "text",
    "time": "timestamptz",
    "data": "json",
    "traceparent": "text",
}


def columns(table: dict[str, str] | Sequence[str], alias: str = "") -> str:
    """Names for a select or insert: "id, title", or "t.id, t.title" with an alias."""
    return ", ".join(f"{alias}.{name}" if alias else name for name in table)


def recordset(table: dict[str, str], parameter: str) -> str:
    """A table made of the parameter, rows as JSON: goes behind `from`."""
    typed = ", ".join(f"{name} {type}" for name, type in table.items())
    return f"json_to_recordset(:{parameter}) as r({typed})"


SELECT_TICKET = f"{columns(TICKET, 't')}, {columns(LEAD, 'f')}"
FROM_TICKET = "from tickets t join feedback f using (source, connection, external_id)"
_TICKET_NAMES = (*TICKET, *(f"lead_{name}" for name in LEAD))


def standing_of(row: Sequence[Any]) -> Standing:
    """The ticket of a row of SELECT_TICKET; columns behind those are ignored."""
    of = dict(zip(_TICKET_NAMES, row, strict=False))
    return Standing(
        Ticket(
            id=of["id"],
            source=of["source"],
            connection=of["connection"],
            external_id=of["external_id"],
            version=of["lead_version"],
            kind=of["lead_kind"],
            title=of["title"],
            description=of["description"],
            text=of["lead_text"],
            language=of["language"],
            rating=of["lead_rating"],
            url=of["lead_url"],
            tags=tuple(of["tags"]),
            category=Category(
                label=of["category"], confidence=of["category_confidence"], by=of["category_by"]
            ),
            sentiment=Sentiment(
                label=of["sentiment"],
                score=of["sentiment_score"],
                confidence=of["sentiment_confidence"],
                by=of["sentiment_by"],
            ),
            priority=Priority(label=of["priority"], reasons=tuple(of["priority_reasons"])),
            details=of["details"],
            status=of["status"],
            needs_review=of["needs_review"],
            assignee=of["assignee"],
            author=Author(
                id=of["lead_author_id"], name=of["lead_author_name"], email=of["lead_author_email"]
            ),
            customer_id=of["customer_id"],
            created_at=of["created_at"],
            received_at=of["received_at"],
            updated_at=of["updated_at"],
            feedback_count=of["feedback_count"],
        ),
        of["row_version"],
        frozenset(of["human_set"]),
    )


def ticket_row(standing: Standing) -> dict[str, Any]:
    ticket, row_version, human_set = standing
    return {
        "id": ticket.id,
        "row_version": row_version,
        "source": ticket.source,
        "connection": ticket.connection,
        "external_id": ticket.external_id,
        "title": ticket.title,
        "description": ticket.description,
        "language": ticket.language,
        "tags": ticket.tags,
        "category": ticket.category.label,
        "category_confidence": ticket.category.confidence,
        "category_by": ticket.category.by,
        "sentiment": ticket.sentiment.label,
        "sentiment_score": ticket.sentiment.score,
        "sentiment_confidence": ticket.sentiment.confidence,
        "sentiment_by": ticket.sentiment.by,
        "priority": ticket.priority.label,
        "priority_reasons": ticket.priority.reasons,
        "details": ticket.details,
        "status": ticket.status,
        "needs_review": ticket.needs_review,
        "assignee": ticket.assignee,
        "customer_id": ticket.customer_id,
        "human_set": sorted(human_set),
        "feedback_count": ticket.feedback_count,
        "created_at": ticket.created_at,
        "received_at": ticket.received_at,
        "updated_at": ticket.updated_at,
    }


def kept_of(row: Sequence[Any]) -> Kept:
    """The feedback of a row of FEEDBACK's columns."""
    of = dict(zip(FEEDBACK, row, strict=False))
    return Kept(
        FeedbackMessage(
            source=of["source"],
            connection=of["connection"],
            event_id=of["event_id"],
            received_at=of["received_at"],
            raw_key=of["raw_key"],
            reread_at=of["reread_at"],
            feedback=Feedback(
                external_id=of["external_id"],
                version=of["version"],
                kind=of["kind"],
                title=of["title"],
                text=of["text"],
                rating=of["rating"],
                language=of["language"],
                author=Author(id=of["author_id"], name=of["author_name"], email=of["author_email"]),
                created_at=of["created_at"],
                url=of["url"],
                app=App(id=of["app_id"], version=of["app_version"]),
                device=of["device"],
                thread=of["thread"],
                attributes=of["attributes"],
            ),
        ),
        of["ticket_id"],
    )


def feedback_row(kept: Kept) -> dict[str, Any]:
    message, feedback = kept.message, kept.message.feedback
    return {
        **former_row(message),
        "ticket_id": kept.ticket_id,
        "event_id": message.event_id,
        "raw_key": message.raw_key,
        "reread_at": message.reread_at,
        "kind": feedback.kind,
        "language": feedback.language,
        "author_id": feedback.author.id,
        "author_name": feedback.author.name,
        "author_email": feedback.author.email,
        "created_at": feedback.created_at,
        "url": feedback.url,
        "app_id": feedback.app.id,
        "app_version": feedback.app.version,
        "device": feedback.device,
        "thread": feedback.thread,
        "attributes": feedback.attributes,
    }


def former_row(message: FeedbackMessage) -> dict[str, Any]:
    feedback = message.feedback
    return {
        "source": message.source,
        "connection": message.connection,
        "external_id": feedback.external_id,
        "version": feedback.version,
        "received_at": message.received_at,
        "digest": message.digest,
        "title": feedback.title,
        "text": feedback.text,
        "rating": feedback.rating,
    }


def log_rows(logs: Iterable[RunLog]) -> list[dict[str, Any]]:
    return [
        {
            "ticket_id": ticket_id,
            "run": run_id,
            "stage": log.stage,
            "by": log.by,
            "data": log.data,
        }
        for run_id, ticket_id, log in logs
    ]


def event_rows(events: Iterable[CloudEvent]) -> list[dict[str, Any]]:
    return [
        {
            "id": event.id,
            "type": event.type,
            "subject": event.subject,
            "time": event.time,
            "data": event.data,
            **traced(event.trace),
        }
        for event in events
    ]
