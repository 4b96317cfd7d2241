"""A ticket opens as another system had left it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from chalicelib.domain.as_json import as_json
from chalicelib.domain.tickets.ticket import Priority, StageLog, Ticket
from triggeriq import Handled


class TakenOver(NamedTuple):
    ticket: Ticket
    human_set: frozenset[str]
    """Fields that people had set there; triage leaves them alone from then on."""
    log: StageLog
    """For the audit trail."""


def take_over(ticket: Ticket, handled: Handled) -> TakenOver:
    """Status, priority and assignee as they were there, and when that last changed. What is None there stays
    as triage has it. Whoever gave a ticket its status or priority has looked at it: it needs no review."""
    fields: dict[str, Any] = {}
    if handled.status is not None:
        fields["status"] = handled.status
    if handled.priority is not None:
        fields["priority"] = Priority(label=handled.priority, reasons=(f"as it was in {ticket.source}",))
    if handled.assignee is not None:
        fields["assignee"] = handled.assignee
    human_set = frozenset(fields)
    if human_set & {"status", "priority"}:
        fields["needs_review"] = False
    if handled.updated_at is not None:
        fields["updated_at"] = min(handled.updated_at, ticket.updated_at)
    told = {name: value for name, value in as_json(handled).items() if value is not None}
    log = StageLog(stage="migrate", by=f"{ticket.source}/{ticket.connection}", data=told)
    return TakenOver(replace(ticket, **fields), human_set, log)
