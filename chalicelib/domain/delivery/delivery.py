"""One event on its way to one subscription.

    pending ──claimed──> sending ──2xx──> delivered
       ^                    │
       └──────failed <──────┴──attempts left──> pending, due later
    held    its subscription is paused, disabled or gone; recoverable

The row is the truth: what is pending or sending has a time at which it is due, and a sweep finds it then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DeliveryStatus = Literal["pending", "sending", "delivered", "failed", "held"]
UNDELIVERED = ("failed", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request to an endpoint."""

    number: int
    """From 1 on."""
    at: datetime
    url: str
    """Without what may be secret in it: scheme, host and path."""
    status: int | None = None
    """Of the answer; null where none came."""
    ms: int = 0
    """Milliseconds until the answer was there."""
    error: str | None = None
    """Why it counts as failed, in words; null where it was delivered."""
    answer: str = ""
    """The beginning of the answer's body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row."""

    subscription: str
    position: str
    """Of its event in the log."""
    owner: str
    """The event's; with `event_source` and `event_id` it names the event."""
    event_source: str
    event_id: str
    type: str
    connections: tuple[str, ...] = ()
    status: DeliveryStatus = "pending"
    reason: str | None = None
    """Why it failed for good or is held."""
    attempt: int = 0
    """How many attempts were begun."""
    due_at: datetime | None = None
    """When it is to be looked at again; None: never by itself."""
    created_at: datetime
    updated_at: datetime

    @property
    def id(self) -> str:
        """As the API has it."""
        return f"{self.subscription}.{self.position}"

    @property
    def undelivered(self) -> bool:
        """Whether it has failed at least once and has not arrived yet, or is held, or waits for a reason."""
        failed = self.attempt - (self.status == "sending") > 0
        return self.status in UNDELIVERED or (
            self.status != "delivered" and (failed or self.reason is not None)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A delivery as it is shown."""

    id: str
    """Its subscription's, and the place of its event in the log."""
    subscription: str
    event_id: str
    """It is sent as `webhook-id`, with each attempt."""
    type: str
    """The event's."""
    status: DeliveryStatus
    """`pending`: it waits for an attempt. `sending`: it is being sent. `failed`: it is not tried again by
    itself. `held`: its subscription is paused or disabled."""
    reason: str | None
    """Why it has not arrived: why it is failed or held, or what was wrong with the last attempt."""
    attempt: int
    """How many attempts were begun."""
    attempts: tuple[Attempt, ...]
    """The first one first."""
    next_at: datetime | None
    """When it is tried next, at the latest; null: it is being sent, or is not tried again by itself."""
    created_at: datetime

    @classmethod
    def of(cls, delivery: Delivery, attempts: Sequence[Attempt]) -> DeliveryView:
        """What was tried of it: `attempts`, the first one first."""
        arrived = delivery.status == "delivered"
        return cls(
            id=delivery.id,
            subscription=delivery.subscription,
            event_id=delivery.event_id,
            type=delivery.type,
            status=delivery.status,
            reason=None if arrived else delivery.reason or (attempts[-1].error if attempts else None),
            attempt=delivery.attempt,
            attempts=tuple(attempts),
            next_at=delivery.due_at if delivery.status == "pending" else None,
            created_at=delivery.created_at,
        )
