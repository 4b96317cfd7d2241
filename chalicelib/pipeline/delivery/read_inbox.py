"""Read an inbox: look into it, or take what lies in it for a while; where nothing does, wait for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Inbox
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import ANSWER_BYTES, to_cursor
from chalicelib.errors import Unavailable
from chalicelib.ports.delivery import EventLog, InboxCount, InboxItem, InboxItems, Subscriptions
from chalicelib.ports.operations import Clock

EVERY = timedelta(seconds=1)
"""How long a reader who waits pauses before he looks again."""
SEARCH = timedelta(seconds=5)
"""How long one search goes on past what others have taken, or what is not asked for."""
FOR_THE_ANSWER = timedelta(seconds=4)
"""What a reader who waits leaves of the time in which the function must answer."""
READ_AT_ONCE = 10
"""Events that are read at once: each may be a megabyte and more, and the function has memory for few."""
PAGE_BYTES = ANSWER_BYTES // 2
"""What the bodies on a page may come to, since an answer quotes a byte by two at most. One event there is in
any case."""


class Places(Protocol):
    """Where readers wait, each at a place of his own; there are only so many."""

    def enter(self, until: datetime) -> str | None:
        """Take a place until then, at the latest. Returns it; None where all are taken."""
        ...

    def leave(self, place: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a reader asks for."""

    limit: int = 10
    cursor: str | None = None
    types: tuple[str, ...] = ()
    """Patterns, as in subscriptions; () for all."""
    lease: timedelta | None = None
    """For how long he takes what he gets; None: he only looks."""
    wait: timedelta = timedelta(0)
    """How long he waits where nothing is there."""


class Entry(NamedTuple):
    """What lies in an inbox, and its event."""

    item: InboxItem
    event: StoredEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """What a reader gets."""

    entries: Sequence[Entry]
    next: str | None
    """The cursor of what may follow; None at the end."""
    count: InboxCount
    """Of all that he may see."""
    refused_to_wait: bool
    """Whether he would have waited, and too many did already."""


class _Found(NamedTuple):
    entries: Sequence[Entry]
    next: str | None
    again: str | None
    """From where to search once more: from where the last rows were read that could be read at once. In most
    inboxes that is the beginning."""


@dataclass(frozen=True, kw_only=True)
class ReadInbox:
    """The use-case."""

    items: InboxItems
    log: EventLog
    subscriptions: Subscriptions
    places: Places
    now: Clock
    pause: Callable[[float], None]
    """Waits so many seconds."""
    _known: set[str] = field(default_factory=set)
    """Owners who have an inbox."""

    def __call__(
        self, owner: str, within: Restriction | None, reading: Reading, seconds_left: float
    ) -> InboxPage:
        """Give what lies in the owner's inbox, of connections within. Whoever has none gets one of all events
        that concern him from now on. seconds_left: until the function must have answered.

        Raises Invalid for a cursor that is none, Unavailable.
        """
        self._make(owner)
        begun = self.now()
        until = begun + min(reading.wait, _seconds(seconds_left) - FOR_THE_ANSWER)
        found = self._search(owner, within, reading, reading.cursor)
        refused = False
        if not found.entries and self.now() < until:
            place = self.places.enter(until + FOR_THE_ANSWER)
            refused = place is None
            if place is not None:
                try:
                    found = self._wait(owner, within, reading, found, until)
                finally:
                    self._leave(place)
        return InboxPage(
            entries=found.entries,
            next=found.next,
            count=self.items.count(owner, within),
            refused_to_wait=refused,
        )

    def _make(self, owner: str) -> None:
        if owner in self._known:
            return
        if self.subscriptions.inbox(owner) is None:
            now = self.now()
            self.subscriptions.make_inbox(Inbox(owner=owner, created_at=now, updated_at=now))
        self._known.add(owner)

    def _wait(
        self, owner: str, within: Restriction | None, reading: Reading, found: _Found, until: datetime
    ) -> _Found:
        while not found.entries and (left := until - self.now()) > timedelta(0):
            self.pause(min(EVERY, left).total_seconds())
            found = self._search(owner, within, reading, found.again)
        return found

    def _leave(self, place: str) -> None:
        try:
            self.places.leave(place)
        except Unavailable:
            return  # it is free again when its time is over

    def _search(self, owner: str, within: Restriction | None, reading: Reading, cursor: str | None) -> _Found:
        """What there is from the cursor on: at once where something is, else to the end, or until SEARCH is
        over."""
        lease = secrets.token_urlsafe(16) if reading.lease else None
        give_up = self.now() + SEARCH
        found: list[Entry] = []
        size = 0
        while True:
            page = self.items.list(
                owner,
                min(reading.limit - len(found), READ_AT_ONCE),
                cursor,
                types=reading.types,
                within=within,
                free_at=self.now() if lease else None,
            )
            lost = False
            for entry in self._with_events(page.items):
                length = len(entry.event.body or "")
                if found and size + length > PAGE_BYTES:
                    return _Found(found, to_cursor(found[-1].item.position), cursor)
                taken = self._taken(entry.item, lease, reading.lease)
                if taken is None:
                    lost = True
                    continue
                found.append(entry._replace(item=taken))
                size += length
            over = self.now() >= give_up or len(found) == reading.limit
            if page.next is not None and not over:
                cursor = page.next
            elif over or found or not lost:  # else others took all of it meanwhile, and there may be more
                return _Found(found, page.next, page.next or cursor)

    def _with_events(self, items: Sequence[InboxItem]) -> Iterator[Entry]:
        """An item whose event is no longer in the log holds nothing: it is taken off."""
        events = self.log.found([item.event for item in items]) if items else {}
        for item in items:
            event = events.get(item.event)
            if event is None:
                self.items.take_off(item, None)
            else:
                yield Entry(item, event)

    def _taken(self, item: InboxItem, lease: str | None, length: timedelta | None) -> InboxItem | None:
        """The item as its reader has it; None where somebody else was quicker."""
        if lease is None or length is None:
            return item
        now = self.now()
        return self.items.lease(item, lease, now, now + length)


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=min(seconds, 86_400.0))  # it may be without an end
