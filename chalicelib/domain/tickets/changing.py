"""What a person does to tickets: set fields, merge, split. Pure; the store reads before and writes after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

from chalicelib.domain.delivery.event import ticket_event_id
from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_text
from chalicelib.domain.tickets.taking import Kept, Plan, RunLog, Standing
from chalicelib.domain.tickets.ticket import (
    Category,
    CategoryLabel,
    Change,
    Priority,
    PriorityLabel,
    StageLog,
    Status,
    Ticket,
)
from chalicelib.domain.tickets.ticket_event import TicketEventType, ticket_event
from chalicelib.errors import Conflict, Invalid, Stale
from triggeriq import JSON

TAGS_MOST = 50
TAG_LIMIT = 100
TITLE_LIMIT = 120


def check_version(standing: Standing, if_version: int | None) -> None:
    """Raises Stale where If-Match names another version of the row."""
    if if_version is not None and if_version != standing.row_version:
        raise Stale("the ticket has changed since you read it: read it again, then repeat your change")


def change(standing: Standing, wanted: Change, now: datetime) -> Plan:
    """Set fields, and remember them as set by a person; an empty plan where nothing is new.

    Whoever sets category, priority or status has looked: the mark for review goes. Raises Invalid,
    naming the field.
    """
    before = standing.ticket
    values = {name: _VALUES.get(name, _unknown(name))(value) for name, value in wanted.fields.items()}
    told = {name: {"from": old, "to": values[name]} for name, old in _plain(before).items() if name in values}
    told = {name: step for name, step in told.items() if step["from"] != step["to"]}
    human_set = standing.human_set | values.keys()
    if not told and human_set == standing.human_set:
        return Plan()
    fields: dict[str, Any] = {name: values[name] for name in ("status", "assignee") if name in values}
    if "tags" in values:
        fields["tags"] = tuple(values["tags"])
    if "priority" in told:
        fields["priority"] = Priority(label=values["priority"], reasons=(f"set by {wanted.by}",))
    if "category" in told:
        fields["category"] = Category(label=values["category"], confidence=1.0, by=wanted.by)
    if values.keys() & {"category", "priority", "status"}:
        fields["needs_review"] = False
    plan = Plan()
    ticket = replace(before, **fields, updated_at=now)
    _put(plan, standing, ticket, human_set, StageLog(stage="human", by=wanted.by, data=dict(told)), now)
    if ticket.status == "resolved" != before.status:
        plan.events.append(ticket_event("ticket.resolved", ticket, standing.row_version + 1, now))
    return plan


def merge(into: Standing, others: Sequence[Standing], count: int, by: str, now: datetime) -> Plan:
    """`into` has all feedback of the others, `count` items now; they are closed and hold none."""
    plan = Plan()
    ids: list[JSON] = [other.ticket.id for other in others]
    ticket = replace(into.ticket, feedback_count=count, updated_at=now)
    _put(plan, into, ticket, into.human_set, StageLog(stage="merge", by=by, data={"merged": ids}), now)
    for other in others:
        closed = replace(other.ticket, status="closed", feedback_count=0, needs_review=False, updated_at=now)
        log = StageLog(stage="merge", by=by, data={"into": into.ticket.id})
        _put(plan, other, closed, other.human_set | {"status"}, log, now)
    return plan


def chosen_for_split(
    standing: Standing, items: Sequence[Kept], wanted: Sequence[tuple[str, str, str]]
) -> list[Kept]:
    """Those of the ticket's items that are to leave it, the oldest first. Raises Invalid, Conflict."""
    if not wanted:
        raise Invalid("name at least one feedback to take out", "feedback")
    by_key = {tuple(kept.message.key): kept for kept in items}
    if missing := [key for key in wanted if tuple(key) not in by_key]:
        raise Conflict(f"{'/'.join(missing[0])} is no feedback of this ticket")
    if tuple(standing.lead) in {tuple(key) for key in wanted}:
        raise Conflict("the feedback that opened the ticket stays in it: take the others out instead")
    leaving = {key: by_key[key] for key in map(tuple, wanted)}.values()
    return sorted(leaving, key=lambda kept: (kept.message.received_at, kept.message.key))


def split(
    standing: Standing,
    leaving: Sequence[Kept],
    revived: Standing | None,
    taken_id: bool,
    by: str,
    now: datetime,
) -> tuple[Plan, str]:
    """The plan, and the id of the ticket for what leaves: the one that its oldest item once opened and
    that was merged away (`revived`), else a new one. A new one starts with the ticket's triage, which
    was about something else, so it is marked for review. taken_id: another ticket has the id of the
    oldest item's ticket."""
    plan = Plan()
    keys: list[JSON] = [list(kept.message.key) for kept in leaving]
    rest = replace(
        standing.ticket, feedback_count=standing.ticket.feedback_count - len(leaving), updated_at=now
    )
    if revived is None:
        ticket = _started(standing, leaving[0], taken_id, now)
        before = Standing(ticket, 0)
    else:
        before, ticket = revived, replace(revived.ticket, status="open", needs_review=True, updated_at=now)
    ticket = replace(ticket, feedback_count=len(leaving))
    log = StageLog(stage="split", by=by, data={"into": ticket.id, "feedback": keys})
    _put(plan, standing, rest, standing.human_set, log, now)
    log = StageLog(stage="split", by=by, data={"from": rest.id, "feedback": keys})
    _put(plan, before, ticket, before.human_set - {"status"}, log, now)
    return plan, ticket.id


def _put(
    plan: Plan, before: Standing, ticket: Ticket, human_set: frozenset[str], log: StageLog, now: datetime
) -> None:
    row_version = before.row_version + 1
    plan.tickets[ticket.id] = Standing(ticket, row_version, human_set)
    plan.logs.append(RunLog(ticket_event_id(ticket.id, row_version, log.stage), ticket.id, log))
    type: TicketEventType = "ticket.updated" if before.row_version else "ticket.created"
    plan.events.append(ticket_event(type, ticket, row_version, now))


def _started(standing: Standing, lead: Kept, taken_id: bool, now: datetime) -> Ticket:
    message, feedback = lead.message, lead.message.feedback
    own_id = message.key.ticket_id
    if taken_id:
        own_id = str(uuid.uuid5(uuid.UUID(standing.ticket.id), f"split\n{standing.row_version}"))
    return replace(
        standing.ticket,
        id=own_id,
        source=message.source,
        connection=message.connection,
        external_id=feedback.external_id,
        version=feedback.version,
        kind=feedback.kind,
        title=(feedback.title or feedback.text.strip().partition("\n")[0] or "(no text)")[:TITLE_LIMIT],
        description=feedback.text,
        text=feedback.text,
        rating=feedback.rating,
        url=feedback.url,
        status="open",
        needs_review=True,
        assignee=None,
        author=feedback.author,
        customer_id=None,
        created_at=feedback.created_at or message.received_at,
        received_at=message.received_at,
        updated_at=now,
    )


def _plain(ticket: Ticket) -> dict[str, Any]:
    """What a person may set, as a person would say it."""
    return {
        "status": ticket.status,
        "assignee": ticket.assignee,
        "priority": ticket.priority.label,
        "category": ticket.category.label,
        "tags": list(ticket.tags),
    }


def _unknown(name: str) -> Any:
    def read(value: JSON) -> None:
        raise Invalid(f"{name} can't be set; what can be: {', '.join(_VALUES)}", name)

    return read


def _one_of(name: str, labels: tuple[str, ...]) -> Any:
    def read(value: JSON) -> str:
        if value not in labels:
            raise Invalid(f"{name} must be one of {', '.join(labels)}", name)
        return str(value)

    return read


def _assignee(value: JSON) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid("assignee must be text or null", "assignee")
    return clean_text(value).strip()[:LINE_LIMIT] or None if value else None


def _tags(value: JSON) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(tag, str) for tag in value):
        raise Invalid("tags must be a list of texts", "tags")
    if len(value) > TAGS_MOST:
        raise Invalid(f"at most {TAGS_MOST} tags", "tags")
    tags = (clean_text(tag).strip()[:TAG_LIMIT] for tag in value)
    return list(dict.fromkeys(tag for tag in tags if tag))


_VALUES: dict[str, Any] = {
    "status": _one_of("status", get_args(Status)),
    "assignee": _assignee,
    "priority": _one_of("priority", get_args(PriorityLabel)),
    "category": _one_of("category", get_args(CategoryLabel)),
    "tags": _tags,
}
