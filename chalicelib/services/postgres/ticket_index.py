"""Tickets that search does not know as they stand: rows that an older release wrote."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.tickets.plan import Kept
from chalicelib.services.external import external
from chalicelib.services.postgres.columns import recordset, table
from chalicelib.services.postgres.connection import Database, Session, as_rows
from chalicelib.services.postgres.errors import postgres_errors
from chalicelib.services.postgres.rows import FROM_TICKET, SELECT_TICKET, standing_of
from chalicelib.services.postgres.search_index import INDEXED, SEARCH, index_row, items_of

# Newest first: they are asked for most, and lists read rows faster that were written in their order.
# Whoever changes a ticket meanwhile holds its lock, and indexes it himself.
_STALE = (
    f"select {SELECT_TICKET} {FROM_TICKET} where t.search_version <> t.row_version "
    "order by t.received_at desc limit :rows for update of t skip locked"
)
_INDEX = f"""
update tickets t set search = {SEARCH}, search_version = t.row_version
from {recordset((*table({"id": "uuid"}), *INDEXED), "tickets")} where t.id = r.id
"""


class PostgresTicketIndex(NamedTuple):
    """TicketIndex (chalicelib.pipeline.tickets.index) in PostgreSQL."""

    database: Database

    @external("postgres.index_tickets", postgres_errors)
    def catch_up(self, limit: int) -> int:
        return self.database.transact(lambda session: _index(session, limit))


def _index(session: Session, limit: int) -> int:
    tickets = {row[0]: standing_of(row) for row in session.run(_STALE, rows=limit)}
    items: dict[str, list[Kept]] = {id: [] for id in tickets}
    for kept in items_of(session, tickets.values()):
        items[kept.ticket_id].append(kept)
    rows = [{"id": id, **index_row(standing, items[id])} for id, standing in tickets.items()]
    if rows:
        session.run(_INDEX, tickets=as_rows(rows))
    return len(rows)
