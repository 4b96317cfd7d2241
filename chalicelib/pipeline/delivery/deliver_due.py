"""Deliver what is due: each minute, whatever no job brings to its endpoint.

    pending, due             a job is sent, and the row is looked at again in five minutes
    sending, due             its function ended in the middle: the attempt is cut off, and the next one is due
    its breaker is open      the row is moved to when it is probed
    no subscription          the row ends as failed, or is held while that is paused or disabled

So a wait of hours needs no timer, and a crash anywhere leaves a row that is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.delivery.address import shown
from chalicelib.domain.delivery.delivery import Attempt
from chalicelib.domain.delivery.endpoint import Endpoint, waits_until
from chalicelib.domain.delivery.outcome import CUT_OFF, next_step
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.errors import is_outage
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.follow_endpoint import Attempted, FollowEndpoint
from chalicelib.pipeline.delivery.hold import end_of
from chalicelib.pipeline.delivery.later import Jitter, Later, delayed
from chalicelib.pipeline.delivery.side_by_side import SideBySide
from chalicelib.ports.delivery import (
    Deliveries,
    DeliveryGauge,
    DeliveryMetrics,
    DueDelivery,
    Endpoints,
    Subscriptions,
)
from chalicelib.ports.operations import Clock, Message, Queue, TimeLeft

AT_ONCE = 1_000
"""Rows that are looked at together."""
GRACE = timedelta(seconds=10)
"""For how long what is due is left to the job that was sent for it."""
AGAIN = timedelta(minutes=5)
"""When a row is looked at again for which a job is sent now."""
PROBE = timedelta(minutes=1)
"""How long the rest of an endpoint waits while one attempt probes it."""
LEAST_SECONDS = 15.0
"""Of an invocation's time that must be left for more rows."""
FULL_LOOK = 5
"""In minutes divisible by this, and when a process begins, every endpoint is looked at, to tell how many
fail. In those between the same is told, since an alarm wants to hear something each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverDue:
    """The use-case; call it with a function that gives the time left. Returns how many rows it dealt with.
    Raises Unavailable; the next run goes on."""

    deliveries: Deliveries
    endpoints: Endpoints
    subscriptions: Subscriptions
    follow: FollowEndpoint
    later: Later
    queue: Queue
    metrics: DeliveryMetrics
    side_by_side: SideBySide
    schedule: Sequence[int]
    now: Clock
    jitter: Jitter
    _levels: dict[DeliveryGauge, float] = field(default_factory=dict)
    """What was told last of all endpoints."""

    def __call__(self, left: TimeLeft) -> int:
        began = self.now()
        known = {one.id: one for one in self.subscriptions.all()}
        self._look(known, began)
        seen: set[tuple[str, str]] = set()
        failures: list[Exception] = []
        while True:
            due = self.deliveries.due(began - GRACE, AT_ONCE)
            if not seen:
                waits = began - min((one.due_at for one in due), default=began)
                self.metrics.gauge("delivery_lag", waits.total_seconds())
            # The index is a moment behind: it may give again what was moved just now
            fresh = [one for one in due if one[:2] not in seen]
            seen.update(one[:2] for one in fresh)
            failures += self._deal_with(fresh, known)
            outage = any(map(is_outage, failures))
            if not fresh or len(due) < AT_ONCE or left() < LEAST_SECONDS or outage:
                break
        for first in failures:
            raise first
        return len(seen)

    def _deal_with(
        self, due: Sequence[DueDelivery], known: Mapping[str, Subscription]
    ) -> Sequence[Exception]:
        """Returns what went wrong; it keeps nobody else's rows from their turn."""
        by_endpoint: dict[str, list[DueDelivery]] = {}
        for one in due:
            by_endpoint.setdefault(one.subscription, []).append(one)
        found = self.side_by_side(self.endpoints.find, by_endpoint)
        steps: list[Callable[[], Message | None]] = []
        for (id, mine), endpoint in zip(by_endpoint.items(), found, strict=True):
            if isinstance(endpoint, Endpoint):
                steps += self._steps(mine, known.get(id), endpoint)
        messages = self.side_by_side(lambda step: step(), steps)
        self.queue.send([one for one in messages if isinstance(one, Message)])
        return [one for one in (*found, *messages) if isinstance(one, Exception)]

    def _steps(
        self, due: Sequence[DueDelivery], subscription: Subscription | None, endpoint: Endpoint
    ) -> Iterator[Callable[[], Message | None]]:
        """What to do about each row of one endpoint."""
        now = self.now()
        end = end_of(subscription, now)
        waits = waits_until(endpoint, now)
        probed = endpoint.opened > 0
        sent = 0
        for one in due:
            job = DeliveryJob(one.subscription, one.position, one.attempt)
            if one.status == "sending":
                yield partial(self._cut_off, one, subscription)
            elif end is not None:
                yield partial(self.later.end, job, end)
            elif waits is not None:
                yield partial(self.later.move, job, waits)
            elif probed and sent:
                yield partial(self.later.move, job, now + PROBE)
            else:
                sent += 1
                yield partial(self._send, job, now + AGAIN)

    def _send(self, job: DeliveryJob, again: datetime) -> Message | None:
        moved = self.deliveries.move(job.subscription, job.position, job.attempt, again)
        return job.message() if moved else None

    def _cut_off(self, due: DueDelivery, subscription: Subscription | None) -> Message | None:
        """End an attempt whose outcome nobody has written: it may have arrived, or not."""
        row = self.deliveries.find(due.subscription, due.position)
        if row is None or (row.status, row.attempt, row.due_at) != due[2:]:
            return None  # its outcome was written since
        now = self.now()
        self.deliveries.record(
            row,
            Attempt(
                number=row.attempt,
                at=row.updated_at,
                url=shown(subscription.url, subscription.format) if subscription else "",
                error=CUT_OFF.error,
            ),
        )
        after = next_step(row, CUT_OFF, self.schedule, now, self.jitter())
        if not self.deliveries.change(row, after):
            return None
        self.metrics.count_delivery("delivery_failed", row.subscription)
        if subscription is not None and after.status == "failed":
            endpoint = self.endpoints.find(row.subscription)
            self.follow.end(subscription, endpoint, [Attempted(CUT_OFF, after, now)])
        job = DeliveryJob(row.subscription, row.position, row.attempt)
        return delayed(job, after.due_at - now) if after.due_at else None

    def _look(self, known: Mapping[str, Subscription], now: datetime) -> None:
        """Tell how many endpoints fail, and how many subscriptions are disabled."""
        if now.minute % FULL_LOOK == 0 or not self._levels:
            active = [one.id for one in known.values() if one.status == "active"]
            found = self.side_by_side(self.endpoints.find, active)
            failing = [one for one in found if isinstance(one, Endpoint) and one.failing_since is not None]
            self._levels["endpoints_failing"] = len(failing)
        self._levels["endpoints_disabled"] = sum(one.status == "disabled" for one in known.values())
        for gauge, level in self._levels.items():
            self.metrics.gauge(gauge, level)
