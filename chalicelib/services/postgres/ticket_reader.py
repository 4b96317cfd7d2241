"""Tickets as people read them."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.plan import Standing
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.tickets.ticket_attachment import KeptAttachment
from chalicelib.domain.tickets.ticket_feedback import TicketFeedback
from chalicelib.domain.tickets.ticket_filter import NEWEST, TicketFilter, TicketOrder
from chalicelib.services.external import external
from chalicelib.services.postgres import searching, ticket_contents
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.errors import postgres_errors
from chalicelib.services.postgres.ids import is_id
from chalicelib.services.postgres.restricting import own_feedback
from chalicelib.services.postgres.rows import FROM_TICKET, SELECT_TICKET, standing_of

_FIND = f"select {SELECT_TICKET} {FROM_TICKET} where t.id = cast(:id as uuid)"


class PostgresTicketReader(NamedTuple):
    """TicketReader (chalicelib.ports) in PostgreSQL."""

    database: Database

    @external("postgres.check", postgres_errors)
    def check(self) -> None:
        """Raises Unavailable where the database can't be asked."""
        self.database.run("select 1")

    @external("postgres.find_ticket", postgres_errors)
    def find(self, ticket_id: str) -> Standing | None:
        rows = self.database.run(_FIND, id=ticket_id) if is_id(ticket_id) else []
        return standing_of(rows[0]) if rows else None

    @external("postgres.last_received", postgres_errors)
    def last_received(
        self, sources: Sequence[str], within: Restriction | None = None
    ) -> Mapping[str, datetime]:
        condition, parameters = own_feedback(within, "f")
        rows = self.database.ask(
            "select source, (select max(f.received_at) from feedback f where f.source = wanted.source"
            f"{' and ' + condition if condition else ''}) "
            "from unnest(cast(:sources as text[])) as wanted (source)",
            # If the caller may see nothing of a source, all of it would be read to find nothing.
            sources=[one for one in sources if within is None or one in within.sources],
            **parameters,
        )
        return {source: at for source, at in rows if at is not None}

    @external("postgres.received", postgres_errors)
    def received(
        self, sources: Sequence[str], since: datetime, within: Restriction | None = None
    ) -> Mapping[str, int]:
        condition, parameters = own_feedback(within, "f")
        rows = self.database.ask(
            "select source, (select count(*) from feedback f "
            "where f.source = wanted.source and f.received_at >= :since"
            f"{' and ' + condition if condition else ''}) "
            "from unnest(cast(:sources as text[])) as wanted (source)",
            sources=[one for one in sources if within is None or one in within.sources],
            since=since,
            **parameters,
        )
        return dict(rows)

    @external("postgres.search_tickets", postgres_errors)
    def search(
        self, wanted: TicketFilter, limit: int, cursor: str | None, order: TicketOrder = NEWEST
    ) -> Page[Ticket]:
        return searching.search(self.database, wanted, order, limit, cursor)

    @external("postgres.count_tickets", postgres_errors)
    def facets(self, wanted: TicketFilter) -> tuple[int, Mapping[str, Mapping[str, int]]]:
        from chalicelib.services.postgres import counting  # few requests count

        return counting.count(self.database, wanted)

    @external("postgres.ticket_history", postgres_errors)
    def history(self, ticket_id: str, limit: int, cursor: str | None) -> Page[HistoryEntry]:
        return ticket_contents.history(self.database, ticket_id, limit, cursor)

    @external("postgres.ticket_feedback", postgres_errors)
    def feedback(self, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
        return ticket_contents.feedback(self.database, ticket_id, limit, cursor)

    @external("postgres.ticket_attachments", postgres_errors)
    def attachments(self, ticket_id: str, limit: int, cursor: str | None) -> Page[KeptAttachment]:
        return ticket_contents.attachments(self.database, ticket_id, limit, cursor)
