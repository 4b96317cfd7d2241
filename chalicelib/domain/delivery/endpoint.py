"""How an endpoint is doing: who sends to it now, whether it may be sent to, and what is told of it.

    closed ──5 time-outs in a row, or 70 % of 10 and more failed within 5 minutes──> open
      ^                                                                               │ 60 s, doubling
      └────── delivered ──────── one attempt probes it <──────────────────────────────┘ to 15 min
                                         └──failed──> open again

A dead endpoint may not take the time of others. One without a recent success is sent to by one invocation at
a time, any other by three; and after time-outs it is left alone for a while, so that until the breaker opens
no more than half of an invocation's time goes to it. What finds no room is moved, and no attempt is spent on
it.

Pure: each step takes the state as it stands and gives the state after it. The state is one row, which is
written only where nobody else wrote it in between; whoever finds that somebody did reads it anew, and takes
the same steps again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from chalicelib.domain.delivery.outcome import Outcome
from chalicelib.domain.delivery.subscription import Status

LEASE = timedelta(seconds=90)
"""For how long a lease is taken: a little longer than an invocation lives."""
LEASES = 3
"""Invocations that send to one endpoint at a time."""
RECENT = timedelta(minutes=5)
"""For how long a success says that an endpoint is well."""

TIMEOUTS = 5
"""In a row, at which the breaker opens."""
WINDOW = timedelta(minutes=5)
LEAST = 10
"""Attempts within the window below which their share of failures says nothing."""
SHARE = 0.7
"""Of the window's attempts that failed, at which the breaker opens."""
OPEN = timedelta(seconds=60)
OPEN_MOST = timedelta(minutes=15)
TIMEOUT = timedelta(seconds=15)
"""That an attempt takes which comes to nothing in time."""
RESTS = (timedelta(seconds=4), 2 * TIMEOUT, 3 * TIMEOUT, 4 * TIMEOUT)
"""For how long it is left alone after one time-out, two in a row, and so on: for as long as they took. The
first is over before the schedule's second attempt is due."""

DAYS = (1, 3, 5)
"""Of nothing but failure, at which its owner is told; at the last one it is disabled."""
ATTEMPTS = 10
"""That failed, below which nothing is disabled."""
QUIET = timedelta(hours=1)
"""Within which it is told once that deliveries failed for good."""

_BUSY = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)

Why = Literal["busy", "open", "paused", "rate"]
"""busy: others send to it. open: it failed too often. paused: it asked for that. rate: its minute is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What is known of a subscription's address."""

    subscription: str
    saves: int = 0
    """How often it was written; 0: never."""
    leases: Mapping[str, datetime] = field(default_factory=dict)
    """Who may send to it now, and until when."""
    paused_until: datetime | None = None
    """Until when it asked not to be sent to (Retry-After)."""
    open_until: datetime | None = None
    """Until when nothing is let through: after a time-out, or by the breaker; then one attempt probes it."""
    opened: int = 0
    """How often in a row the breaker opened, by which the pause doubles; 0: it is closed."""
    timeouts: int = 0
    """In a row."""
    window_at: datetime | None = None
    """When the window of five minutes began in which attempts are counted."""
    window_attempts: int = 0
    window_failures: int = 0
    minute_at: datetime | None = None
    """When the minute began in which attempts are counted against the rate."""
    minute_attempts: int = 0
    succeeded_at: datetime | None = None
    """When it last took an event."""
    failing_since: datetime | None = None
    """The first failure since then."""
    failed_at: datetime | None = None
    """The last failure since then."""
    failures: int = 0
    """Attempts that failed since then."""
    only_failed: str | None = None
    """The position of the one event that failed since then; "" where several did, None where none did."""
    last_error: str | None = None
    """Of the last failure since then."""
    told_days: int = 0
    """Of how many days of failure its owner was told."""
    told: bool = False
    """Whether its owner was told that it fails, and not yet that it takes events again."""
    exhausted_told_at: datetime | None = None
    """When its owner was last told that a delivery failed for good."""
    stopped_at: datetime | None = None
    """When it was found to be sent to no more. Whoever sends to it later begins anew."""


class Refusal(NamedTuple):
    """Why an endpoint can't be sent to now."""

    until: datetime
    """When to come back."""
    why: Why


class News(NamedTuple):
    """What its owner is to be told of an endpoint."""

    type: Literal["endpoint.failing", "endpoint.recovered", "endpoint.disabled", "endpoint.exhausted"]
    key: str
    """What makes two the same news."""
    data: Mapping[str, Any]
    """What is told, beside what stands in the subscription."""


# ---- whether it may be sent to ----


def begin(
    endpoint: Endpoint, holder: str, now: datetime, until: datetime, rate: int | None = None
) -> Endpoint | Refusal:
    """Take a lease, by which its holder may attempt one delivery after the other until then. rate: attempts a
    minute; one that is fixed is kept by one holder alone."""
    if endpoint.stopped_at is not None:  # a person had it go on
        endpoint = restarted(endpoint)
    leases = {who: end for who, end in endpoint.leases.items() if end > now and who != holder}
    if no := refusal(endpoint, now, rate):
        return no
    if len(leases) >= (1 if rate or on_trial(endpoint, now) else LEASES):
        return _busy(endpoint, now)
    return replace(endpoint, leases={**leases, holder: until})


def refusal(endpoint: Endpoint, now: datetime, rate: int | None) -> Refusal | None:
    """Why the next attempt can't be made under a lease; None: it can."""
    if until := waits_until(endpoint, now):
        return Refusal(until, "open" if endpoint.open_until == until else "paused")
    if rate and endpoint.minute_at is not None and endpoint.minute_attempts >= rate:
        full_until = endpoint.minute_at + _MINUTE
        if now < full_until:
            return Refusal(full_until, "rate")
    return None


def counted(endpoint: Endpoint, now: datetime) -> Endpoint:
    """An attempt goes out now."""
    if endpoint.minute_at is None or now >= endpoint.minute_at + _MINUTE:
        return replace(endpoint, minute_at=now, minute_attempts=1)
    return replace(endpoint, minute_attempts=endpoint.minute_attempts + 1)


def let_go(endpoint: Endpoint, holder: str) -> Endpoint:
    """Give a lease back."""
    return replace(endpoint, leases={who: end for who, end in endpoint.leases.items() if who != holder})


def waits_until(endpoint: Endpoint, now: datetime) -> datetime | None:
    """Until when nothing is sent to it, since its breaker is open or it asked for a pause; None: it is."""
    ends = [end for end in (endpoint.open_until, endpoint.paused_until) if end is not None and end > now]
    return max(ends, default=None)


def on_trial(endpoint: Endpoint, now: datetime) -> bool:
    """Whether nobody knows that it is well: its breaker was open, the last attempt was late, or it has taken
    nothing lately."""
    return (
        endpoint.opened > 0
        or endpoint.timeouts > 0
        or endpoint.succeeded_at is None
        or now - endpoint.succeeded_at >= RECENT
    )


def restarted(endpoint: Endpoint) -> Endpoint:
    """Nothing is held against it any more. What its owner was told of it, he was told."""
    return Endpoint(
        subscription=endpoint.subscription,
        saves=endpoint.saves,
        leases=endpoint.leases,
        minute_at=endpoint.minute_at,
        minute_attempts=endpoint.minute_attempts,
        succeeded_at=endpoint.succeeded_at,
        told=endpoint.told,
        exhausted_told_at=endpoint.exhausted_told_at,
    )


def _busy(endpoint: Endpoint, now: datetime) -> Refusal:
    # Where it fails, whoever sends to it now may be at it until the time is over
    return Refusal(now + (_BUSY if endpoint.failing_since is None else TIMEOUT), "busy")


# ---- what an attempt says of it ----


def after(
    endpoint: Endpoint, outcome: Outcome, now: datetime, position: str
) -> tuple[Endpoint, tuple[News, ...]]:
    """The endpoint after an attempt, and what its owner is to be told. position: of the event sent."""
    if outcome.kind in ("cut off", "forgotten"):  # which says nothing of the endpoint
        return endpoint, ()
    if outcome.pause_until is not None:
        paused = max(outcome.pause_until, endpoint.paused_until or outcome.pause_until)
        endpoint = replace(endpoint, paused_until=paused)
    endpoint, news = _health(_breaker(endpoint, outcome, now), outcome, now, position)
    if outcome.stop is not None and endpoint.stopped_at is None:
        return _stopped(endpoint, outcome.stop, now), (*news, _disabled(endpoint, outcome.stop, now))
    return endpoint, news


def exhausted(
    endpoint: Endpoint, now: datetime, position: str, error: str
) -> tuple[Endpoint, tuple[News, ...]]:
    """A delivery failed for good. position: its event's. error: why."""
    if endpoint.exhausted_told_at is not None and now - endpoint.exhausted_told_at < QUIET:
        return endpoint, ()
    told = _told(endpoint, now) | {"delivery": f"{endpoint.subscription}.{position}", "last_error": error}
    return replace(endpoint, exhausted_told_at=now), (News("endpoint.exhausted", position, told),)


def stop_of(outcome: Outcome, news: tuple[News, ...]) -> tuple[Status, str] | None:
    """What becomes of the subscription: its status and the reason; None: it stays as it is."""
    for one in news:
        if one.type == "endpoint.disabled":
            return one.data["status"], one.data["reason"]
    return (_STATUS[outcome.stop], outcome.stop) if outcome.stop is not None else None


_STATUS: dict[str, Status] = {"gone": "paused", "asked": "disabled", "failing": "disabled"}


def _breaker(endpoint: Endpoint, outcome: Outcome, now: datetime) -> Endpoint:
    anew = endpoint.window_at is None or now >= endpoint.window_at + WINDOW
    well = outcome.delivered or outcome.kind == "abort"  # whoever says what he doesn't want is there
    timeouts = endpoint.timeouts + 1 if outcome.kind == "late" else 0
    attempts = (0 if anew else endpoint.window_attempts) + 1
    failures = (0 if anew else endpoint.window_failures) + (not well)
    # An attempt that was under way when it opened is no probe, and says nothing new
    probed = endpoint.opened > 0 and endpoint.open_until is not None and now >= endpoint.open_until
    failing = timeouts >= TIMEOUTS or (attempts >= LEAST and failures >= SHARE * attempts)
    if not well and (probed or (failing and not endpoint.opened)):
        return replace(
            endpoint,
            open_until=now + min(OPEN * 2 ** min(endpoint.opened, 10), OPEN_MOST),
            opened=endpoint.opened + 1,
            timeouts=timeouts,
            window_at=None,
        )
    open_until = None if well else endpoint.open_until
    if timeouts and not endpoint.opened:
        open_until = now + RESTS[timeouts - 1]
    return replace(
        endpoint,
        open_until=open_until,
        opened=0 if well else endpoint.opened,
        timeouts=timeouts,
        window_at=now if anew else endpoint.window_at,
        window_attempts=attempts,
        window_failures=failures,
    )


def _health(
    endpoint: Endpoint, outcome: Outcome, now: datetime, position: str
) -> tuple[Endpoint, tuple[News, ...]]:
    if outcome.kind == "abort":
        return endpoint, ()
    if outcome.delivered:
        news = (_news("endpoint.recovered", endpoint, now),) if endpoint.told else ()
        return replace(
            endpoint, succeeded_at=now, failing_since=None, failed_at=None, failures=0, only_failed=None,
            last_error=None, told_days=0, told=False,
        ), news  # fmt: skip
    endpoint = replace(
        endpoint,
        failing_since=endpoint.failing_since or now,
        failed_at=now,
        failures=endpoint.failures + 1,
        only_failed=position if endpoint.only_failed in (None, position) else "",
        last_error=outcome.error,
    )
    if endpoint.stopped_at is not None or outcome.stop is not None:
        return endpoint, ()
    if _is_dead(endpoint, now):
        return _stopped(endpoint, "failing", now), (_disabled(endpoint, "failing", now),)
    reached = max((days for days in DAYS if days <= _days(endpoint, now)), default=0)
    if reached > endpoint.told_days:
        return replace(endpoint, told_days=reached, told=True), (_news("endpoint.failing", endpoint, now),)
    return endpoint, ()


def _is_dead(endpoint: Endpoint, now: datetime) -> bool:
    """Whether it took nothing for days, however often it was tried and whichever event it was sent. (Since it
    is asked at a failure, the first and the last one lie these days apart.)"""
    return _days(endpoint, now) >= DAYS[-1] and endpoint.failures >= ATTEMPTS and endpoint.only_failed == ""


def _stopped(endpoint: Endpoint, why: str, now: datetime) -> Endpoint:
    return replace(endpoint, stopped_at=now, told=endpoint.told or why == "failing")


def _days(endpoint: Endpoint, now: datetime) -> int:
    return (now - (endpoint.failing_since or now)).days


def _disabled(endpoint: Endpoint, why: str, now: datetime) -> News:
    told = _told(endpoint, now) | {"status": _STATUS[why], "reason": why}
    return News("endpoint.disabled", f"{why} {now.isoformat()}", told)


def _news(type: Literal["endpoint.failing", "endpoint.recovered"], endpoint: Endpoint, now: datetime) -> News:
    told = _told(endpoint, now)
    days = f" {_days(endpoint, now)}" if type == "endpoint.failing" else ""
    return News(type, _since(endpoint) + days, told)


def _told(endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    return {
        "failing_since": endpoint.failing_since,
        "days": _days(endpoint, now),
        "attempts": endpoint.failures,
        "last_error": endpoint.last_error,
    }


def _since(endpoint: Endpoint) -> str:
    return endpoint.failing_since.isoformat() if endpoint.failing_since else ""
