"""Fan out: an event of the bus becomes a row of the log, an item in each inbox that wants it, and for each
subscription a delivery, which a job then attempts.

    event ─> log ─> inboxes ─> deliveries (pending, due in a minute) ─> jobs
                                                     └─ held, while the subscription is paused or disabled

Every write is conditional: the same event once more, from a repeat or from the bus's archive, finds its rows
and makes no second delivery. Where this ends before the jobs are sent, the sweep finds the rows due.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import TypeVar

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.endpoint_event import is_about
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Inbox, Subscription
from chalicelib.errors import Unreadable
from chalicelib.pipeline.delivery.delivery_job import JOB_TIME, DeliveryJob
from chalicelib.pipeline.delivery.hold import Hold
from chalicelib.pipeline.delivery.later import delayed
from chalicelib.pipeline.delivery.side_by_side import SideBySide
from chalicelib.ports.delivery import Deliveries, EventLog, InboxItems, Subscriptions
from chalicelib.ports.operations import Clock, Queue

SKEW = timedelta(seconds=10)
"""By which clocks may differ: what came so shortly before a subscription was made is told to it too."""

Identity = tuple[str, str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """The use-case; call it with events of the bus. Returns for each, in order, None once all of it stands,
    else the error: Unreadable where the event itself is nowhere, Unavailable."""

    log: EventLog
    subscriptions: Subscriptions
    inbox_items: InboxItems
    deliveries: Deliveries
    queue: Queue
    hold: Hold
    side_by_side: SideBySide
    schedule: Sequence[int]
    now: Clock

    def __call__(self, events: Sequence[CloudEvent]) -> Sequence[Exception | None]:
        failures: dict[Identity, Exception] = {}
        try:
            stored = self._stored(events, failures)
            told = [event for event in stored.values() if event.body is not None]  # else it was forgotten
            inboxes, subscriptions = self.subscriptions.inboxes(), self.subscriptions.all()
            self._into_inboxes(told, inboxes, failures)
            self._send(self._rows(told, subscriptions, failures))
        except Exception as error:
            return [failures.get(event.identity, error) for event in events]
        return [failures.get(event.identity) for event in events]

    def _stored(
        self, events: Sequence[CloudEvent], failures: dict[Identity, Exception]
    ) -> Mapping[Identity, StoredEvent]:
        """The rows of the log, made where there are none: of what we tell nobody made one before."""
        stored = dict(self.log.found([event.identity for event in events]))
        missing = {event.identity: event for event in events if event.identity not in stored}
        kept = self.side_by_side(self._keep, missing.values())
        return stored | dict(_done(zip(missing, kept, strict=True), failures))

    def _keep(self, event: CloudEvent) -> StoredEvent:
        if "dataref" in event.more:
            raise Unreadable("an event that was too long for the bus is not in the log, where its data lay")
        return self.log.put(StoredEvent.of(event, self.now()))

    def _into_inboxes(
        self, events: Sequence[StoredEvent], inboxes: Sequence[Inbox], failures: dict[Identity, Exception]
    ) -> None:
        wanted = [(event, inbox) for event, inbox in product(events, inboxes) if inbox.includes(event)]
        put = self.side_by_side(lambda pair: self.inbox_items.put(pair[1].owner, pair[0]), wanted)
        for (event, _), error in zip(wanted, put, strict=True):
            if error is not None:
                failures[event.identity] = error

    def _rows(
        self,
        events: Sequence[StoredEvent],
        subscriptions: Sequence[Subscription],
        failures: dict[Identity, Exception],
    ) -> Sequence[Delivery]:
        wanted = [pair for pair in product(events, subscriptions) if self._is_told(*pair)]
        put = self.side_by_side(lambda pair: self._deliver(*pair), wanted)
        identities = [event.identity for event, _ in wanted]
        return [row for _, row in _done(zip(identities, put, strict=True), failures)]

    def _is_told(self, event: StoredEvent, subscription: Subscription) -> bool:
        return (
            subscription.in_force(self.now())
            and event.received_at >= subscription.created_at - SKEW
            and not is_about(event, subscription.id)
            and subscription.includes(event)
        )

    def _deliver(self, event: StoredEvent, subscription: Subscription) -> Delivery:
        now, active = self.now(), subscription.status == "active"
        wanted = Delivery(
            subscription=subscription.id,
            position=event.position,
            owner=event.owner,
            event_source=event.source,
            event_id=event.id,
            type=event.type,
            connections=event.connections,
            status="pending" if active else "held",
            reason=None if active else subscription.reason,
            due_at=now + self._first + JOB_TIME if active else None,
            created_at=now,
            updated_at=now,
        )
        kept = self.deliveries.put(wanted)
        return self.hold(kept) if kept.status == "held" and kept == wanted else kept

    def _send(self, rows: Sequence[Delivery]) -> None:
        """Send the jobs of what was not attempted yet; one that was sent before is dropped."""
        jobs = [
            delayed(DeliveryJob(row.subscription, row.position, 0), self._first)
            for row in rows
            if row.status == "pending" and row.attempt == 0
        ]
        self.queue.send([job for job in jobs if job is not None])

    @property
    def _first(self) -> timedelta:
        """The wait before the first attempt."""
        return timedelta(seconds=self.schedule[0])


def _done(
    answers: Iterable[tuple[Identity, T | Exception]], failures: dict[Identity, Exception]
) -> Iterable[tuple[Identity, T]]:
    """Those that are no errors; the errors go among the failures."""
    for identity, answer in answers:
        if isinstance(answer, Exception):
            failures[identity] = answer
        else:
            yield identity, answer
