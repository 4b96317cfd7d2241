"""Events: the log that keeps them, who is told of them, and what becomes of their deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.delivery import Attempt, Delivery, DeliveryStatus
    from chalicelib.domain.delivery.endpoint import Endpoint
    from chalicelib.domain.delivery.stored_event import StoredEvent
    from chalicelib.domain.delivery.subscription import Confidential, Inbox, Subscription
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.domain.page import Page


DeliveryCounter = Literal["delivered", "delivery_failed", "held"]
"""What is counted by subscription, as docs/observability.md says."""

DeliveryGauge = Literal["delivery_lag", "endpoints_failing", "endpoints_disabled"]
"""What stands at a level: seconds that the delivery waits that is due longest, 0 where none is due; endpoints
that took nothing since their last failure; subscriptions that were disabled."""


class EventLog(Protocol):
    """Every event that was posted, or that subscribers are told, for 30 days."""

    def put(self, event: StoredEvent) -> StoredEvent:
        """Keep it, unless one of its identity is there. Returns what is kept, which is `event` only the first
        time (they are equal). A body that is too long for a row lies beside it, unseen by whoever asks."""
        ...

    def told(self, event: StoredEvent) -> None:
        """It is on the bus: takes the mark `untold_since` off."""
        ...

    def untold(self, before: datetime, limit: int) -> Sequence[StoredEvent]:
        """Those that wait for the bus since before that time, the longest waiting first. One whose mark was
        put in the last seconds may be missing."""
        ...

    def find(self, owner: str, id: str, source: str | None = None) -> StoredEvent | None:
        """source: which of several events of that id; None: the first."""
        ...

    def found(self, identities: Sequence[tuple[str, str, str]]) -> Mapping[tuple[str, str, str], StoredEvent]:
        """Those of these identities that there are."""
        ...

    def list(
        self, owners: Sequence[str], limit: int, cursor: str | None, *, since: datetime | None = None,
        until: datetime | None = None, types: Sequence[str] = (), sources: Sequence[str] = (),
        within: Restriction | None = None, audience: str | None = None,
    ) -> Page[StoredEvent]:  # fmt: skip
        """Of these owners, newest first. since, until: from then on, and before then, by the millisecond.
        types: patterns, as in subscriptions. audience: the owner who asks; None: he may see what is for any.
        A page may be short where many others' events lie between, or bodies are long. Raises Invalid for a
        cursor that it never gave. What came in the last seconds may be missing."""
        ...

    def forget(self, event: StoredEvent) -> None:
        """What it held is gone; that it came stays."""
        ...


class Subscriptions(Protocol):
    def put(self, subscription: Subscription, confidential: Confidential | None = None) -> Subscription:
        """Write it where its `version` is the one that is stored (0: none is); returns it with the next one.
        confidential: what is sealed with it; None: what was sealed before stays. Raises Conflict where the
        version is another, Invalid where there is more than can be sealed."""
        ...

    def opened(self, subscription: Subscription) -> Confidential:
        """What is sealed with it. Only who sends asks for it: none of the others opens anything."""
        ...

    def find(self, id: str) -> Subscription | None: ...

    def delete(self, id: str) -> None:
        """It is gone, whether it was there or not."""
        ...

    def all(self) -> Sequence[Subscription]:
        """Every one, whatever its status; what any process has written before is in it."""
        ...

    def inbox(self, owner: str) -> Inbox | None: ...

    def make_inbox(self, inbox: Inbox) -> None:
        """Keep it, unless its owner has one."""
        ...

    def put_inbox(self, inbox: Inbox) -> None: ...

    def inboxes(self) -> Sequence[Inbox]:
        """Every one; what any process has written before is in it."""
        ...


class Deliveries(Protocol):
    """Which event goes to which subscription, and what was tried. Kept for 30 days."""

    def put(self, delivery: Delivery) -> Delivery:
        """Keep it, unless one of its subscription and position is there. Returns what is kept."""
        ...

    def find(self, subscription: str, position: str) -> Delivery | None: ...

    def claim(
        self, subscription: str, position: str, attempt: int, holder: str, until: datetime
    ) -> Delivery | None:
        """Begin the next attempt of what is pending after so many; it counts as cut off if its outcome is not
        there by then. None where the row says otherwise: it is another's. The same holder may claim again."""
        ...

    def move(self, subscription: str, position: str, attempt: int, until: datetime) -> bool:
        """Look at what is pending after so many attempts at that time, and spend none. False where the row
        says otherwise."""
        ...

    def change(self, before: Delivery, after: Delivery, attempt: Attempt | None = None) -> bool:
        """Have it stand as `after`, where it still has the status, attempt and due_at of `before`, or has
        those of `after` already. attempt: the one by which it was delivered, recorded in the same write.
        Returns whether it does."""
        ...

    def record(self, delivery: Delivery, attempt: Attempt) -> None:
        """Keep an attempt, once by its number."""
        ...

    def attempts(self, deliveries: Sequence[Delivery]) -> Mapping[str, Sequence[Attempt]]:
        """What was tried of each, the first one first, by the delivery's id."""
        ...

    def due(self, at: datetime, limit: int) -> Sequence[DueDelivery]:
        """What is pending or sending, and due by then, longest due first. It may be out of date."""
        ...

    def list(
        self, subscription: str, limit: int, cursor: str | None, *, statuses: Sequence[DeliveryStatus] = (),
        since: datetime | None = None, until: datetime | None = None, within: Restriction | None = None,
        undelivered: bool = False,
    ) -> Page[Delivery]:  # fmt: skip
        """Newest first, by the time of the events. undelivered: only those that Delivery.undelivered says.
        Raises Invalid for a cursor that it never gave."""
        ...


class DueDelivery(NamedTuple):
    """What the index of due times says of a delivery."""

    subscription: str
    position: str
    status: DeliveryStatus
    attempt: int
    due_at: datetime


class Endpoints(Protocol):
    def find(self, subscription: str) -> Endpoint:
        """As it stands; a new one where nothing is known."""
        ...

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        """Write it where its `saves` is the one that is stored; returns it with the next one. None where
        somebody else wrote it since it was read."""
        ...


class InboxItems(Protocol):
    """What lies in the owners' inboxes, for 14 days."""

    def put(self, owner: str, event: StoredEvent) -> None:
        """Put it in, unless it is there, or was there and was taken off."""
        ...

    def list(
        self, owner: str, limit: int, cursor: str | None, *, types: Sequence[str] = (),
        within: Restriction | None = None, free_at: datetime | None = None,
    ) -> Page[InboxItem]:  # fmt: skip
        """Oldest first, complete. cursor: `to_cursor` of a position; what lies behind it is listed. types:
        patterns, as in subscriptions. free_at: only those that nobody has taken at that time. A page may be
        short, or empty, where many others lie between; what follows lies behind its `next`. Raises Invalid
        for a cursor that is none."""
        ...

    def lease(self, item: InboxItem, lease: str, now: datetime, until: datetime) -> InboxItem | None:
        """Take it until then, and count that; None where somebody else has it, or it is off. With the lease
        that it has already it is returned as it stands."""
        ...

    def find(self, owner: str, position: str) -> InboxItem | None: ...

    def was_there(self, owner: str, position: str, within: Restriction | None = None) -> bool:
        """Whether it was taken off, and was made of connections within."""
        ...

    def take_off(self, item: InboxItem, lease: str | None) -> bool:
        """It is off. lease: the one that it must have still; None: any. False where it has another."""
        ...

    def count(self, owner: str, within: Restriction | None = None) -> InboxCount:
        """How many lie in it, up to INBOX_COUNT_MOST."""
        ...


INBOX_COUNT_MOST = 10_000
"""Where counting stops, which takes longer the more there is."""


class InboxCount(NamedTuple):
    """How full an inbox is."""

    found: int
    oldest_at: datetime | None
    """Since when the oldest item lies in it."""
    complete: bool
    """Whether all were counted."""


class InboxItem(NamedTuple):
    """One event in an inbox."""

    owner: str
    """Of the inbox."""
    position: str
    """The event's; within the inbox it is the item's id."""
    event: tuple[str, str, str]
    """The event's owner, source and id."""
    type: str
    connections: tuple[str, ...]
    put_at: datetime
    lease: str | None = None
    """Whoever has it can name this."""
    leased_until: datetime | None = None
    deliveries: int = 0
    """How often it was taken."""


class DeliveryMetrics(Protocol):
    """Numbers of events and their delivery, told when the invocation at hand ends."""

    def count_posted(self, times: int = 1) -> None:
        """Events that were stored for the one who posted them, each the first time."""
        ...

    def count_delivery(self, counter: DeliveryCounter, subscription: str, times: int = 1) -> None:
        """subscription: its id. Some are told apart, the others are told as one."""
        ...

    def gauge(self, gauge: DeliveryGauge, level: float) -> None:
        """How it stands now; the last one that is said holds."""
        ...
