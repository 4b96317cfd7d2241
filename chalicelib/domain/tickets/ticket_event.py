"""What is told on the bus when a ticket changes, with the ticket as the API shows it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from typing import Any, Literal

from chalicelib.domain.delivery.event import CloudEvent, ticket_event_id
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.trace import Trace

TicketEventType = Literal["ticket.created", "ticket.updated", "ticket.resolved"]

TEXT_LIMIT = 6_000
"""Characters of text and of description in an event; the API has all of them. A bus entry takes
256 KiB, and an escaped character up to twelve bytes of it."""
LINES_LIMIT = 10_000
"""Characters of tags, and of reasons, as JSON; those beyond are left out of the event."""
DETAILS_LIMIT = 20_000
"""Characters of details; larger ones are left out of the event."""


def ticket_event(
    type: TicketEventType, ticket: Ticket, row_version: int, now: datetime, trace: Trace | None = None
) -> CloudEvent:
    """The event; its id is the same for the same version of the ticket's row. trace: of the feedback that
    brought it about."""
    return CloudEvent(
        id=ticket_event_id(ticket.id, row_version, type),
        type=type,
        subject=ticket.id,
        time=now,
        data=_short(ticket),
        trace=trace,
    )


def ticket_json(ticket: Ticket) -> dict[str, Any]:
    """The ticket in the shape that clients rely on."""
    return {
        "id": ticket.id,
        "source": ticket.source,
        "connection": ticket.connection,
        "external_id": ticket.external_id,
        "version": ticket.version,
        "kind": ticket.kind,
        "title": ticket.title,
        "description": ticket.description,
        "text": ticket.text,
        "language": ticket.language,
        "rating": ticket.rating,
        "url": ticket.url,
        "tags": list(ticket.tags),
        "category": {
            "label": ticket.category.label,
            "confidence": ticket.category.confidence,
            "by": ticket.category.by,
        },
        "sentiment": {
            "label": ticket.sentiment.label,
            "score": ticket.sentiment.score,
            "confidence": ticket.sentiment.confidence,
            "by": ticket.sentiment.by,
        },
        "priority": {"label": ticket.priority.label, "reasons": list(ticket.priority.reasons)},
        "details": dict(ticket.details),
        "status": ticket.status,
        "needs_review": ticket.needs_review,
        "assignee": ticket.assignee,
        "author": {"id": ticket.author.id, "name": ticket.author.name, "email": ticket.author.email},
        "customer_id": ticket.customer_id,
        "created_at": _time(ticket.created_at),
        "received_at": _time(ticket.received_at),
        "updated_at": _time(ticket.updated_at),
        "feedback_count": ticket.feedback_count,
    }


def _short(ticket: Ticket) -> dict[str, Any]:
    data = ticket_json(ticket)
    for name in ("text", "description"):
        data[name] = data[name][:TEXT_LIMIT]
    if data["details"] and len(json.dumps(data["details"], default=str)) > DETAILS_LIMIT:
        data["details"] = {}
    data["tags"], data["priority"]["reasons"] = _first(ticket.tags), _first(ticket.priority.reasons)
    return data


def _first(lines: Sequence[str]) -> list[str]:
    """As many as have room."""
    ends = accumulate(len(json.dumps(line)) for line in lines)
    return [line for line, end in zip(lines, ends, strict=True) if end <= LINES_LIMIT]


def _time(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")
