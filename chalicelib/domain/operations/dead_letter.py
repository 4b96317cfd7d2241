"""A message that failed too often."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.trace import Trace


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One of a dead-letter queue, received."""

    body: str
    handle: str
    """By which the queue knows this receive of it."""
    trace: Trace | None = None
    """Of what sent it, if it said."""
