"""What is told on the bus when a ticket changes: the ticket as the API shows it, which version of it this is,
and what has changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

from chalicelib.domain.as_json import as_json
from chalicelib.domain.delivery.event import CloudEvent, ticket_event_id
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.trace import Trace

if TYPE_CHECKING:
    from chalicelib.domain.tickets.plan import Standing

TicketEventType = Literal["ticket.created", "ticket.updated", "ticket.resolved", "ticket.answered"]

TEXT_LIMIT = 6_000
"""Characters of text and of description in an event; the API has all of them. A bus entry takes
256 KiB, and an escaped character up to twelve bytes of it."""
LINES_LIMIT = 10_000
"""Characters of tags, of reasons and of links, as JSON; those beyond are left out of the event."""
EVIDENCE_LIMIT = 1_000
"""Characters of a verdict's evidence, as JSON; words beyond are left out of the event."""
FACETS_LIMIT = 8_000
"""Characters of facets of plugins' own, as JSON; those beyond are left out of the event."""
DETAILS_LIMIT = 20_000
"""Characters of details; larger ones are left out of the event."""

_ALWAYS = ("version", "updated_at")
"""Fields that differ in every event, so that to name them as changed would say nothing."""


def ticket_events(
    before: Standing, after: Standing, now: datetime, trace: Trace | None = None
) -> list[CloudEvent]:
    """What is told of a ticket's change; the ids are the same for the same version of its row. trace: of the
    feedback that brought it about."""
    types: list[TicketEventType] = ["ticket.updated" if before.row_version else "ticket.created"]
    if after.ticket.status == "resolved" != before.ticket.status:
        types.append("ticket.resolved")
    answered_before = before.ticket.answered_at if before.row_version else None
    if after.ticket.answered_at not in (None, answered_before):
        types.append("ticket.answered")
    data = {**_short(after.ticket), "version": after.row_version, "changed": changed(before, after)}
    return [
        CloudEvent(
            id=ticket_event_id(after.ticket.id, after.row_version, type),
            type=type,
            subject=after.ticket.id,
            time=now,
            data=data,
            connections=after.connections,
            trace=trace,
        )
        for type in types
    ]


def changed(before: Standing, after: Standing) -> list[str]:
    """The names of the fields whose value is another than before, in their order; none of a new ticket."""
    if not before.row_version:
        return []
    return [
        field.name
        for field in fields(Ticket)
        if field.name not in _ALWAYS
        and getattr(before.ticket, field.name) != getattr(after.ticket, field.name)
    ]


def _short(ticket: Ticket) -> dict[str, Any]:
    """The ticket as the API shows it, cut to what has room on the bus."""
    data: dict[str, Any] = as_json(ticket)
    for name in ("text", "description"):
        data[name] = data[name][:TEXT_LIMIT]
    if data["details"] and len(json.dumps(data["details"], default=str)) > DETAILS_LIMIT:
        data["details"] = {}
    data["tags"], data["links"] = _first(data["tags"], LINES_LIMIT), _first(data["links"], LINES_LIMIT)
    data["priority"]["reasons"] = _first(data["priority"]["reasons"], LINES_LIMIT)
    data["facets"] = dict(_first([*data["facets"].items()], FACETS_LIMIT))
    for name in ("category", "sentiment", "priority"):
        data[name]["evidence"] = _first(data[name]["evidence"], EVIDENCE_LIMIT)
    return data


def _first(items: Sequence[Any], limit: int) -> list[Any]:
    """As many as have room."""
    ends = accumulate(len(json.dumps(item)) for item in items)
    return [item for item, end in zip(items, ends, strict=True) if end <= limit]
