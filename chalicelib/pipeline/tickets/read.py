"""Read: tickets as a caller may see them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.plan import Standing, visible
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.tickets.ticket_counts import TicketCounts
from chalicelib.domain.tickets.ticket_feedback import TicketFeedback
from chalicelib.domain.tickets.ticket_filter import NEWEST, TicketFilter, TicketOrder
from chalicelib.ports.operations import Clock
from chalicelib.ports.tickets import TicketReader

MOVES = ("merge", "split")
"""Stages of the audit trail that name other tickets and their feedback."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTickets:
    """The use-cases that read tickets. within: what the caller is restricted to; any other ticket does not
    exist for him."""

    tickets: TicketReader
    now: Clock

    def search(
        self, wanted: TicketFilter, limit: int, cursor: str | None, order: TicketOrder = NEWEST
    ) -> Page[Ticket]:
        """In that order. Raises Invalid for a cursor that no list gave in it."""
        page: Page[Ticket] = self.tickets.search(wanted, limit, cursor, order)
        return page

    def count(self, wanted: TicketFilter) -> TicketCounts:
        """How many tickets `search` would list, by facet."""
        as_of = self.now()
        total, facets = self.tickets.facets(wanted)
        return TicketCounts(total=total, facets=facets, as_of=as_of)

    def find(self, id: str, within: Restriction | None = None) -> Standing:
        """Raises NotFound."""
        return visible(self.tickets.find(id), id, within)

    def history(
        self, id: str, limit: int, cursor: str | None, within: Restriction | None = None
    ) -> Page[HistoryEntry]:
        """The audit trail, oldest first. A restricted caller does not see which other tickets were part of a
        merge or split: they may be others'. Raises NotFound, Invalid."""
        self.find(id, within)
        page = self.tickets.history(id, limit, cursor)
        if within is None:
            return page
        entries = (replace(entry, data={}) if entry.stage in MOVES else entry for entry in page.items)
        return Page(tuple(entries), page.next)

    def feedback(
        self, id: str, limit: int, cursor: str | None, within: Restriction | None = None
    ) -> Page[TicketFeedback]:
        """What was said in it, in the order in which it first came. Raises NotFound, Invalid."""
        self.find(id, within)
        return self.tickets.feedback(id, limit, cursor)
