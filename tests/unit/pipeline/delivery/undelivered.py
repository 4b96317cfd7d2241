"""A subscription with what became of its events, over stores in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.delivery.delivery import Attempt, Delivery
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Subscription, Wanted, subscription_id
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob, job_of
from chalicelib.pipeline.delivery.find_undelivered import FindUndelivered
from chalicelib.pipeline.delivery.follow_deliveries import FollowDeliveries
from chalicelib.pipeline.delivery.recover import Recover
from chalicelib.pipeline.delivery.resend import Resend
from tests.in_memory_delivery import (
    InMemoryDeliveries,
    InMemoryEndpoints,
    InMemoryEventLog,
    InMemorySubscriptions,
)
from tests.unit.pipeline.fakes import NOW, FakeClock, FakeQueue

MINUTE = timedelta(minutes=1)


class Undelivered:
    """What the use-cases work on."""

    def __init__(self, deliveries: type[InMemoryDeliveries] = InMemoryDeliveries) -> None:
        self.clock, self.queue = FakeClock(), FakeQueue()
        self.log, self.deliveries = InMemoryEventLog(), deliveries(self.clock)
        self.subscriptions, self.endpoints = InMemorySubscriptions(), InMemoryEndpoints()
        self.resend = Resend(deliveries=self.deliveries, queue=self.queue, now=self.clock)
        self.follow = FollowDeliveries(
            subscriptions=self.subscriptions,
            deliveries=self.deliveries,
            log=self.log,
            resend=self.resend,
            now=self.clock,
        )
        self.recover = Recover(
            subscriptions=self.subscriptions,
            endpoints=self.endpoints,
            find=FindUndelivered(deliveries=self.deliveries, log=self.log),
            resend=self.resend,
            now=self.clock,
        )

    def subscription(self, name: str = "desk", owner: str = "acme", **fields: Any) -> Subscription:
        made = Subscription(
            id=subscription_id(owner, name),
            name=name,
            owner=owner,
            url="https://hook.example.com/in",
            **{"wanted": Wanted(types=("*",)), "created_at": NOW, "updated_at": NOW, **fields},
        )
        return self.subscriptions.put(made)

    def change(self, subscription: Subscription, **fields: Any) -> Subscription:
        stored = self.subscriptions.find(subscription.id)
        assert stored
        return self.subscriptions.put(replace(stored, **fields))

    def event(self, id: str, at: datetime = NOW - MINUTE, **fields: Any) -> StoredEvent:
        """One that came at that time, of which no subscription was told."""
        event = CloudEvent(
            id=id,
            time=at,
            **{"type": "ticket.created", "data": {"id": id}, "connections": ("csv/c",), **fields},
        )
        return self.log.put(StoredEvent.of(event, at))

    def delivery(
        self,
        subscription: Subscription,
        event: StoredEvent,
        status: Any = "failed",
        attempt: int = 1,
        **fields: Any,
    ) -> Delivery:
        """Of its attempts each was answered 500; the last with 200 where it was delivered."""
        made = Delivery(
            subscription=subscription.id,
            position=event.position,
            owner=event.owner,
            event_source=event.source,
            event_id=event.id,
            type=event.type,
            connections=event.connections,
            status=status,
            attempt=attempt,
            **{"created_at": event.received_at, "updated_at": event.received_at, **fields},
        )
        for number in range(1, attempt + 1):
            arrived = status == "delivered" and number == attempt
            self.deliveries.record(
                made,
                Attempt(
                    number=number,
                    at=event.received_at + number * MINUTE,
                    url="https://hook.example.com/in",
                    status=200 if arrived else 500,
                    ms=7,
                    error=None if arrived else f"attempt {number} was answered 500",
                ),
            )
        return self.deliveries.put(made)

    def stands(self, delivery: Delivery) -> Delivery:
        found = self.deliveries.find(delivery.subscription, delivery.position)
        assert found
        return found

    @property
    def jobs(self) -> Sequence[DeliveryJob]:
        """Those on the queue."""
        return [job_of(json.loads(message.body)) for message in self.queue.sent]
