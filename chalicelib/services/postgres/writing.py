"""Writes a plan in one statement: tickets, feedback and its former versions, logs, outbox."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from typing import Any

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.plan import Kept, Plan
from chalicelib.services.postgres.columns import names, recordset, updates
from chalicelib.services.postgres.connection import Session, as_rows
from chalicelib.services.postgres.event_rows import EVENT, event_rows
from chalicelib.services.postgres.rows import (
    FEEDBACK,
    FORMER,
    LOG,
    TICKET,
    feedback_row,
    former_row,
    log_rows,
    ticket_row,
)
from chalicelib.services.postgres.search_index import INDEXED, SEARCH, index_row, items_of

_KEY = {"source", "connection", "external_id"}

_WRITE = f"""
with ticket as (
    insert into tickets ({names(TICKET)}, search, search_version)
    select {names(TICKET, "r")}, {SEARCH}, r.row_version from {recordset((*TICKET, *INDEXED), "tickets")}
    on conflict (id) do update set {updates(TICKET, {"id"})},
        search = excluded.search, search_version = excluded.search_version
),
feedback as (
    insert into feedback ({names(FEEDBACK)}, first_received_at)
    select {names(FEEDBACK)}, received_at from {recordset(FEEDBACK, "feedback")}
    on conflict (source, connection, external_id) do update set {updates(FEEDBACK, _KEY)},
        first_received_at = coalesce(feedback.first_received_at, feedback.received_at)
),
former as (
    insert into feedback_versions ({names(FORMER)})
    select {names(FORMER)} from {recordset(FORMER, "former")}
    on conflict do nothing
),
log as (
    insert into processing_logs (at, {names(LOG)}) select cast(:now as timestamptz), {names(LOG)}
    from {recordset(LOG, "logs")}
    on conflict do nothing
),
touched as (
    insert into touched_days (day) select unnest(cast(:days as date[]))
)
insert into outbox ({names(EVENT)}) select {names(EVENT)} from {recordset(EVENT, "events")}
on conflict do nothing
"""


_MOVE = """
update feedback f set ticket_id = r.into_id from json_to_recordset(:moved) as r(from_id uuid, into_id uuid)
where f.ticket_id = r.from_id
"""


def write(session: Session, plan: Plan) -> None:
    """Store all of the plan. A log or an event that is stored already is left as it is."""
    if plan.answers or plan.removal:
        from chalicelib.services.postgres import notices  # few plans need it

        notices.write(session, plan)
    if not (plan.feedback or plan.former or plan.tickets or plan.logs or plan.events):
        return
    if plan.moved:  # first, so that the words of a ticket are looked for where they are to be
        moved = [{"from_id": one, "into_id": into} for one, into in plan.moved.items()]
        session.run(_MOVE, moved=as_rows(moved))
    session.run(
        _WRITE,
        tickets=as_rows(_tickets(session, plan)),
        feedback=as_rows([feedback_row(kept) for kept in plan.feedback.values()]),
        former=as_rows([former_row(message) for message in plan.former]),
        logs=as_rows(log_rows(plan.logs)),
        events=as_rows(event_rows(plan.events)),
        days=sorted(plan.days),
        now=plan.now,
    )


def _tickets(session: Session, plan: Plan) -> list[dict[str, Any]]:
    """Rows of tickets, with what search knows of them: it is made of the items that the plan writes, and of
    those that stand."""
    items: dict[str, dict[FeedbackKey, Kept]] = {id: {} for id in plan.tickets}
    for key, kept in plan.feedback.items():
        if kept.ticket_id in items:
            items[kept.ticket_id][key] = kept
    partly = [one for id, one in plan.tickets.items() if one.ticket.feedback_count > len(items[id])]
    for kept in items_of(session, partly):
        if kept.message.key not in plan.feedback:
            items[kept.ticket_id][kept.message.key] = kept
    return [
        {**ticket_row(standing), **index_row(standing, items[id].values())}
        for id, standing in plan.tickets.items()
    ]
