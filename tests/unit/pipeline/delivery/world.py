"""Delivery in memory: the use-cases over the twins of what is kept, a queue that delays, a bus, receivers and
a clock that stands until somebody moves it. So hours pass at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.subscription import Confidential, Subscription, Wanted, subscription_id
from chalicelib.domain.intake.connection import Secret
from chalicelib.domain.operations.record import Record
from chalicelib.errors import Unavailable
from chalicelib.handlers.sqs import delivered
from chalicelib.pipeline.consume import Attempt
from chalicelib.pipeline.delivery.attempt import AttemptDelivery
from chalicelib.pipeline.delivery.deliver import Deliver
from chalicelib.pipeline.delivery.deliver_due import DeliverDue
from chalicelib.pipeline.delivery.fan_out import FanOut
from chalicelib.pipeline.delivery.follow_endpoint import FollowEndpoint
from chalicelib.pipeline.delivery.hold import Hold
from chalicelib.pipeline.delivery.later import Later
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.pipeline.delivery.side_by_side import SideBySide
from chalicelib.pipeline.delivery.turn import TakeTurn
from chalicelib.ports.operations import Message
from chalicelib.ports.web import NoAnswer, WebAnswer
from tests.in_memory_delivery import (
    InMemoryDeliveries,
    InMemoryEndpoints,
    InMemoryEventLog,
    InMemoryInboxItems,
    InMemorySubscriptions,
)
from tests.unit.pipeline.fakes import NOW, FakeBus, FakeClock, FakeMetrics

SCHEDULE = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
MINUTE = timedelta(minutes=1)
SECRET = "whsec_c2VjcmV0LW9mLXRoZS1yZWNlaXZlcg=="
OK = WebAnswer(200, {}, b"thanks")

Answer = WebAnswer | NoAnswer


class Crash(BaseException):
    """The process is gone: nothing of it runs on."""


@dataclass
class Asked:
    """One request, as its receiver saw it."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receivers:
    """What each address answers, and how long it takes; a test sets both by URL."""

    clock: FakeClock
    answers: dict[str, Callable[[], Answer] | Answer] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        seconds: float,
        limit: int,
    ) -> WebAnswer:
        assert method == "POST"
        self.asked.append(Asked(self.clock(), url, headers, body or b""))
        self.clock.at += timedelta(seconds=self.seconds.get(url, 0.02))
        answer = self.answers.get(url, OK)
        answer = answer() if callable(answer) else answer
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    def at(self, url: str) -> list[Asked]:
        return [one for one in self.asked if one.url == url]


class DelayingQueue:
    """The queue `delivery`. down: how many of the next sends fail."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.messages: list[tuple[datetime, Message]] = []
        self.down = 0

    def send(self, messages: Sequence[Message]) -> None:
        if self.down and messages:
            self.down -= 1
            raise Unavailable("sqs", "down")
        assert all(0 <= one.delay_seconds <= 900 for one in messages)
        self.messages += [(self.clock() + timedelta(seconds=one.delay_seconds), one) for one in messages]

    def take(self, most: int = 10) -> list[Record]:
        """The next batch of those that may be received now."""
        ready = sorted((one for one in self.messages if one[0] <= self.clock()), key=lambda one: one[0])[
            :most
        ]
        for one in ready:
            self.messages.remove(one)
        return [
            Record(id=f"m{number}", body=message.body, sent_at=at, attributes=message.attributes)
            for number, (at, message) in enumerate(ready)
        ]

    @property
    def next_at(self) -> datetime | None:
        return min((at for at, _ in self.messages), default=None)


class World:
    """Everything. jitter: as the use-cases get it, 0.5 spreads nothing."""

    def __init__(self, schedule: Sequence[int] = SCHEDULE, jitter: Callable[[], float] = lambda: 0.5) -> None:
        self.clock = clock = FakeClock()
        self.log = InMemoryEventLog()
        self.subscriptions = InMemorySubscriptions()
        self.inbox_items = InMemoryInboxItems(clock)
        self.deliveries = InMemoryDeliveries(clock)
        self.endpoints = InMemoryEndpoints()
        self.queue = DelayingQueue(clock)
        self.bus = FakeBus()
        self.metrics = FakeMetrics()
        self.receivers = Receivers(clock)
        one_by_one = SideBySide(1)
        follow = FollowEndpoint(
            endpoints=self.endpoints,
            subscriptions=self.subscriptions,
            log=self.log,
            bus=self.bus,
            now=clock,
        )
        hold = Hold(
            subscriptions=self.subscriptions,
            resend=Resend(deliveries=self.deliveries, queue=self.queue, now=clock),
            metrics=self.metrics,
            now=clock,
        )
        later = Later(deliveries=self.deliveries, hold=hold, now=clock, jitter=jitter)
        self.deliver = Deliver(
            fan_out=FanOut(
                log=self.log,
                subscriptions=self.subscriptions,
                inbox_items=self.inbox_items,
                deliveries=self.deliveries,
                queue=self.queue,
                hold=hold,
                side_by_side=one_by_one,
                schedule=schedule,
                now=clock,
            ),
            take_turn=TakeTurn(
                attempt=AttemptDelivery(
                    subscriptions=self.subscriptions,
                    deliveries=self.deliveries,
                    web=self.receivers,
                    metrics=self.metrics,
                    schedule=schedule,
                    public_url="https://api.example.com",
                    now=clock,
                    jitter=jitter,
                ),
                follow=follow,
                later=later,
                now=clock,
            ),
            log=self.log,
            subscriptions=self.subscriptions,
            queue=self.queue,
            side_by_side=one_by_one,
        )
        self.deliver_due = DeliverDue(
            deliveries=self.deliveries,
            endpoints=self.endpoints,
            subscriptions=self.subscriptions,
            follow=follow,
            later=later,
            queue=self.queue,
            metrics=self.metrics,
            side_by_side=one_by_one,
            schedule=schedule,
            now=clock,
            jitter=jitter,
        )
        self.failed: list[tuple[Record, Exception]] = []
        self._told = 0

    def subscribe(
        self, name: str = "one", headers: Mapping[str, str] | None = None, **more: Any
    ) -> Subscription:
        at = self.clock()
        return self.subscriptions.put(
            Subscription(
                **{
                    "id": subscription_id("acme", name),
                    "name": name,
                    "owner": "acme",
                    "url": f"https://{name}.example.com/in",
                    "wanted": Wanted(),
                    "created_at": at,
                    "updated_at": at,
                    **more,
                }
            ),
            Confidential(secrets=(Secret(SECRET),), headers=headers or {}),
        )

    def tell(self, *events: CloudEvent) -> None:
        """Put events on the bus, whose rule puts them on the queue."""
        self.queue.send([Message(on_the_bus(event)) for event in events])

    @contextmanager
    def time_left(self, seconds: float = 60) -> Iterator[Callable[[], float]]:
        began = self.clock()
        yield lambda: seconds - (self.clock() - began).total_seconds()

    def deliver_once(self, seconds: float = 60) -> list[Attempt]:
        """One invocation, with whatever the queue has now."""
        with self.time_left(seconds) as left:
            done = list(self.deliver(self.queue.take(), left, delivered))
        self.failed += [(record, error) for record, error in done if error is not None]
        for event in self.bus.events[self._told :]:
            self.tell(event)
        self._told = len(self.bus.events)
        return done

    def sweep(self) -> int:
        with self.time_left() as left:
            return self.deliver_due(left)

    def run_until(self, end: datetime) -> None:
        """Let time pass: messages are taken once they may be, and what is due is swept each minute."""
        next_sweep = self.clock() + MINUTE
        while self.clock() < end:
            while self.queue.next_at is not None and self.queue.next_at <= self.clock():
                self.deliver_once()
            if self.clock() >= next_sweep:
                self.sweep()
                next_sweep = self.clock() + MINUTE
                continue
            self.clock.at = max(self.clock(), min(next_sweep, end, self.queue.next_at or end))

    def rows(self, status: str | None = None) -> list[Delivery]:
        return [row for row in self.deliveries.rows.values() if status in (None, row.status)]


def event(number: int = 1, **more: Any) -> CloudEvent:
    """One that we tell."""
    return CloudEvent(
        **{
            "id": f"e{number}",
            "type": "ticket.created",
            "subject": f"t{number}",
            "time": NOW,
            "data": {"id": f"t{number}", "category": {"label": "question"}},
            "connections": ("zendesk/acme",),
            **more,
        }
    )


def on_the_bus(event: CloudEvent, **more: Any) -> str:
    """The message that the bus's rule makes of an event."""
    return json.dumps(
        {
            "version": "0",
            "id": "b",
            "source": event.bus_source,
            "detail-type": event.type,
            "resources": event.bus_resources,
            "detail": json.loads(event.body),
            **more,
        }
    )
