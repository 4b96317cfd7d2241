"""Writes a plan in one statement: tickets, feedback and its former versions, logs, outbox."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from chalicelib.domain.tickets.plan import Plan
from chalicelib.services.postgres.columns import names, recordset, table, updates
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

WORDS_LIMIT = 50_000
"""Characters of a ticket that are indexed: a tsvector holds a megabyte at most."""
ITEM_WORDS_LIMIT = 5_000
"""Characters that each of a ticket's latest twenty items adds to it."""


_KEY = {"source", "connection", "external_id"}

# All parts of the statement see the tables as they were before it. So the words of items in this batch come
# with the ticket, and those of its other items are read from the table.
_WRITE = f"""
with incoming as (select {names(FEEDBACK)} from {recordset(FEEDBACK, "feedback")}),
ticket as (
    insert into tickets ({names(TICKET)}, search)
    select {names(TICKET, "r")}, to_tsvector('simple', left(r.words || coalesce((
        select string_agg(left(o.text, {ITEM_WORDS_LIMIT}), ' ') from (
            select ' ' || f.text as text from feedback f
            where r.has_others and f.ticket_id = r.id and not exists (
                select from incoming i
                where (i.source, i.connection, i.external_id) = (f.source, f.connection, f.external_id)
            )
            order by f.received_at desc limit 20
        ) o), ''), {WORDS_LIMIT}))
    from {recordset((*TICKET, *table({"words": "text", "has_others": "boolean"})), "tickets")}
    on conflict (id) do update set {updates(TICKET, {"id"})}, search = excluded.search
),
feedback as (
    insert into feedback ({names(FEEDBACK)}) select {names(FEEDBACK)} from incoming
    on conflict (source, connection, external_id) do update set {updates(FEEDBACK, _KEY)}
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
    if not (plan.feedback or plan.former or plan.tickets or plan.logs or plan.events):
        return
    if plan.moved:  # first, so that the words of a ticket are looked for where they are to be
        moved = [{"from_id": one, "into_id": into} for one, into in plan.moved.items()]
        session.run(_MOVE, moved=as_rows(moved))
    session.run(
        _WRITE,
        tickets=as_rows(_tickets(plan)),
        feedback=as_rows([feedback_row(kept) for kept in plan.feedback.values()]),
        former=as_rows([former_row(message) for message in plan.former]),
        logs=as_rows(log_rows(plan.logs)),
        events=as_rows(event_rows(plan.events)),
        days=sorted(plan.days),
        now=plan.now,
    )


def _tickets(plan: Plan) -> list[dict[str, object]]:
    said: dict[str, list[str]] = {}
    for message, ticket_id in plan.feedback.values():
        said.setdefault(ticket_id, []).append(message.feedback.text)
    rows = []
    for standing in plan.tickets.values():
        ticket = standing.ticket
        items = said.get(ticket.id, [])
        words = [ticket.title, ticket.description, *(text for text in items if text != ticket.description)]
        rows.append(
            {
                **ticket_row(standing),
                "words": "\n".join(words)[:WORDS_LIMIT],
                "has_others": ticket.feedback_count > len(items),
            }
        )
    return rows
