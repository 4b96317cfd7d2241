"""Find undelivered: what of a time did not get to a subscription, a stretch of that time after the other.

A stretch is cut until it is short enough to be looked at in one go. So nothing but a time has to be
remembered between two of them, however much there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, NamedTuple, TypeVar

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.endpoint_event import is_about
from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Subscription, fits
from chalicelib.domain.page import LIMIT_MOST, Page
from chalicelib.ports.delivery import Deliveries, EventLog

T = TypeVar("T")
Undelivered = Literal["failed", "held", "missing"]
"""missing: of an event of the log that the subscription includes there is no delivery, as when the
subscription is younger."""

LOOKED_AT = 2_000
"""Deliveries, and events, that are looked at in one stretch."""
FIRST, SHORTEST, LONGEST = timedelta(hours=1), timedelta(milliseconds=1), timedelta(days=1)
"""How long a stretch is. The shortest is not cut: no position tells times that are closer."""


class Search(NamedTuple):
    """What to look for."""

    subscription: Subscription
    since: datetime
    """Only events that came at this time or later."""
    until: datetime
    """Only events that came before this time."""
    types: Sequence[str]
    """Patterns; none: every type."""
    statuses: Sequence[Undelivered]
    unchanged_since: datetime
    """Only deliveries that were last changed before this time."""
    at_once: int
    """What one stretch may hold at most, if it can be cut so short."""


class Stretch(NamedTuple):
    """What was found in a part of the time."""

    until: datetime
    """Its end."""
    found: Sequence[Delivery | StoredEvent]
    """The oldest first: deliveries that failed or are held, and events that were never tried, without what
    they hold: thousands of them would need more memory than there is."""
    looked_at: int
    """Deliveries and events, found or not."""


class _Seen(NamedTuple):
    """An event of the log."""

    event: StoredEvent
    """Without what it holds."""
    told: bool
    """Whether it is for the subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindUndelivered:
    """The use-case; call it with a search. Gives the stretches of its time from the beginning on, each when
    it is asked for; an empty one, that ends where it begins, where it looked at one that is too long. So
    whoever asks can stop. Raises Unavailable."""

    deliveries: Deliveries
    log: EventLog

    def __call__(self, search: Search) -> Iterator[Stretch]:
        length = FIRST
        while search.since < search.until:
            end = min(search.since + length, search.until)
            stretch = self._stretch(search._replace(until=end))
            if stretch is None:
                length = (end - search.since) / 2
                yield Stretch(search.since, (), LOOKED_AT)
                continue
            yield stretch
            search = search._replace(since=end)
            if stretch.looked_at < LOOKED_AT / 4 and len(stretch.found) < search.at_once / 4:
                length = min(length * 2, LONGEST)

    def _stretch(self, search: Search) -> Stretch | None:
        """All of the time in one go; None where it holds too much for that."""
        cut = search.until - search.since > SHORTEST
        most = LOOKED_AT if cut else None
        rows = _all(self._rows(search), most)
        events = _all(self._events(search), most) if "missing" in search.statuses else []
        if rows is None or events is None:
            return None
        known = {row.position for row in rows}
        missing = (one.event for one in events if one.told and one.event.position not in known)
        found: list[Delivery | StoredEvent] = [
            *(row for row in rows if row.status in search.statuses and _is_wanted(search, row)),
            *missing,
        ]
        if cut and len(found) > search.at_once:
            return None
        return Stretch(search.until, sorted(found, key=lambda one: one.position), len(rows) + len(events))

    def _rows(self, search: Search) -> Callable[[str | None], Page[Delivery]]:
        """The pages of the deliveries: of all, where those that there are not are looked for."""
        return partial(
            self.deliveries.list,
            search.subscription.id,
            LIMIT_MOST,
            undelivered="missing" not in search.statuses,
            since=search.since,
            until=search.until,
        )

    def _events(self, search: Search) -> Callable[[str | None], Page[_Seen]]:
        """The pages of the events that the subscription may include."""
        subscription = search.subscription
        read = partial(
            self.log.list,
            (OURSELVES, subscription.owner),
            LIMIT_MOST,
            since=search.since,
            until=search.until,
            types=search.types or subscription.wanted.types,
            within=subscription.within,
            audience=subscription.owner,
        )

        def seen(cursor: str | None) -> Page[_Seen]:
            page = read(cursor)
            events = (_Seen(one.forgotten(), _is_told(subscription, one)) for one in page.items)
            return Page(tuple(events), page.next)

        return seen


def _is_wanted(search: Search, row: Delivery) -> bool:
    wanted = not search.types or any(fits(pattern, row.type) for pattern in search.types)
    return wanted and row.updated_at < search.unchanged_since


def _is_told(subscription: Subscription, event: StoredEvent) -> bool:
    """Whether it is for the subscription: not what tells of its own endpoint, nor another's test."""
    is_test = event.owner == OURSELVES and event.type.startswith("subscription.")
    return subscription.includes(event) and not is_test and not is_about(event, subscription.id)


def _all(read: Callable[[str | None], Page[T]], most: int | None) -> list[T] | None:
    """All of a list, page by page; None where that is more than `most`."""
    found: list[T] = []
    cursor = None
    while most is None or len(found) <= most:
        page = read(cursor)
        found += page.items
        if page.next is None:
            return found
        cursor = page.next
    return None
