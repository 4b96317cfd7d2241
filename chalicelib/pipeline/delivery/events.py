"""The log of events, for people: what came, and what it held forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.delivery.stored_event import StoredEvent, concerns
from chalicelib.domain.operations.access import Caller
from chalicelib.domain.operations.restriction import may_see
from chalicelib.domain.page import Page
from chalicelib.errors import Forbidden, NotFound
from chalicelib.ports.delivery import EventLog
from chalicelib.ports.operations import Clock

SETTLED = timedelta(seconds=10)
"""How long ago the list ends: its index is eventually consistent, and what came before that is in it.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html"""


class EventsListed(NamedTuple):
    page: Page[StoredEvent]
    until: datetime
    """What came later is not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The use-cases. An owner sees what he posted and what we tell; an admin sees everybody's."""

    log: EventLog
    now: Clock

    def list(
        self,
        caller: Caller,
        limit: int,
        cursor: str | None,
        *,
        types: Sequence[str] = (),
        sources: Sequence[str] = (),
        owners: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> EventsListed:
        """Newest first. owners: () for the caller's own and ours. Raises Forbidden for another's, unless an
        admin asks."""
        for owner in owners:
            self._may_name(caller, owner)
        settled = self.now() - SETTLED
        until = min(until, settled) if until else settled
        page = self.log.list(
            owners or (caller.owner, OURSELVES),
            limit,
            cursor,
            since=since,
            until=until,
            types=types,
            sources=sources,
            within=caller.restriction,
            audience=None if caller.may("admin") else caller.owner,
        )
        return EventsListed(page, until)

    def find(
        self, caller: Caller, id: str, source: str | None = None, owner: str | None = None
    ) -> StoredEvent:
        """The caller's own of that id, else ours. Raises NotFound, and Forbidden as `list` does."""
        if owner is not None:
            self._may_name(caller, owner)
        for whose in (caller.owner, OURSELVES) if owner is None else (owner,):
            event = self.log.find(whose, id, source)
            if event is not None and self._sees(caller, event):
                return event
        raise NotFound(f"there is no event {id}; GET /events lists those of the last 30 days")

    def forget(self, caller: Caller, id: str, source: str | None = None, owner: str | None = None) -> None:
        """Forget what it held; that it came stays. Raises NotFound, and Forbidden where it is not the
        caller's own, unless he is an admin."""
        event = self.find(caller, id, source, owner)
        caller.require_owner(event.owner)
        self.log.forget(event)

    @staticmethod
    def _may_name(caller: Caller, owner: str) -> None:
        if owner not in (caller.owner, OURSELVES) and not caller.may("admin"):
            raise Forbidden("only an admin sees the events of other owners; leave owner out")

    @staticmethod
    def _sees(caller: Caller, event: StoredEvent) -> bool:
        if caller.may("admin"):
            return may_see(caller.restriction, event.connections)
        return concerns(event, caller.owner, caller.restriction)
