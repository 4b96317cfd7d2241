"""Takes feedback in: one transaction a batch, four round trips where all of it is new.

1  begin, and the locks: shared against merge and split, then one for each feedback and thread, in
   one order for everybody
2  what is known of them   (and, where there are tickets: lock these, and look again)
3  all that is to be written, by one statement
4  commit
"""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.taking import OPEN, Known, Thread, decide, thread_of
from chalicelib.domain.tickets.ticket import Taken, Triaged
from chalicelib.services.external import external
from chalicelib.services.postgres.connection import Database, Session, as_rows
from chalicelib.services.postgres.errors import postgres_errors
from chalicelib.services.postgres.rows import (
    FEEDBACK,
    FROM_TICKET,
    SELECT_TICKET,
    columns,
    kept_of,
    recordset,
    standing_of,
)
from chalicelib.services.postgres.writing import write

MOVES = 0x7219_0002
"""The advisory lock that merge and split hold alone and batches share: while feedback is taken in, none
of it moves to another ticket."""

_KEY = {"source": "text", "connection": "text", "external_id": "text"}
_THREAD = {"source": "text", "connection": "text", "thread": "text"}

# `lateral`: one look into the index for each. A join would be planned as a scan of the whole table, once
# and for all, while the table is still small.
_FEEDBACK = f"""
select f.* from {recordset(_KEY, "keys")} cross join lateral (
    select {columns(FEEDBACK)} from feedback
    where source = r.source and connection = r.connection and external_id = r.external_id
    limit 1
) f
"""
# Of several open tickets of a thread, the one that was spoken in last takes the reply
_OPEN_THREADS = f"""
select r.source, r.connection, r.thread, f.ticket_id from {recordset(_THREAD, "threads")} cross join lateral (
    select f.ticket_id from feedback f
    where f.source = r.source and f.connection = r.connection and f.thread = r.thread
    and exists (select from tickets t where t.id = f.ticket_id and t.status = any(:statuses::text[]))
    order by f.received_at desc, f.ticket_id limit 1
) f
"""
_LOCK = "select id from tickets where id = any(:ids::uuid[]) order by id for update"
_TICKETS = f"select {SELECT_TICKET} {FROM_TICKET} where t.id = any(:ids::uuid[])"


class PostgresTickets(NamedTuple):
    """The TicketStore."""

    database: Database

    @external("postgres.take", postgres_errors)
    def take(self, batch: Sequence[Triaged], run: datetime) -> tuple[Sequence[Taken], Sequence[CloudEvent]]:
        """See ports.TicketStore. Poison: one of the batch can't be stored, so nothing of it was; taken
        one by one, the others go through."""
        keys = {message.key for message, _ in batch}
        threads = {thread for message, _ in batch if (thread := thread_of(message))}

        def work(session: Session) -> tuple[Sequence[Taken], Sequence[CloudEvent]]:
            plan = decide(batch, _known(session, keys, threads), run)
            write(session, plan, run)
            return plan.taken, plan.events

        return self.database.transact(work, f"begin; {_locks([*keys, *threads])}")


def _locks(names: Iterable[tuple[str, ...]]) -> str:
    """Locks on names, sorted, so that two batches never wait for each other in a ring."""
    numbers = sorted({_number(name) for name in names})
    each = "".join(f", pg_advisory_xact_lock({number})" for number in numbers)
    return f"select pg_advisory_xact_lock_shared({MOVES}){each}"


def _number(name: tuple[str, ...]) -> int:
    said = "\0".join((type(name).__name__, *name)).encode()
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), signed=True)


def _known(session: Session, keys: set[FeedbackKey], threads: set[Thread]) -> Known:
    while True:
        feedback = [
            kept_of(row) for row in session.run(_FEEDBACK, keys=as_rows([key._asdict() for key in keys]))
        ]
        open_threads = _open_threads(session, threads)
        ids = {kept.ticket_id for kept in feedback} | set(open_threads.values())
        if not ids:
            return Known()
        session.run(_LOCK, ids=sorted(ids))
        # Somebody may have closed a thread's ticket while we waited for it; nobody can any more.
        if not threads or _open_threads(session, threads) == open_threads:
            break
    tickets = [standing_of(row) for row in session.run(_TICKETS, ids=sorted(ids))]
    return Known(
        {kept.message.key: kept for kept in feedback},
        {standing.ticket.id: standing for standing in tickets},
        open_threads,
    )


def _open_threads(session: Session, threads: set[Thread]) -> dict[Thread, str]:
    if not threads:
        return {}
    rows = session.run(
        _OPEN_THREADS,
        threads=as_rows(
            [{"source": t.source, "connection": t.connection, "thread": t.name} for t in threads]
        ),
        statuses=list(OPEN),
    )
    return {Thread(source, connection, name): ticket_id for source, connection, name, ticket_id in rows}
