"""Hold: what is for a subscription that is paused or disabled waits until that is resumed.

Whoever resumes a subscription has sent what is held by then. What is held a moment later, by somebody who had
read the subscription before, nobody would send: so whoever holds something looks once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.ports.delivery import DeliveryMetrics, Subscriptions
from chalicelib.ports.operations import Clock

End = tuple[Literal["failed", "held"], str]
"""The status of a delivery that is not attempted, and why."""


def end_of(subscription: Subscription | None, now: datetime) -> End | None:
    """What becomes of the deliveries of a subscription that is not sent to; None: it is. subscription: None
    where it was deleted."""
    if subscription is None:
        return "failed", "its subscription is gone"
    if not subscription.in_force(now):
        return "failed", "its subscription expired"
    if subscription.status != "active":
        return "held", subscription.reason or subscription.status
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The use-case; call it with a delivery that was written as held just now. Returns it as it stands: it is
    pending where its subscription has been resumed meanwhile. Raises Unavailable."""

    subscriptions: Subscriptions
    resend: Resend
    metrics: DeliveryMetrics
    now: Clock

    def __call__(self, held: Delivery) -> Delivery:
        resumed = end_of(self.subscriptions.find(held.subscription), self.now()) is None
        pending = self.resend.again(held) if resumed else None
        if pending is not None:
            return pending
        self.metrics.count_delivery("held", held.subscription)
        return held
