"""Resend: have events sent to a subscription now, whatever the schedule of their deliveries says.

What is sent again keeps its id and its count of attempts: an attempt by hand takes the place of the next one,
and where the schedule is used up, one is made beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.pipeline.delivery.delivery_job import JOB_TIME, DeliveryJob
from chalicelib.ports.delivery import Deliveries
from chalicelib.ports.operations import Clock, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """First `again` or `first`, then `send`. After a crash in between the row is due, and the sweep sends its
    job. All raise Unavailable."""

    deliveries: Deliveries
    queue: Queue
    now: Clock

    def again(self, before: Delivery) -> Delivery | None:
        """Have a delivery be pending and due. None where somebody else has changed it meanwhile."""
        now = self.now()
        after = replace(before, status="pending", reason=None, due_at=now + JOB_TIME, updated_at=now)
        return after if self.deliveries.change(before, after) else None

    def first(self, subscription: Subscription, event: StoredEvent) -> Delivery | None:
        """Have an event be delivered that was not before. None where it was."""
        now = self.now()
        made = Delivery(
            subscription=subscription.id,
            position=event.position,
            owner=event.owner,
            event_source=event.source,
            event_id=event.id,
            type=event.type,
            connections=event.connections,
            due_at=now + JOB_TIME,
            created_at=now,
            updated_at=now,
        )
        return made if self.deliveries.put(made) == made else None

    def send(self, pending: Iterable[Delivery]) -> int:
        """Send the jobs of what is pending. Returns how many."""
        messages = [DeliveryJob(one.subscription, one.position, one.attempt).message() for one in pending]
        if messages:
            self.queue.send(messages)
        return len(messages)
