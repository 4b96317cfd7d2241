"""A message that failed too often."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.domain.trace import Trace


class DeadLetter(NamedTuple):
    """One of a dead-letter queue, received."""

    body: str
    handle: str
    """By which the queue knows this receive of it."""
    trace: Trace | None = None
    """Of what sent it, if it said."""
