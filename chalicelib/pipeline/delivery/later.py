"""Later: what can't be attempted now has its row moved, or ended. No attempt is spent on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.schedule import moved
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.hold import End, Hold
from chalicelib.ports.delivery import Deliveries
from chalicelib.ports.operations import Clock, Message

DELAY_MOST = 900
"""Seconds that SQS delays a message at most. For what waits longer the sweep sends a job.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html"""
SWEPT = timedelta(minutes=1)
"""From which on what was moved needs no job of its own: the sweep, each minute, is near enough."""

LEFT_ALONE = "its endpoint takes nothing at present, and is left alone until it is tried next"
"""Why what was never tried has not arrived."""

Jitter = Callable[[], float]
"""Gives a random number from 0 up to, but not, 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """The use-case."""

    deliveries: Deliveries
    hold: Hold
    now: Clock
    jitter: Jitter

    def move(self, job: DeliveryJob, until: datetime, *, in_time: bool = False) -> Message | None:
        """Have it come again then, or a little later. in_time: whether its endpoint is well, so that it need
        wait no longer than until then; else that is left alone, which is why one that was never tried is
        undelivered, and waits the longer the longer it has waited already. Returns the job to send where the
        sweep would be too slow."""
        row, now = self._waiting(job), self.now()
        if row is None:
            return None
        at = moved(now if in_time else row.updated_at, now, until, self.jitter())
        why = row.reason if in_time or row.attempt else LEFT_ALONE
        if not self.deliveries.change(row, replace(row, due_at=at, reason=why)):
            return None  # another has it
        return delayed(job, at - now) if in_time or at - now < SWEPT else None

    def end(self, job: DeliveryJob, end: End) -> None:
        """Have it stand as failed or held, where it is still pending."""
        row = self._waiting(job)
        if row is None:
            return
        status, reason = end
        after = replace(row, status=status, reason=reason, due_at=None, updated_at=self.now())
        if self.deliveries.change(row, after) and status == "held":
            self.hold(after)

    def _waiting(self, job: DeliveryJob) -> Delivery | None:
        """The row of a job that waits for the attempt which the job says; else another has it."""
        row = self.deliveries.find(job.subscription, job.position)
        return row if row and (row.status, row.attempt) == ("pending", job.attempt) else None


def delayed(job: DeliveryJob, wait: timedelta) -> Message | None:
    """The job to send for a delivery that is due after that time; None where the sweep has to send it."""
    seconds = max(0, math.ceil(wait.total_seconds()))
    return job.message(seconds) if seconds <= DELAY_MOST else None
