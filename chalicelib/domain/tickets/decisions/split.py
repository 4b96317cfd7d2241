"""Feedback leaves a ticket for one of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.decisions.take import connection_of, opened
from chalicelib.domain.tickets.plan import Kept, Known, Plan, Selection, Standing
from chalicelib.domain.tickets.ticket import StageLog, Ticket, Triage
from chalicelib.errors import Conflict, Invalid
from triggeriq import JSON

TITLE_LIMIT = 120
AS_BEFORE = "It was so in the ticket that it was taken out of."
CONTENTS = "feedback"
"""Among what a person set: which feedback the ticket holds. No mail joins again what he took apart."""


def selection(ticket_id: str, wanted: Sequence[FeedbackKey]) -> Selection:
    """What is to be known: the ticket with its items, and the tickets that these once opened."""
    former = dict.fromkeys((ticket_id, *(key.ticket_id for key in wanted)))
    return Selection(tickets=tuple(former), items=True, moves=True)


def split(standing: Standing, wanted: Sequence[FeedbackKey], known: Known, by: str, now: datetime) -> Plan:
    """Take the wanted items out into a ticket of their own.

    It is the one that the oldest of them once opened, where that was merged away; else a new one, which
    starts with the labels of the old, and none of the words, facts and tags that triage found in it. They
    were about something else, so it is marked for review. Shown are what is left and the new one. Raises
    Invalid, Conflict.
    """
    plan = Plan(now)
    items = [kept for kept in known.feedback.values() if kept.ticket_id == standing.ticket.id]
    leaving = _chosen(standing, items, wanted)
    former = known.tickets.get(leaving[0].message.key.ticket_id)
    if former is not None and former.ticket.merged_into is not None:
        before = former
        revived = replace(former.ticket, status="open", needs_review=True, merged_into=None)
    else:
        revived = _started(standing, leaving[0], taken_id=former is not None, now=now)
        before = Standing(revived, 0)
    keys: list[JSON] = [list(kept.message.key) for kept in leaving]
    rest = replace(
        standing.ticket, feedback_count=standing.ticket.feedback_count - len(leaving), updated_at=now
    )
    left = plan.put(
        standing,
        rest,
        human_set=standing.human_set | {CONTENTS},
        connections=_connections(kept for kept in items if kept not in leaving),
        log=StageLog(stage="split", by=by, data={"into": revived.id, "feedback": keys}),
    )
    new = plan.put(
        before,
        replace(revived, feedback_count=len(leaving), updated_at=now),
        human_set=before.human_set - {"status"} | {CONTENTS},
        connections=_connections(leaving),
        log=StageLog(stage="split", by=by, data={"from": rest.id, "feedback": keys}),
    )
    # With the new ticket come the items that leave, so that its words and theirs are written together.
    plan.feedback.update({kept.message.key: Kept(kept.message, revived.id) for kept in leaving})
    plan.shown = (left, new)
    return plan


def _chosen(standing: Standing, items: Sequence[Kept], wanted: Sequence[FeedbackKey]) -> list[Kept]:
    """Those of the ticket's items that are to leave it, the oldest first."""
    if not wanted:
        raise Invalid("name at least one feedback to take out", "feedback")
    by_key = {kept.message.key: kept for kept in items}
    if missing := [key for key in wanted if key not in by_key]:
        raise Conflict(f"{'/'.join(missing[0])} is no feedback of this ticket")
    if standing.lead in wanted:
        raise Conflict("the feedback that opened the ticket stays in it: take the others out instead")
    leaving = [by_key[key] for key in dict.fromkeys(wanted)]
    return sorted(leaving, key=lambda kept: (kept.message.received_at, kept.message.key))


def _connections(items: Iterable[Kept]) -> tuple[str, ...]:
    return tuple(sorted({connection_of(kept.message) for kept in items}))


def _started(standing: Standing, lead: Kept, taken_id: bool, now: datetime) -> Ticket:
    """taken_id: another ticket has the id that the item's own would get."""
    ticket, by_person, feedback = standing.ticket, standing.human_set, lead.message.feedback
    reasons = ticket.priority.reasons if "priority" in by_person else (AS_BEFORE,)
    triage = Triage(
        category=replace(ticket.category, evidence=()),
        sentiment=replace(ticket.sentiment, evidence=()),
        language=ticket.language,
        priority=replace(ticket.priority, reasons=reasons, evidence=()),
        details={},
        title=(feedback.title or feedback.text.strip().partition("\n")[0] or "(no text)")[:TITLE_LIMIT],
        description=feedback.text,
        tags=ticket.tags if "tags" in by_person else (),
        needs_review=True,
    )
    started = opened(lead.message, triage, now)
    if taken_id:
        started = replace(started, id=str(uuid.uuid5(uuid.UUID(ticket.id), f"split\n{standing.row_version}")))
    return started
