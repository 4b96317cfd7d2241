"""The in-memory twins of what keeps events, subscriptions, deliveries and inboxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.delivery.delivery import Attempt, Delivery, DeliveryStatus
from chalicelib.domain.delivery.endpoint import Endpoint
from chalicelib.domain.delivery.stored_event import POSITION, StoredEvent, first_position
from chalicelib.domain.delivery.subscription import Confidential, Inbox, Subscription, fits
from chalicelib.domain.operations.restriction import Restriction, may_see
from chalicelib.domain.page import Page, from_cursor, page_of, to_cursor
from chalicelib.errors import Conflict
from chalicelib.ports.delivery import INBOX_COUNT_MOST, DueDelivery, InboxCount, InboxItem

Identity = tuple[str, str, str]


class InMemoryEventLog:
    """EventLog (chalicelib.ports)."""

    def __init__(self) -> None:
        self.events: dict[Identity, StoredEvent] = {}

    def put(self, event: StoredEvent) -> StoredEvent:
        return self.events.setdefault(event.identity, event)

    def told(self, event: StoredEvent) -> None:
        self.events[event.identity] = replace(self.events[event.identity], untold_since=None)

    def untold(self, before: datetime, limit: int) -> Sequence[StoredEvent]:
        waiting = [(one.untold_since, one) for one in self.events.values() if one.untold_since is not None]
        waiting.sort(key=lambda pair: pair[0])
        return [one for since, one in waiting if since < before][:limit]

    def find(self, owner: str, id: str, source: str | None = None) -> StoredEvent | None:
        for event in self.events.values():
            if (event.owner, event.id) == (owner, id) and source in (None, event.source):
                return event
        return None

    def found(self, identities: Sequence[Identity]) -> Mapping[Identity, StoredEvent]:
        return {one: self.events[one] for one in identities if one in self.events}

    def list(
        self,
        owners: Sequence[str],
        limit: int,
        cursor: str | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Sequence[str] = (),
        sources: Sequence[str] = (),
        within: Restriction | None = None,
        audience: str | None = None,
    ) -> Page[StoredEvent]:
        before = str(from_cursor(cursor, re.compile(POSITION))[0]) if cursor else "~"
        found = sorted(
            (
                one
                for one in self.events.values()
                if one.owner in owners
                and one.position < before
                and (since is None or one.position >= first_position(since))
                and (until is None or one.position < first_position(until))
                and (not types or any(fits(pattern, one.type) for pattern in types))
                and (not sources or one.source in sources)
                and (audience is None or one.audience in ("", audience))
                and may_see(within, one.connections)
            ),
            key=lambda one: one.position,
            reverse=True,
        )
        return page_of(found[: limit + 1], limit, lambda one: to_cursor(one.position))

    def forget(self, event: StoredEvent) -> None:
        self.events[event.identity] = self.events[event.identity].forgotten()


class InMemorySubscriptions:
    """Subscriptions (chalicelib.ports)."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, Subscription] = {}
        self.boxes: dict[str, Inbox] = {}
        self.kept: dict[bytes, Confidential] = {}

    def put(self, subscription: Subscription, confidential: Confidential | None = None) -> Subscription:
        stored = self.subscriptions.get(subscription.id)
        if subscription.version != (stored.version if stored else 0):
            raise Conflict("it has changed since it was read")
        after = replace(subscription, version=subscription.version + 1)
        if confidential is not None:
            after = after.with_(confidential, str(len(self.kept)).encode())
            self.kept[after.sealed] = confidential
        self.subscriptions[subscription.id] = after
        return after

    def opened(self, subscription: Subscription) -> Confidential:
        return self.kept[subscription.sealed] if subscription.sealed else Confidential()

    def find(self, id: str) -> Subscription | None:
        return self.subscriptions.get(id)

    def delete(self, id: str) -> None:
        self.subscriptions.pop(id, None)

    def all(self) -> Sequence[Subscription]:
        return list(self.subscriptions.values())

    def inbox(self, owner: str) -> Inbox | None:
        return self.boxes.get(owner)

    def make_inbox(self, inbox: Inbox) -> None:
        self.boxes.setdefault(inbox.owner, inbox)

    def put_inbox(self, inbox: Inbox) -> None:
        self.boxes[inbox.owner] = inbox

    def inboxes(self) -> Sequence[Inbox]:
        return list(self.boxes.values())


class InMemoryDeliveries:
    """Deliveries (chalicelib.ports)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.rows: dict[tuple[str, str], Delivery] = {}
        self.tried: dict[str, dict[int, Attempt]] = {}
        self._now = now
        self._holders: dict[tuple[str, str], tuple[int, str]] = {}

    def put(self, delivery: Delivery) -> Delivery:
        return self.rows.setdefault((delivery.subscription, delivery.position), delivery)

    def find(self, subscription: str, position: str) -> Delivery | None:
        return self.rows.get((subscription, position))

    def claim(
        self, subscription: str, position: str, attempt: int, holder: str, until: datetime
    ) -> Delivery | None:
        row, key = self.rows.get((subscription, position)), (subscription, position)
        if row is None:
            return None
        if row.status == "sending" and self._holders.get(key) == (attempt, holder):
            return row
        if (row.status, row.attempt) != ("pending", attempt):
            return None
        self._holders[key] = (attempt, holder)
        self.rows[key] = replace(
            row, status="sending", attempt=attempt + 1, due_at=until, updated_at=self._now()
        )
        return self.rows[key]

    def move(self, subscription: str, position: str, attempt: int, until: datetime) -> bool:
        row = self.rows.get((subscription, position))
        if row is None or (row.status, row.attempt) != ("pending", attempt):
            return False
        self.rows[subscription, position] = replace(row, due_at=until)
        return True

    def change(self, before: Delivery, after: Delivery, attempt: Attempt | None = None) -> bool:
        stored = self.rows.get((before.subscription, before.position))
        if stored is None or _state(stored) not in (_state(before), _state(after)):
            return False
        self.rows[before.subscription, before.position] = after
        if attempt is not None:
            self.tried.setdefault(after.id, {}).setdefault(attempt.number, attempt)
        return True

    def record(self, delivery: Delivery, attempt: Attempt) -> None:
        self.tried.setdefault(delivery.id, {}).setdefault(attempt.number, attempt)

    def attempts(self, deliveries: Sequence[Delivery]) -> Mapping[str, Sequence[Attempt]]:
        return {
            one.id: [attempt for _, attempt in sorted(self.tried.get(one.id, {}).items())]
            for one in deliveries
        }

    def due(self, at: datetime, limit: int) -> Sequence[DueDelivery]:
        waiting = [
            DueDelivery(one.subscription, one.position, one.status, one.attempt, one.due_at)
            for one in self.rows.values()
            if one.status in ("pending", "sending") and one.due_at is not None and one.due_at <= at
        ]
        return sorted(waiting, key=lambda one: one.due_at)[:limit]

    def list(
        self,
        subscription: str,
        limit: int,
        cursor: str | None,
        *,
        statuses: Sequence[DeliveryStatus] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        within: Restriction | None = None,
        undelivered: bool = False,
    ) -> Page[Delivery]:
        before = str(from_cursor(cursor, re.compile(POSITION))[0]) if cursor else "~"
        found = sorted(
            (
                one
                for one in self.rows.values()
                if one.subscription == subscription
                and one.position < before
                and (not statuses or one.status in statuses)
                and (not undelivered or one.undelivered)
                and (since is None or one.position >= first_position(since))
                and (until is None or one.position < first_position(until))
                and may_see(within, one.connections)
            ),
            key=lambda one: one.position,
            reverse=True,
        )
        return page_of(found[: limit + 1], limit, lambda one: to_cursor(one.position))


def _state(delivery: Delivery) -> tuple[object, ...]:
    return (delivery.status, delivery.attempt, delivery.due_at)


class InMemoryEndpoints:
    """Endpoints (chalicelib.ports)."""

    def __init__(self) -> None:
        self.rows: dict[str, Endpoint] = {}

    def find(self, subscription: str) -> Endpoint:
        return self.rows.get(subscription, Endpoint(subscription=subscription))

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        if endpoint.saves != self.find(endpoint.subscription).saves:
            return None
        after = replace(endpoint, saves=endpoint.saves + 1)
        self.rows[endpoint.subscription] = after
        return after


class InMemoryInboxItems:
    """InboxItems (chalicelib.ports)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.items: dict[tuple[str, str], InboxItem] = {}
        self.off: dict[tuple[str, str], tuple[str, ...]] = {}
        self._now = now

    def put(self, owner: str, event: StoredEvent) -> None:
        if (owner, event.position) in self.off or self.find(owner, event.position):
            return
        self.items[owner, event.position] = InboxItem(
            owner, event.position, event.identity, event.type, event.connections, self._now()
        )

    def _open(self, owner: str, within: Restriction | None) -> list[InboxItem]:
        return [
            item
            for (whose, position), item in sorted(self.items.items())
            if whose == owner and may_see(within, item.connections) and self.find(owner, position)
        ]

    def list(
        self,
        owner: str,
        limit: int,
        cursor: str | None,
        *,
        types: Sequence[str] = (),
        within: Restriction | None = None,
        free_at: datetime | None = None,
    ) -> Page[InboxItem]:
        after = str(from_cursor(cursor, re.compile(POSITION))[0]) if cursor else ""
        found = [
            item
            for item in self._open(owner, within)
            if item.position > after
            and (not types or any(fits(pattern, item.type) for pattern in types))
            and (free_at is None or item.leased_until is None or item.leased_until <= free_at)
        ]
        return page_of(found[: limit + 1], limit, lambda item: to_cursor(item.position))

    def lease(self, item: InboxItem, lease: str, now: datetime, until: datetime) -> InboxItem | None:
        stored = self.find(item.owner, item.position)
        if stored is None or stored.lease == lease:
            return stored
        if stored.leased_until is not None and stored.leased_until > now:
            return None
        taken = stored._replace(lease=lease, leased_until=until, deliveries=stored.deliveries + 1)
        self.items[item.owner, item.position] = taken
        return taken

    def find(self, owner: str, position: str) -> InboxItem | None:
        item = self.items.get((owner, position))
        return item if item and item.put_at + timedelta(days=14) > self._now() else None

    def was_there(self, owner: str, position: str, within: Restriction | None = None) -> bool:
        return (owner, position) in self.off and may_see(within, self.off[owner, position])

    def take_off(self, item: InboxItem, lease: str | None) -> bool:
        stored = self.items.get((item.owner, item.position))
        if stored is not None and lease is not None and stored.lease != lease:
            return False
        self.items.pop((item.owner, item.position), None)
        self.off[item.owner, item.position] = item.connections
        return True

    def count(self, owner: str, within: Restriction | None = None) -> InboxCount:
        found = self._open(owner, within)
        return InboxCount(
            min(len(found), INBOX_COUNT_MOST),
            found[0].put_at if found else None,
            len(found) <= INBOX_COUNT_MOST,
        )
