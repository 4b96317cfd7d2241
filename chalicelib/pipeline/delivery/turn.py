"""A turn: the jobs of one endpoint, one after the other, under one lease.

    lease ─> attempt, attempt, … ─> what they say of the endpoint is written, and the lease given back

A job that finds no lease, an open breaker, a pause, a full minute or too little time is moved: its row is due
later, and no attempt is spent on it. Nobody ever waits for an endpoint that somebody else is waiting for.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.delivery.endpoint import Endpoint, Refusal, refusal
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.errors import TriggerIQError, is_outage, loggable
from chalicelib.pipeline.delivery.attempt import SECONDS, AttemptDelivery, Read
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.follow_endpoint import Attempted, FollowEndpoint, folded
from chalicelib.pipeline.delivery.hold import End, end_of
from chalicelib.pipeline.delivery.later import SWEPT, Later, delayed
from chalicelib.ports.operations import Clock, Message, TimeLeft

log = logging.getLogger(__name__)

ATTEMPT_SECONDS = SECONDS + 5
"""Of an invocation's time that must be left for an attempt, with its writes and the end of the turn."""
HANDED_ON = timedelta(seconds=1)
"""When those come again for which there was no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeTurn:
    """The use-case; call it with the jobs of one subscription, which is None where it is gone; a function
    that reads events, and one that gives the time left."""

    attempt: AttemptDelivery
    follow: FollowEndpoint
    later: Later
    now: Clock

    def __call__(
        self, jobs: Sequence[DeliveryJob], subscription: Subscription | None, read: Read, left: TimeLeft
    ) -> Turn:
        turn = Turn(self, read, left)
        try:
            turn.take(jobs, subscription)
        except Exception as error:
            turn.done |= {job: error for job in jobs if job not in turn.done}
        return turn


class Turn:
    """What became of the jobs of one endpoint."""

    def __init__(self, by: TakeTurn, read: Read, left: TimeLeft) -> None:
        self._by, self._read, self._left = by, read, left
        self._attempts: list[Attempted] = []
        self.done: dict[DeliveryJob, Exception | None] = {}
        """Each job, with its error where it failed."""
        self.messages: list[Message] = []
        """Jobs to send."""

    def take(self, jobs: Sequence[DeliveryJob], subscription: Subscription | None) -> None:
        end = end_of(subscription, self._by.now())
        if subscription is not None and end is None:
            holder = secrets.token_hex(8)
            leased = self._by.follow.begin(subscription, holder)
            if isinstance(leased, Refusal):
                return self._move(jobs, leased)
            try:
                end = self._under_lease(jobs, subscription, leased, holder)
            finally:
                self._give_back(subscription, leased, holder)
        return self._end([job for job in jobs if job not in self.done], end)

    def _give_back(self, subscription: Subscription, leased: Endpoint, holder: str) -> None:
        try:
            self._by.follow.end(subscription, leased, self._attempts, holder)
        except TriggerIQError as error:  # what was sent was sent; the lease ends by itself
            log.warning("what attempts say of an endpoint is lost", extra={"error": loggable(error)})

    def _under_lease(
        self, jobs: Sequence[DeliveryJob], subscription: Subscription, endpoint: Endpoint, holder: str
    ) -> End | None:
        """Returns what becomes of the jobs that are left, where nothing more is sent to it."""
        for place, job in enumerate(jobs):
            refused = self._refused(endpoint, subscription)
            if refused is not None:
                self._move(jobs[place:], refused)
                return None
            try:
                attempted = self._by.attempt(job, holder, subscription, self._read)
            except Exception as error:
                self.done[job] = error
                if is_outage(error):
                    raise
                continue
            self.done[job] = None
            if attempted is None:
                continue
            self._attempts.append(attempted)
            self._send(job, attempted)
            endpoint, _, stop = folded(endpoint, attempted)
            if stop is not None:
                return "held", stop[1]
        return None

    def _refused(self, endpoint: Endpoint, subscription: Subscription) -> Refusal | None:
        """Why nothing more is sent to it in this turn; None: it is."""
        now = self._by.now()
        if self._left() < ATTEMPT_SECONDS:
            return Refusal(now + HANDED_ON, "busy")
        return refusal(endpoint, now, subscription.rate)

    def _send(self, job: DeliveryJob, attempted: Attempted) -> None:
        row = attempted.after
        if row.due_at is None:
            return
        message = delayed(job._replace(attempt=row.attempt), row.due_at - attempted.at)
        if message is not None:
            self.messages.append(message)

    def _move(self, jobs: Sequence[DeliveryJob], refused: Refusal) -> None:
        # What fails is probed when the sweep comes; who is well, or asked for seconds, is not left to that
        pause = refused.until - self._by.now()
        well = refused.why in ("busy", "rate") or (refused.why == "paused" and pause < SWEPT)
        for job in jobs:
            message = self._by.later.move(job, refused.until, in_time=well)
            if message is not None:
                self.messages.append(message)
            self.done[job] = None

    def _end(self, jobs: Sequence[DeliveryJob], end: End | None) -> None:
        for job in jobs:
            if end is not None:
                self._by.later.end(job, end)
            self.done[job] = None
