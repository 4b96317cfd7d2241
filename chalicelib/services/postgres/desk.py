"""Tickets as people read and change them."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.tickets import changing
from chalicelib.domain.tickets.taking import Kept, Plan, Standing
from chalicelib.domain.tickets.ticket import Change, HistoryEntry, Ticket, TicketFilter, Versioned
from chalicelib.domain.tickets.ticket_feedback import TicketFeedback
from chalicelib.errors import Conflict, NotFound
from chalicelib.services.external import external
from chalicelib.services.postgres import searching
from chalicelib.services.postgres.connection import Database, Session
from chalicelib.services.postgres.errors import postgres_errors
from chalicelib.services.postgres.rows import (
    FEEDBACK,
    FROM_TICKET,
    SELECT_TICKET,
    columns,
    kept_of,
    standing_of,
)
from chalicelib.services.postgres.tickets import MOVES
from chalicelib.services.postgres.writing import write

_FIND = f"select {SELECT_TICKET} {FROM_TICKET} where t.id = cast(:id as uuid)"
_LOCK = "select id from tickets where id = any(:ids::uuid[]) order by id for update"
_READ = f"select {SELECT_TICKET}, t.merged_into {FROM_TICKET} where t.id = any(:ids::uuid[])"
_ITEMS = f"select {columns(FEEDBACK)} from feedback where ticket_id = cast(:id as uuid)"
_COUNT = "select count(*) from feedback where ticket_id = cast(:id as uuid)"
_ALONE = f"begin; select pg_advisory_xact_lock({MOVES})"

_LAST_RECEIVED = (
    "select source, (select max(f.received_at) from feedback f where f.source = wanted.source{}) "
    "from unnest(cast(:sources as text[])) as wanted (source)"
)
_OF_PATTERNS = " and array[f.source || '/' || f.connection, f.source || '/*'] && cast(:patterns as text[])"


class _Desked(NamedTuple):
    standing: Standing
    merged_into: str | None


class PostgresTicketDesk(NamedTuple):
    """The TicketDesk."""

    database: Database

    @external("postgres.check", postgres_errors)
    def check(self) -> None:
        """Raises Unavailable where the database can't be asked."""
        self.database.run("select 1")

    @external("postgres.find_ticket", postgres_errors)
    def find(self, ticket_id: str) -> Versioned | None:
        rows = self.database.run(_FIND, id=ticket_id) if searching.is_id(ticket_id) else []
        return _versioned(standing_of(rows[0])) if rows else None

    @external("postgres.last_received", postgres_errors)
    def last_received(
        self, sources: Sequence[str], within: Restriction | None = None
    ) -> Mapping[str, datetime]:
        if within is None:
            rows = self.database.run(_LAST_RECEIVED.format(""), sources=list(sources))
        else:
            rows = self.database.run(
                _LAST_RECEIVED.format(_OF_PATTERNS),
                # Of a source that has nothing of the caller's, all would be read to find nothing.
                sources=sorted(within.sources & set(sources)),
                patterns=list(within.patterns),
            )
        return {source: at for source, at in rows if at is not None}

    @external("postgres.search_tickets", postgres_errors)
    def search(self, wanted: TicketFilter, limit: int, cursor: str | None) -> Page[Ticket]:
        return searching.search(self.database, wanted, limit, cursor)

    @external("postgres.ticket_history", postgres_errors)
    def history(self, ticket_id: str, limit: int, cursor: str | None) -> Page[HistoryEntry]:
        if self.find(ticket_id) is None:
            raise NotFound(_NONE.format(ticket_id))
        return searching.history(self.database, ticket_id, limit, cursor)

    @external("postgres.ticket_feedback", postgres_errors)
    def feedback(self, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
        if self.find(ticket_id) is None:
            raise NotFound(_NONE.format(ticket_id))
        return searching.feedback(self.database, ticket_id, limit, cursor)

    @external("postgres.change_ticket", postgres_errors)
    def change(
        self, ticket_id: str, change: Change, if_version: int | None, now: datetime
    ) -> tuple[Versioned, Sequence[CloudEvent]]:
        def work(session: Session) -> tuple[Versioned, Sequence[CloudEvent]]:
            standing = _alive(_locked(session, [ticket_id]), ticket_id)
            changing.check_version(standing, if_version)
            plan = changing.change(standing, change, now)
            write(session, plan, now)
            return _versioned(plan.tickets.get(ticket_id, standing)), plan.events

        return self.database.transact(work)

    @external("postgres.merge_tickets", postgres_errors)
    def merge(
        self, ticket_id: str, others: Sequence[str], by: str, if_version: int | None, now: datetime
    ) -> tuple[Versioned, Sequence[CloudEvent]]:
        """Those that were merged into the ticket before are passed over, so that a retry is harmless."""
        if ticket_id in others:
            raise Conflict("a ticket can't be merged with itself")

        def work(session: Session) -> tuple[Versioned, Sequence[CloudEvent]]:
            desked = _locked(session, [ticket_id, *others])
            into = _alive(desked, ticket_id)
            fresh = [id for id in dict.fromkeys(others) if desked[id].merged_into != ticket_id]
            moved = [_alive(desked, id) for id in fresh]
            if not moved:
                return _versioned(into), ()
            changing.check_version(into, if_version)
            session.run(
                "update feedback set ticket_id = cast(:into as uuid) where ticket_id = any(:ids::uuid[])",
                into=ticket_id,
                ids=fresh,
            )
            count = session.run(_COUNT, id=ticket_id)[0][0]
            plan = changing.merge(into, moved, count, by, now)
            write(session, plan, now)
            session.run(
                "update tickets set merged_into = cast(:into as uuid) where id = any(:ids::uuid[])",
                into=ticket_id,
                ids=fresh,
            )
            return _versioned(plan.tickets[ticket_id]), plan.events

        return self.database.transact(work, _ALONE)

    @external("postgres.split_ticket", postgres_errors)
    def split(
        self,
        ticket_id: str,
        feedback: Sequence[tuple[str, str, str]],
        by: str,
        if_version: int | None,
        now: datetime,
    ) -> tuple[Versioned, Versioned, Sequence[CloudEvent]]:
        def work(session: Session) -> tuple[Versioned, Versioned, Sequence[CloudEvent]]:
            standing = _alive(_locked(session, [ticket_id]), ticket_id)
            changing.check_version(standing, if_version)
            items = [kept_of(row) for row in session.run(_ITEMS, id=ticket_id)]
            leaving = changing.chosen_for_split(standing, items, feedback)
            plan, new_id = _split(session, standing, leaving, by, now)
            return _versioned(plan.tickets[ticket_id]), _versioned(plan.tickets[new_id]), plan.events

        return self.database.transact(work, _ALONE)


_NONE = "there is no ticket {}"


def _split(
    session: Session, standing: Standing, leaving: Sequence[Kept], by: str, now: datetime
) -> tuple[Plan, str]:
    former_id = leaving[0].message.key.ticket_id
    rows = [_Desked(standing_of(row), row[-1]) for row in session.run(_READ, ids=[former_id])]
    revived = next((row.standing for row in rows if row.merged_into is not None), None)
    plan, new_id = changing.split(standing, leaving, revived, bool(rows) and revived is None, by, now)
    # With the new ticket come the items that move, so that its words and theirs are written together.
    plan.feedback.update({kept.message.key: Kept(kept.message, new_id) for kept in leaving})
    write(session, plan, now)
    session.run("update tickets set merged_into = null where id = cast(:id as uuid)", id=new_id)
    return plan, new_id


def _locked(session: Session, ids: Sequence[str]) -> dict[str, _Desked]:
    """The tickets, locked until the transaction ends. Raises NotFound."""
    for id in ids:
        if not searching.is_id(id):
            raise NotFound(_NONE.format(id))
    session.run(_LOCK, ids=sorted(ids))
    desked = {row[0]: _Desked(standing_of(row), row[-1]) for row in session.run(_READ, ids=list(ids))}
    for id in ids:
        if id not in desked:
            raise NotFound(_NONE.format(id))
    return desked


def _alive(desked: dict[str, _Desked], id: str) -> Standing:
    """Raises Conflict where the ticket was merged into another."""
    standing, merged_into = desked[id]
    if merged_into is not None:
        raise Conflict(f"ticket {id} was merged into {merged_into}: use that one")
    return standing


def _versioned(standing: Standing) -> Versioned:
    return Versioned(standing.ticket, standing.row_version)
