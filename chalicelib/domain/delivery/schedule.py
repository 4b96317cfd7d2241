"""When a delivery is attempted.

Eight attempts within 27 h 35 m: a receiver that is down overnight, or for a working day, gets what it missed.
Each time is spread at random, so that what failed together doesn't come back together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

SCHEDULE = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds before the first attempt, the second, and so on, unless a setting says otherwise."""
JITTER = 0.2
"""By which share a wait is longer or shorter than it says."""
AGAIN = 0.125
"""The share of its wait after which a delivery that waits for its endpoint is looked at again."""


def wait_before(attempt: int, schedule: Sequence[int]) -> int | None:
    """Seconds between an attempt, counted from 1, and the one before it; None: there is no such attempt."""
    return schedule[attempt - 1] if attempt <= len(schedule) else None


def due_after(begun: int, schedule: Sequence[int], now: datetime, jitter: float) -> datetime | None:
    """When the next attempt is due where `begun` attempts were; None: they are used up.

    jitter: a random number from 0 up to, but not, 1.
    """
    wait = wait_before(begun + 1, schedule)
    return None if wait is None else now + timedelta(seconds=wait * (1 - JITTER + 2 * JITTER * jitter))


def moved(since: datetime, now: datetime, until: datetime, jitter: float) -> datetime:
    """When a delivery is due again that can't be attempted before `until`: not before that, and spread behind
    it over the share of the wait by which any time is spread, a second at least.

    The longer it has waited, the longer it waits again: an eighth of that at least. So what piles up before
    an endpoint is not looked at each time that one attempt may go there: that costs by the square of how
    much there is. since: when it was last attempted, or began to wait. jitter: as above.
    """
    until = max(until, now + AGAIN * (now - since))
    room = max(1.0, 2 * JITTER * (until - now).total_seconds())
    return max(until, now) + timedelta(seconds=room * jitter)
