"""Tickets: taken in, read, changed, and told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.event import CloudEvent
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.domain.page import Page
    from chalicelib.domain.tickets.ticket import (
        Change,
        HistoryEntry,
        Taken,
        TicketFilter,
        Triaged,
        Versioned,
    )
    from chalicelib.domain.tickets.ticket_feedback import TicketFeedback


class TicketStore(Protocol):
    def take(self, batch: Sequence[Triaged], run: datetime) -> tuple[Sequence[Taken], Sequence[CloudEvent]]:
        """Feedback, tickets, logs and outbox in one transaction. Taking the same twice changes
        nothing. Returns what became of each, and the events left in the outbox for relaying.

        run: the time to write into rows. Raises Poison where a row can't be stored.
        """
        ...


class Outbox(Protocol):
    def pending(self, limit: int, older_than: datetime) -> Sequence[CloudEvent]:
        """Events not yet relayed that were written before `older_than`, oldest first."""
        ...

    def relayed(self, event_ids: Sequence[str]) -> None:
        """These are on the bus."""
        ...


class TicketDesk(Protocol):
    """Tickets as people read and change them. Changes return the events left in the outbox too."""

    def find(self, ticket_id: str) -> Versioned | None: ...

    def last_received(
        self, sources: Sequence[str], within: Restriction | None = None
    ) -> Mapping[str, datetime]:
        """When each source last gave feedback, of connections within; one that never did is absent."""
        ...

    def search(self, wanted: TicketFilter, limit: int, cursor: str | None) -> Page[Any]:
        """Newest first. Raises Invalid for a cursor that it never gave."""
        ...

    def history(self, ticket_id: str, limit: int, cursor: str | None) -> Page[HistoryEntry]:
        """Oldest first. Raises NotFound."""
        ...

    def feedback(self, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
        """What was said in it, oldest first. Raises NotFound."""
        ...

    def change(
        self, ticket_id: str, change: Change, if_version: int | None, now: datetime
    ) -> tuple[Versioned, Sequence[CloudEvent]]:
        """Set fields, remember them as set by a person. Raises NotFound, Stale."""
        ...

    def merge(
        self, ticket_id: str, others: Sequence[str], by: str, if_version: int | None, now: datetime
    ) -> tuple[Versioned, Sequence[CloudEvent]]:
        """Move all feedback of `others` into the ticket; they are closed.

        Raises NotFound, Stale, Conflict."""
        ...

    def split(
        self,
        ticket_id: str,
        feedback: Sequence[tuple[str, str, str]],
        by: str,
        if_version: int | None,
        now: datetime,
    ) -> tuple[Versioned, Versioned, Sequence[CloudEvent]]:
        """Take feedback items, named by (source, connection, external_id), out into a ticket of their
        own; returns what is left and the new one. Raises NotFound, Stale, Conflict."""
        ...
