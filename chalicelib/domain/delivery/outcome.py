"""What an attempt came to, and what becomes of its delivery.

2xx is success, and nothing else is: a redirection is not followed, and "not modified" says nothing of an
event. What a receiver may ask for in its answer: https://www.standardwebhooks.com/ (410), RFC 9110, 10.2.3
(Retry-After), https://docs.svix.com/receiving/delivery-control (webhook-delivery).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.schedule import due_after

Kind = Literal["delivered", "failed", "late", "gone", "disable", "abort", "cut off", "forgotten"]
"""delivered: it was taken. failed: it was not. late: nobody was done in time. gone: its receiver says that it
is no more. disable: it asks for nothing more. abort: it asks not to be sent this event again. cut off: our
own function ended in the middle of it. forgotten: there is nothing left to send."""
Stop = Literal["gone", "asked"]
"""Why a receiver is sent nothing more: it says that it is gone, or asks for it."""

KEPT = 500
"""Characters of an answer that are kept."""

_HOUR = 3_600
_PAUSING = (429, 503)
_CONNECT_MS = 4_500
"""From here on a connection that nobody took is one that was waited for in vain: the client waits 5 s."""
_WORDS = {
    "refused": "address not allowed",
    "unknown": "its name leads nowhere",
    "unreachable": "nobody takes the connection",
    "untrusted": "it can't prove its name",
    "late": "no whole answer in time",
    "broken": "no whole answer",
}
"""By a fault of the way out (chalicelib/ports/web.py)."""
_HIDDEN = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one attempt came to."""

    kind: Kind
    error: str | None = None
    """Why it counts as failed, in our words; None: it does not."""
    status: int | None = None
    """Of the answer; None where none came."""
    pause_until: datetime | None = None
    """Until when its receiver asked to be sent nothing."""
    stop: Stop | None = None
    """Why its receiver is sent nothing more, even where it took this event; None: it is."""

    @property
    def delivered(self) -> bool:
        return self.kind == "delivered"


CUT_OFF = Outcome(kind="cut off", error="cut off; its outcome is not known")
FORGOTTEN = Outcome(kind="forgotten", error="its content was forgotten")
NOT_SEEN = Outcome(kind="forgotten", error="its subscription may not be told of it")


def answered(
    status: int, headers: Mapping[str, str], now: datetime, base: int, *, cut: bool = False
) -> Outcome:
    """What an answer means. headers: with their names in lower case. base: seconds that the schedule waits
    before the next attempt, by which a Retry-After is bounded; 0 where there is none. cut: whether its body
    has no end within the bytes that are read, as no receiver's has."""
    asked = {word.strip().lower() for word in headers.get("webhook-delivery", "").split(",")}
    stop: Stop | None = "gone" if status == 410 else "asked" if "disable" in asked else None
    if 200 <= status <= 299 and cut:
        return Outcome(kind="failed", error=f"answered {status} with a body without end", status=status)
    if 200 <= status <= 299:
        return Outcome(kind="delivered", status=status, stop=stop)
    if stop:
        kind: Kind = "gone" if stop == "gone" else "disable"
    else:
        kind = "abort" if "abort-message" in asked else "failed"
    pause = _pause(headers.get("retry-after", ""), now, base) if status in _PAUSING else None
    return Outcome(kind=kind, error=_said(status, asked), status=status, pause_until=pause, stop=stop)


def unanswered(fault: str, message: str, ms: int) -> Outcome:
    """What it means that no answer came. fault, message: of the way out's NoAnswer, which quotes nothing that
    its receiver said. ms: milliseconds that it took."""
    late = fault == "late" or (fault == "unreachable" and ms >= _CONNECT_MS)
    return Outcome(kind="late" if late else "failed", error=f"{_WORDS.get(fault, fault)}: {message}")


def next_step(
    delivery: Delivery, outcome: Outcome, schedule: Sequence[int], now: datetime, jitter: float
) -> Delivery:
    """The delivery after an attempt. delivery: as it stood during it, with the attempt counted already.
    jitter: a random number from 0 up to, but not, 1."""
    after = replace(delivery, due_at=None, updated_at=now)
    if outcome.delivered:
        return replace(after, status="delivered", reason=None)
    if outcome.stop:
        return replace(after, status="held", reason=outcome.stop)
    if outcome.kind in ("abort", "forgotten"):
        return replace(after, status="failed", reason=outcome.error)
    due = due_after(delivery.attempt, schedule, now, jitter)
    if due is None:
        return replace(after, status="failed", reason=f"its attempts are used up: {outcome.error}")
    return replace(after, status="pending", reason=None, due_at=max(due, outcome.pause_until or due))


def kept_of(body: bytes, secrets: Iterable[str] = ()) -> str:
    """The beginning of an answer's body, fit to be shown. secrets: what is left out of it, such as the values
    of headers that were sent: there are receivers that answer with all that they got."""
    text = body.decode("utf-8", "replace")
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    shown = "".join(one if one.isprintable() or one in "\t\n" else " " for one in text[: 4 * KEPT])
    text = re.sub(" {2,}", " ", shown.replace("\ufffd", " ")).strip()
    return text if len(text) <= KEPT else f"{text[: KEPT - 1]}…"


def _said(status: int, asked: set[str]) -> str:
    if status == 410:
        return "answered 410: it is gone"
    if 300 <= status <= 399:
        return f"answered {status}; only 200 to 299 counts as delivered, and no redirection is followed"
    if "disable" in asked:
        return f"answered {status}, and asked for nothing more"
    if "abort-message" in asked:
        return f"answered {status}, and asked not to be sent this event again"
    return f"answered {status}"


def _pause(asked: str, now: datetime, base: int) -> datetime | None:
    """Until when it is not sent to: as long as it asks for, but for no longer than an hour or twice the
    schedule's wait, whichever is longer. None: it asks for nothing. (The event itself waits for what the
    schedule says at least; others of the same receiver need not.)"""
    seconds = _asked_seconds(asked.strip(), now)
    if seconds is None or seconds <= 0:
        return None
    return now + timedelta(seconds=min(seconds, max(_HOUR, 2 * base)))


def _asked_seconds(asked: str, now: datetime) -> float | None:
    if len(asked) > 100:
        return None
    if re.fullmatch("[0-9]+", asked):
        return float(asked)
    from email.utils import parsedate_to_datetime  # few answers name a date

    try:
        at = parsedate_to_datetime(asked)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, OverflowError):
        return None
