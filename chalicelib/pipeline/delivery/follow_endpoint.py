"""Follow an endpoint: who sends to it, what its attempts say of it, and what its owner is told of that.

Its state is one row, written only where nobody else wrote it in between; whoever finds that somebody did
reads it anew, and takes the same steps again. News go out on the bus like any event, to whoever else its
owner has subscribed. They lie in the log with the mark of what waits for the bus: one that is down only
delays them.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.endpoint import (
    LEASE,
    Endpoint,
    News,
    Refusal,
    after,
    begin,
    counted,
    exhausted,
    let_go,
    stop_of,
)
from chalicelib.domain.delivery.endpoint_event import event_of
from chalicelib.domain.delivery.outcome import Outcome
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Status, Subscription
from chalicelib.errors import Conflict, Unavailable, loggable
from chalicelib.ports.bus import Bus
from chalicelib.ports.delivery import Endpoints, EventLog, Subscriptions
from chalicelib.ports.operations import Clock

log = logging.getLogger(__name__)

_TRIES = 10
"""To write what others write at the same time."""
_LEFT_MOST = 1_000
"""Endpoints that are remembered as they were left."""
_CROWDED = timedelta(seconds=2)
"""When to come back to an endpoint whose row others wrote each time."""

Stop = tuple[Status, str]
"""What becomes of a subscription that is sent nothing more: its status, and the reason."""


class Attempted(NamedTuple):
    """What an attempt came to."""

    outcome: Outcome
    after: Delivery
    at: datetime
    """When its outcome was known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowEndpoint:
    """The use-case."""

    endpoints: Endpoints
    subscriptions: Subscriptions
    log: EventLog
    bus: Bus
    now: Clock
    _left: dict[str, Endpoint] = field(default_factory=dict)
    """By subscription, the endpoint as this process left it. Where nobody else wrote it since, it need not be
    read."""

    def begin(self, subscription: Subscription, holder: str) -> Endpoint | Refusal:
        """Take a lease of its endpoint."""
        known = self._left.pop(subscription.id, None)
        for _ in range(_TRIES):
            now = self.now()
            stands = known or self.endpoints.find(subscription.id)
            begun = begin(stands, holder, now, now + LEASE, subscription.rate)
            if isinstance(begun, Endpoint):
                saved = self.endpoints.save(begun)
                if saved is not None:
                    return saved
            elif known is None:
                return begun
            known = None
        return Refusal(self.now() + _CROWDED, "busy")

    def end(
        self, subscription: Subscription, endpoint: Endpoint, attempts: Sequence[Attempted], holder: str = ""
    ) -> None:
        """Give the lease back, with what the attempts under it say. endpoint: as it was last written."""
        told: set[tuple[str, str]] = set()
        for _ in range(_TRIES):
            for attempted in attempts:
                endpoint, news, stop = folded(endpoint, attempted)
                for one in news:
                    if (one.type, one.key) not in told:
                        self._tell(subscription, one)
                        told.add((one.type, one.key))
                if stop is not None:
                    self._stop(subscription, *stop)
            saved = self.endpoints.save(let_go(endpoint, holder))
            if saved is not None:
                if len(self._left) >= _LEFT_MOST:
                    self._left.clear()
                self._left[subscription.id] = saved
                return
            endpoint = self.endpoints.find(subscription.id)
        log.warning("an endpoint's row is written by others each time; its lease ends by itself")

    def _tell(self, subscription: Subscription, news: News) -> None:
        now = self.now()
        event = event_of(news, subscription, now)
        stored = self.log.put(StoredEvent.of(event, now, untold=True))
        if stored.untold_since is None:
            return  # it was told before
        try:
            (refused,) = self.bus.publish([event])
        except Unavailable as error:
            refused = loggable(error)
        if refused is None:
            self.log.told(stored)
        else:
            log.warning("the bus did not take an event; it is sent later", extra={"error": refused})

    def _stop(self, subscription: Subscription, status: Status, reason: str) -> None:
        """Have nothing more sent to it, unless somebody stopped it or gave it another address since."""
        for _ in range(_TRIES):
            stands = self.subscriptions.find(subscription.id)
            if stands is None or stands.status != "active" or stands.url != subscription.url:
                return
            try:
                self.subscriptions.put(replace(stands, status=status, reason=reason, updated_at=self.now()))
            except Conflict:
                continue
            return


def folded(endpoint: Endpoint, attempted: Attempted) -> tuple[Endpoint, Sequence[News], Stop | None]:
    """The endpoint after an attempt, what is to be told of it, and whether it is sent to any more."""
    outcome, row, at = attempted
    endpoint, news = after(counted(endpoint, at), outcome, at, row.position)
    stop = stop_of(outcome, news)
    if row.status == "failed" and outcome.kind != "forgotten":
        endpoint, more = exhausted(endpoint, at, row.position, row.reason or "")
        news = (*news, *more)
    return endpoint, news, stop
