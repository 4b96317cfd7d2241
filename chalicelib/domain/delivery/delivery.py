"""One event on its way to one subscription.

    pending ──claimed──> sending ──2xx──> delivered
       ^                    │
       └──────failed <──────┴──attempts left──> pending, due later
    held    its subscription is paused, disabled or gone; recoverable

The row is the truth: what is pending or sending has a time at which it is due, and a sweep finds it then.
"""

from __future__ import annotations

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
        """Whether it has failed at least once and has not arrived yet, or is held."""
        failed = self.attempt - (self.status == "sending") > 0
        return self.status in UNDELIVERED or (self.status != "delivered" and failed)
