"""Recover, a kind of job: what a subscription did not get since a time is sent to it.

That is what failed for good, what is held, and what was never tried. It goes from the oldest to the newest,
and no faster than an endpoint may be thought to take it. What fails again meanwhile, it does not send twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.endpoint import waits_until
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.domain.operations.job import JobKind, Step
from chalicelib.errors import Invalid, NotFound
from chalicelib.pipeline.delivery.find_undelivered import FindUndelivered, Search, Stretch, Undelivered
from chalicelib.pipeline.delivery.follow_deliveries import require_open
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.ports.delivery import Endpoints, Subscriptions
from chalicelib.ports.operations import Clock

RECOVERABLE = timedelta(days=14)
"""How far back it goes."""
SLACK = timedelta(hours=1)
"""So much earlier a time may be, for it was thought out before it came here."""
AT_ONCE = 200
"""Deliveries that are sent between two rests."""
A_SECOND = 20.0
"""Deliveries a second. The leases of an endpoint let no more through than it takes; but what exceeds them is
moved, and each move costs a write."""
REST_MOST = 900
"""Seconds: SQS delays a message no longer."""
COUNTED = 10_000
"""Deliveries and events that are looked at for a count which somebody waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverArguments:
    """What is to be recovered. A time without a zone is UTC."""

    subscription: str
    """Its id."""
    since: datetime
    """Only events that came at this time or later."""
    until: datetime | None = None
    """Only events that came before this time. None: before the job began."""
    types: tuple[str, ...] = ()
    """Patterns, as in subscriptions; none: all that it wants."""
    statuses: tuple[Undelivered, ...] = ("failed", "held", "missing")
    dry_run: bool = False
    """Whether they are only counted."""
    connections: tuple[str, ...] = ()
    """The patterns that the subscription is restricted to: who may see those may see the job."""

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            time = getattr(self, name)
            if time is not None and time.tzinfo is None:
                object.__setattr__(self, name, time.replace(tzinfo=UTC))
        if self.until is not None and self.until <= self.since:
            raise Invalid("until does not lie behind since, so that there is nothing between them", "until")


class Counted(NamedTuple):
    """What would be recovered."""

    found: int
    exact: bool
    """Whether that is all; else there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recover(JobKind):
    """The kind of job."""

    arguments: ClassVar[type[Any]] = RecoverArguments

    subscriptions: Subscriptions
    endpoints: Endpoints
    find: FindUndelivered
    resend: Resend
    now: Clock

    def check(self, arguments: RecoverArguments) -> None:
        subscription = self._subscription(arguments)
        if not arguments.dry_run:
            require_open(subscription, self.now())
        if arguments.since >= self.now():
            raise Invalid("since lies in the future, so that nothing came since then", "since")
        if arguments.since < self.now() - RECOVERABLE - SLACK:
            raise Invalid(f"since may lie {RECOVERABLE.days} days back at most", "since")

    def connections(self, arguments: RecoverArguments) -> tuple[str, ...]:
        return arguments.connections

    def audience(self, arguments: RecoverArguments) -> str:
        return self._subscription(arguments).owner

    def count(self, arguments: RecoverArguments) -> Counted:
        """What the job would find, counted as far as somebody can wait for it. Raises NotFound."""
        search = self._search(arguments, began=self.now())
        found = looked_at = 0
        for stretch in self.find(search):
            found += len(stretch.found)
            looked_at += stretch.looked_at
            if looked_at > COUNTED:
                return Counted(found, stretch.until >= search.until)
        return Counted(found, True)

    def run(self, arguments: RecoverArguments, checkpoint: Any) -> Iterator[Step]:
        if checkpoint is None:
            counted = self.count(arguments)
            checkpoint = {"began": self.now().isoformat(), "from": arguments.since.isoformat()}
            yield Step(checkpoint, total=counted.found if counted.exact else None)
        began, start = (datetime.fromisoformat(checkpoint[name]) for name in ("began", "from"))
        search = self._search(arguments, began)._replace(since=start)
        for stretch in self.find(search):
            behind = {**checkpoint, "from": stretch.until.isoformat()}
            if behind == checkpoint:
                continue  # it was too long; shorter ones follow
            if arguments.dry_run:
                yield Step(behind, done=len(stretch.found))
            else:
                yield from self._recovered(search.subscription, stretch, checkpoint, behind)
            checkpoint = behind

    def _recovered(
        self, subscription: Subscription, stretch: Stretch, before: Any, behind: Any
    ) -> Iterator[Step]:
        if stretch.found:
            require_open(subscription, self.now())
            if seconds := self._closed(subscription):
                yield Step(before, wait=seconds)
        pending = [
            self.resend.again(one) if isinstance(one, Delivery) else self.resend.first(subscription, one)
            for one in stretch.found
        ]
        sent = self.resend.send(one for one in pending if one is not None)
        rest = min(int(sent / _a_second(subscription)), REST_MOST)
        yield Step(behind, sent, len(stretch.found) - sent, wait=rest)

    def _closed(self, subscription: Subscription) -> int:
        """Seconds for which its endpoint is not sent to; 0 where it is."""
        until = waits_until(self.endpoints.find(subscription.id), self.now())
        return min(math.ceil((until - self.now()).total_seconds()), REST_MOST) if until else 0

    def _search(self, arguments: RecoverArguments, began: datetime) -> Search:
        subscription = self._subscription(arguments)
        return Search(
            subscription,
            arguments.since,
            min(arguments.until or began, began),
            arguments.types,
            arguments.statuses,
            unchanged_since=began,
            at_once=min(AT_ONCE, int(_a_second(subscription) * REST_MOST)),
        )

    def _subscription(self, arguments: RecoverArguments) -> Subscription:
        found = self.subscriptions.find(arguments.subscription)
        if found is None:
            raise NotFound(
                f"there is no subscription {arguments.subscription}; GET /subscriptions lists them"
            )
        return found


def _a_second(subscription: Subscription) -> float:
    """Deliveries a second that are sent to it."""
    return A_SECOND if subscription.rate is None else min(A_SECOND, subscription.rate / 60)
