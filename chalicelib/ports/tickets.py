"""Tickets: amended, read, and told of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.event import CloudEvent
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.domain.page import Page
    from chalicelib.domain.tickets.history_entry import HistoryEntry
    from chalicelib.domain.tickets.plan import Known, Plan, Selection, Standing
    from chalicelib.domain.tickets.ticket_attachment import KeptAttachment
    from chalicelib.domain.tickets.ticket_feedback import TicketFeedback
    from chalicelib.domain.tickets.ticket_filter import TicketFilter, TicketOrder


class TicketStore(Protocol):
    def amend(self, selection: Selection, decide: Callable[[Known], Plan]) -> Plan:
        """Read what is selected under a lock, have it decided, write the plan: all in one transaction.
        Returns the plan; its events are in the outbox.

        decide: pure, for it may be asked again. What it raises leaves everything as it was. Raises Poison
        where something of the plan can't be stored.
        """
        ...


class Outbox(Protocol):
    def pending(self, limit: int, older_than: datetime) -> Sequence[CloudEvent]:
        """Events not yet relayed that were written before `older_than`, oldest first."""
        ...

    def relayed(self, event_ids: Sequence[str]) -> None:
        """These are on the bus."""
        ...


class TicketReader(Protocol):
    """Tickets as people read them."""

    def find(self, ticket_id: str) -> Standing | None: ...

    def last_received(
        self, sources: Sequence[str], within: Restriction | None = None
    ) -> Mapping[str, datetime]:
        """When each source last gave feedback, of connections within; one that never did is absent."""
        ...

    def received(
        self, sources: Sequence[str], since: datetime, within: Restriction | None = None
    ) -> Mapping[str, int]:
        """How many items of feedback each source gave since then, or changed, of connections within. One that
        the caller may see nothing of is absent."""
        ...

    def search(
        self, wanted: TicketFilter, limit: int, cursor: str | None, order: TicketOrder = ...
    ) -> Page[Any]:
        """In that order, by default the newest first. Raises Invalid for a cursor that it never gave, or
        gave in another order."""
        ...

    def facets(self, wanted: TicketFilter) -> tuple[int, Mapping[str, Mapping[str, int]]]:
        """How many tickets `search` would list, and of these how many have each label, by facet; see
        TicketCounts."""
        ...

    def history(self, ticket_id: str, limit: int, cursor: str | None) -> Page[HistoryEntry]:
        """The audit trail of a ticket, oldest first."""
        ...

    def feedback(self, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
        """What was said in a ticket, in the order in which it first came."""
        ...

    def attachments(self, ticket_id: str, limit: int, cursor: str | None) -> Page[KeptAttachment]:
        """The files that came with it, in that order."""
        ...
