"""Backlog: whoever brings in much at once rests while much feedback waits, so that what comes by webhook
meanwhile does not wait behind it. No invocation sleeps over it: a message with a delay has another one go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

REST_SECONDS = 10
"""How long to rest before looking again. Each time that a file goes on it is read from its beginning to its
checkpoint, so a shorter rest might read more than it brings in."""


class WaitingQueue(Protocol):
    def waiting(self) -> int:
        """Messages that could be taken now, roughly. Those that are parked are none of them: they wait for a
        dependency, and nothing that is held back makes them go faster."""
        ...


@dataclass(frozen=True, slots=True)
class Backlog:
    """The feedback that waits to be processed."""

    feedback: WaitingQueue
    limit: int
    """Messages above which there is a rest."""

    def rest(self) -> int:
        """Seconds to rest before more is brought in; 0 where there is room. Raises Unavailable."""
        return REST_SECONDS if self.feedback.waiting() > self.limit else 0
