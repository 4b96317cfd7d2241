"""Redrive: what lies in the dead-letter queues goes back to the queues that it failed on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from chalicelib.domain.intake.quarantine import Failure
from chalicelib.domain.intake.upload import Upload, uploads_in
from chalicelib.domain.operations.record import TRACE_HEADER
from chalicelib.domain.page import Page
from chalicelib.domain.trace import from_xray
from chalicelib.errors import NotFound
from chalicelib.ports.operations import Message, Queue

ASYNCHRONOUS = "async"
"""Where Lambda puts events that it could not hand to a function asynchronously: S3's of uploads."""
SECONDS = 20.0
"""That one redrive may take, since somebody waits for the answer; what is left takes another."""


class DeadLetters(Protocol):
    """One dead-letter queue."""

    def count(self) -> int: ...

    def receive(self) -> list[Mapping[str, Any]]: ...

    def delete(self, receipt_handle: str) -> None: ...


class FailureList(Protocol):
    def failures(self, limit: int, cursor: str | None) -> Page[Failure]: ...


class Pair(NamedTuple):
    """A queue and its dead letters."""

    queue: Queue
    dead: DeadLetters


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """The use-cases on dead letters. SQS can move them by itself, but only all of them, and not in
    every local AWS; receive, send, delete works everywhere, and a crash in between doubles, never loses."""

    pairs: Mapping[str, Pair]
    asynchronous: DeadLetters
    register: Callable[[Upload], None]
    remembered: FailureList

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
        until = time.monotonic() + SECONDS
        names = [name] if name else [*self.pairs, ASYNCHRONOUS]
        return {one: self._move(one, until) for one in names}

    def _move(self, name: str, until: float) -> int:
        dead = self.asynchronous if name == ASYNCHRONOUS else self.pairs[name].dead
        moved = 0
        while time.monotonic() < until:
            letters = dead.receive()
            if not letters:
                break
            for letter in letters:
                if name == ASYNCHRONOUS:
                    for upload in uploads_in(_payload(letter["Body"])):
                        self.register(upload)
                else:
                    # Not its attributes: it begins anew, as if it had never been parked.
                    trace = from_xray(letter.get("Attributes", {}).get(TRACE_HEADER))
                    self.pairs[name].queue.send([Message(letter["Body"], trace=trace)])
                dead.delete(letter["ReceiptHandle"])
                moved += 1
        return moved


def _payload(body: str) -> Mapping[str, Any]:
    """The event of a record that Lambda sends to an on-failure destination."""
    try:
        payload = json.loads(body)["requestPayload"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return payload if isinstance(payload, dict) else {}
