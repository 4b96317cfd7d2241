"""Redrive: what lies in the dead-letter queues goes back to the queues that it failed on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chalicelib.domain.intake.quarantine import Failure
from chalicelib.domain.intake.upload import Upload
from chalicelib.domain.operations.dead_letter import DeadLetter
from chalicelib.domain.page import Page
from chalicelib.errors import NotFound
from chalicelib.ports.operations import Message, Queue

ASYNCHRONOUS = "async"
"""The short name of the queue for events on which an asynchronous invocation failed: S3's notifications of
uploads."""
SECONDS = 20.0
"""How long one redrive may take, since somebody waits for the answer. Another redrive moves what is left."""


class DeadLetterQueue(Protocol):
    def count(self) -> int: ...

    def receive(self) -> Sequence[DeadLetter]:
        """Some of them, hidden from others for a while; none where the queue is empty."""
        ...

    def delete(self, handle: str) -> None: ...


class FailureList(Protocol):
    def failures(self, limit: int, cursor: str | None) -> Page[Failure]: ...


class Pair(NamedTuple):
    """A queue and its dead letters."""

    queue: Queue
    dead: DeadLetterQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """The use-cases on dead letters. SQS can move them by itself, but only all of them, and not every local
    AWS can do it. To receive, send and delete works everywhere; a crash in between doubles a message, but
    never loses one."""

    pairs: Mapping[str, Pair]
    """Each queue and its dead letters, by the queue's short name."""
    asynchronous: DeadLetterQueue
    uploads_in: Callable[[str], Sequence[Upload]]
    """Finds the uploads that a dead letter of `asynchronous` tells of, in its body."""
    register: Callable[[Upload], None]
    remembered: FailureList
    seconds: Callable[[], float] = time.monotonic
    """A clock that is never set back."""

    def counts(self) -> dict[str, int]:
        """Messages in each dead-letter queue, by the queue's short name, roughly."""
        counts = {name: pair.dead.count() for name, pair in self.pairs.items()}
        return {**counts, ASYNCHRONOUS: self.asynchronous.count()}

    def failures(self, limit: int, cursor: str | None) -> Page[Failure]:
        """Why records failed, newest first; those that succeeded later are among them."""
        return self.remembered.failures(limit, cursor)

    def redrive(self, name: str | None = None) -> dict[str, int]:
        """Put back one queue's dead letters, or all queues'. Returns how many were, by short name.

        Raises NotFound for a queue that there is not, Unavailable.
        """
        if name is not None and name not in (*self.pairs, ASYNCHRONOUS):
            raise NotFound(f"there is no queue {name}; there are {', '.join((*self.pairs, ASYNCHRONOUS))}")
        until = self.seconds() + SECONDS
        names = [name] if name else [*self.pairs, ASYNCHRONOUS]
        return {one: self._move(one, until) for one in names}

    def _move(self, name: str, until: float) -> int:
        dead = self.asynchronous if name == ASYNCHRONOUS else self.pairs[name].dead
        moved = 0
        while self.seconds() < until:
            letters = dead.receive()
            if not letters:
                break
            for letter in letters:
                if name == ASYNCHRONOUS:
                    for upload in self.uploads_in(letter.body):
                        self.register(upload)
                else:
                    # Without its attributes, so that it counts as never parked.
                    self.pairs[name].queue.send([Message(letter.body, trace=letter.trace)])
                dead.delete(letter.handle)
                moved += 1
        return moved
