"""Amends tickets: what is selected is read under a lock, decided upon and written, in one transaction. A
batch of feedback that is all new takes four round trips.

1  begin, and the locks: shared against merge and split, then one for each feedback and thread, in
   one order for everybody
2  what is known of them   (and, where there are tickets: lock these, and look again)
3  all that is to be written, by one statement
4  commit
"""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

import hashlib
from collections.abc import Callable, Set
from datetime import datetime
from typing import NamedTuple, get_args

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.plan import Kept, Known, Plan, Selection, Thread
from chalicelib.domain.tickets.ticket import OPEN, Status
from chalicelib.services.external import external
from chalicelib.services.postgres.columns import names, recordset, table
from chalicelib.services.postgres.connection import Database, Session, as_rows
from chalicelib.services.postgres.errors import postgres_errors
from chalicelib.services.postgres.ids import is_id
from chalicelib.services.postgres.rows import FEEDBACK, FROM_TICKET, SELECT_TICKET, kept_of, standing_of
from chalicelib.services.postgres.writing import write

MOVES = 0x7219_0002
"""An advisory lock: whoever moves feedback to another ticket holds it alone, whoever takes feedback in shares
it. So no feedback moves while feedback is taken in."""

_KEY = table({"source": "text", "connection": "text", "external_id": "text"})
_THREAD = table({"source": "text", "connection": "text", "thread": "text"})

_REDACTED = """
    select at from redactions
    where kind = '{kind}' and source = r.source and connection = r.connection and name = r.{name} limit 1
"""
# `lateral`: one look into the index for each. A join would be planned as a scan of the whole table, once
# and for all, while the table is still small.
_FEEDBACK = f"""
select r.source, r.connection, r.external_id, n.at, f.* from {recordset(_KEY, "keys")}
left join lateral (
    select {names(FEEDBACK)} from feedback
    where source = r.source and connection = r.connection and external_id = r.external_id
    limit 1
) f on true
left join lateral ({_REDACTED.format(kind="feedback", name="external_id")}) n on true
where f.source is not null or n.at is not null
"""
# Of several tickets of a thread, the one with the latest feedback takes the reply. `offset 0` has it
# found by its name alone: else PostgreSQL reads what came to the source, latest first, until it meets the
# name. Where an older release left `threads` empty, `thread` is the name.
_OF_THREAD = """
    select {columns} from feedback where threads @> array[r.thread] and threads <> '{{}}'
    union all
    select {columns} from feedback
    where source = r.source and connection = r.connection and thread = r.thread and threads = '{{}}'
    offset 0
"""
_THREADS = f"""
select r.source, r.connection, r.thread, f.ticket_id, a.at, n.at from {recordset(_THREAD, "threads")}
left join lateral (
    select f.ticket_id from ({_OF_THREAD.format(columns="source, connection, ticket_id, received_at")}) f
    where f.source = r.source and f.connection = r.connection
    and exists (select from tickets t where t.id = f.ticket_id and t.status = any(:statuses::text[]))
    order by f.received_at desc, f.ticket_id limit 1
) f on true
left join lateral (
    select at from early_answers
    where source = r.source and connection = r.connection and thread = r.thread limit 1
) a on true
left join lateral ({_REDACTED.format(kind="thread", name="thread")}) n on true
where f.ticket_id is not null or a.at is not null or n.at is not null
"""
_SAID = f"""
select f.* from {recordset(_THREAD, "threads")} cross join lateral (
    {_OF_THREAD.format(columns=names(FEEDBACK))}
) f where f.source = r.source and f.connection = r.connection
"""
_MERGED = """
with recursive away (id) as (
    select unnest(:ids::uuid[])
    union
    select t.id from away join tickets t on t.merged_into = away.id
)
select id from away
"""
_LOCK = "select id from tickets where id = any(:ids::uuid[]) order by id for update"
_ITEMS = f"select {names(FEEDBACK)} from feedback where ticket_id = any(:ids::uuid[])"
_TICKETS = f"select {SELECT_TICKET} {FROM_TICKET} where t.id = any(:ids::uuid[])"


class PostgresTickets(NamedTuple):
    """TicketStore (chalicelib.ports) in PostgreSQL."""

    database: Database

    @external("postgres.amend_tickets", postgres_errors)
    def amend(self, selection: Selection, decide: Callable[[Known], Plan]) -> Plan:
        """See ports.tickets. Raises Poison where something of the plan can't be stored; nothing of it is
        then."""

        def work(session: Session) -> Plan:
            plan = decide(_known(session, selection))
            write(session, plan)
            return plan

        return self.database.transact(work, f"begin; {_locks(selection)}")


def _locks(selection: Selection) -> str:
    """Locks on names, sorted, so that two batches never wait for each other in a ring."""
    if selection.moves:
        return f"select pg_advisory_xact_lock({MOVES})"
    numbers = sorted({_number(name) for name in (*selection.feedback, *selection.threads)})
    each = "".join(f", pg_advisory_xact_lock({number})" for number in numbers)
    return f"select pg_advisory_xact_lock_shared({MOVES}){each}"


def _number(name: tuple[str, ...]) -> int:
    said = "\0".join((type(name).__name__, *name)).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), signed=True)


class _Conversations(NamedTuple):
    """What there is of threads."""

    tickets: dict[Thread, str]
    answers: dict[Thread, datetime]
    redacted: dict[Thread, datetime]


def _known(session: Session, selection: Selection) -> Known:
    before = None
    while True:
        feedback, redacted = _feedback(session, selection.feedback)
        threads = _threads(session, selection)
        if selection.said:
            feedback += _said(session, selection.threads)
        named = {id for id in selection.tickets if is_id(id)}
        ids = {kept.ticket_id for kept in feedback} | set(threads.tickets.values()) | named
        if selection.former and ids:
            ids = {id for (id,) in session.run(_MERGED, ids=sorted(ids))}
        if not ids:
            return Known({}, {}, {}, threads.answers, redacted, threads.redacted)
        session.run(_LOCK, ids=sorted(ids))
        tickets = {row[0]: standing_of(row) for row in session.run(_TICKETS, ids=sorted(ids))}
        # While we waited for the locks somebody may have merged one, or closed it; now nobody can.
        places = ({kept.message.key: kept.ticket_id for kept in feedback}, threads.tickets)
        left = any(tickets[id].ticket.merged_into for id in places[0].values())
        if places == before or not (left or _threads(session, selection).tickets != threads.tickets):
            break
        before = places
    if selection.items:
        feedback += [kept_of(row) for row in session.run(_ITEMS, ids=sorted(ids))]
    return Known(
        {kept.message.key: kept for kept in feedback},
        tickets,
        threads.tickets,
        threads.answers,
        redacted,
        threads.redacted,
    )


def _feedback(session: Session, keys: Set[FeedbackKey]) -> tuple[list[Kept], dict[FeedbackKey, datetime]]:
    """What there is under these keys, and until when words under them were taken back."""
    if not keys:
        return [], {}
    rows = session.run(_FEEDBACK, keys=as_rows([key._asdict() for key in keys]))
    marked = len(FeedbackKey._fields) + 1
    found = [kept_of(row[marked:]) for row in rows if row[marked] is not None]
    return found, {FeedbackKey(*key): at for *key, at in (row[:marked] for row in rows) if at is not None}


def _threads(session: Session, selection: Selection) -> _Conversations:
    if not selection.threads:
        return _Conversations({}, {}, {})
    rows = session.run(
        _THREADS,
        threads=_thread_rows(selection.threads),
        statuses=list(get_args(Status) if selection.latest else OPEN),
    )
    found = _Conversations({}, {}, {})
    for *name, ticket_id, answered_at, redacted_at in rows:
        thread = Thread(*name)
        if ticket_id is not None:
            found.tickets[thread] = ticket_id
        if answered_at is not None:
            found.answers[thread] = answered_at
        if redacted_at is not None:
            found.redacted[thread] = redacted_at
    return found


def _said(session: Session, threads: Set[Thread]) -> list[Kept]:
    return [kept_of(row) for row in session.run(_SAID, threads=_thread_rows(threads))]


def _thread_rows(threads: Set[Thread]) -> str:
    return as_rows([{"source": t.source, "connection": t.connection, "thread": t.name} for t in threads])
