"""Consume: works on the records of a queue, and settles those that fail by the table REACTION of errors.py.

quarantine: the record is kept for a person to look at, and acknowledged. park: a copy is sent that comes back
later, and the original is acknowledged; so nothing reaches the dead-letter queue, however long a dependency
is down. retry: the record comes again in 5, 15, 45, 135 s, and goes to the dead-letter queue after the
queue's fifth receive.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.intake.quarantine import Failure, Quarantined
from chalicelib.domain.intake.way_back import ByQueue
from chalicelib.domain.operations.record import Record
from chalicelib.errors import Busy, TriggerIQError, is_outage, loggable, reaction_to
from chalicelib.log_context import bound
from chalicelib.ports.intake import Quarantine
from chalicelib.ports.operations import Clock, Message, Metrics, Queue, TimeLeft

log = logging.getLogger(__name__)

PARKED = "parked"
"""The attribute that says how often a message was parked already."""
HAND_BACK_SECONDS = 5.0
"""So many seconds before the deadline no further record is begun."""
LAST_RECEIVE = 5
"""The last receive of a record: the queue dead-letters it where it would come again (`max_receives` of
resources.json)."""

Attempt = tuple[Record, Exception | None]
"""A record that was worked on, and the error if that failed."""
Work = Callable[[Sequence[Record], TimeLeft], Iterable[Attempt]]
"""Works on a batch, and yields each record when it is done. A record that there was no time for is not
yielded; it goes back to the queue."""


class ConsumedQueue(Queue, Protocol):
    name: str

    def show_again_in(self, handle: str, seconds: int) -> None: ...


class FailureLog(Quarantine, Protocol):
    def failed(self, failure: Failure) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Consume:
    """The use-case; call it with the records, the work, and a function that gives the time left. Returns the
    ids of the records that must come again.

    Each failure is settled as it happens, and not at the end of the batch: a function that is killed at its
    deadline has then parked what it could.
    """

    queue: ConsumedQueue
    quarantine: FailureLog
    metrics: Metrics
    now: Clock
    park_seconds: Sequence[int]
    retry_seconds: Sequence[int]

    def __call__(self, records: Sequence[Record], work: Work, time_left: TimeLeft) -> list[str]:
        # Records that failed before come last, each alone: they must not make the others fail too.
        fresh = [record for record in records if record.receives <= 2]
        suspects = sorted((r for r in records if r.receives > 2), key=lambda record: record.receives)
        parts = ([fresh] if fresh else []) + [[suspect] for suspect in suspects]
        untouched = list(records)
        again: list[str] = []
        for record, error in until_an_outage(parts, work, time_left):
            untouched.remove(record)
            if error is not None:
                ids = record.ids
                with bound(**ids):
                    settled = self._settle(record, error, ids.get("source", ""))
                if not settled:
                    again.append(record.id)
        for record in untouched:
            with bound(message_id=record.id):
                if not self._handed_back(record):
                    again.append(record.id)
        return again

    def _handed_back(self, record: Record) -> bool:
        """Give a record that there was no time for back to the queue, which shows it again at once. At its
        last receive a copy is sent instead, since the queue would dead-letter a record that nobody has worked
        on. Returns whether a copy was sent: then the original is acknowledged."""
        if record.receives >= LAST_RECEIVE:
            try:
                self.queue.send([Message(record.body, 0, record.attributes, record.trace)])
                return True
            except TriggerIQError as error:
                log.error("it is left to the queue itself", extra={"error": loggable(error)})
        self._show_again(record, 0)
        return False

    def _settle(self, record: Record, error: Exception, source: str) -> bool:
        """Do what REACTION says. Returns whether the record is dealt with; else it comes again."""
        reaction = reaction_to(error)
        log.warning(
            "a record failed",
            extra={"queue": self.queue.name, "reaction": reaction, "error": loggable(error)},
            exc_info=None if isinstance(error, TriggerIQError) else error,
        )
        try:
            if reaction == "quarantine":
                self._keep(record, error)
                self.metrics.count("quarantined", source)
                return True
            if not isinstance(error, Busy):
                self.metrics.count("failed", source)
            if reaction == "park":
                self._park(record)
                return True
        except TriggerIQError as another:
            log.error("it is left to the queue itself", extra={"error": loggable(another)})
            return False
        self._retry(record, error)
        return False

    def _keep(self, record: Record, error: Exception) -> None:
        self.quarantine.keep(
            Quarantined(
                source="",
                connection="",
                reason=_said(error),
                where=f"message {record.id} on {self.queue.name}",
                at=record.sent_at,
                event_id=record.id,
                way_back=ByQueue(queue=self.queue.name, trace=record.trace),
            ),
            record.body.encode("utf-8", "replace"),
        )

    def _park(self, record: Record) -> None:
        parked = int(record.attributes.get(PARKED, "0") or 0)
        delay = self.park_seconds[min(parked, len(self.park_seconds) - 1)]
        attributes = {**record.attributes, PARKED: str(parked + 1)}
        self.queue.send([Message(record.body, delay, attributes, record.trace)])

    def _retry(self, record: Record, error: Exception) -> None:
        if isinstance(error, Busy):
            # Not before the other's claim has expired: each receive brings the record nearer to the
            # dead-letter queue.
            self._show_again(record, error.seconds)
            return
        self._remember(record, error)
        self._show_again(record, self.retry_seconds[min(record.receives, len(self.retry_seconds)) - 1])

    def _remember(self, record: Record, error: Exception) -> None:
        try:
            self.quarantine.failed(
                Failure(
                    queue=self.queue.name,
                    message_id=record.id,
                    reason=_said(error),
                    receives=record.receives,
                    at=self.now(),
                    first_at=record.sent_at,
                )
            )
        except TriggerIQError as another:
            log.error("a failure can't be recorded", extra={"error": loggable(another)})

    def _show_again(self, record: Record, seconds: int) -> None:
        try:
            self.queue.show_again_in(record.handle, seconds)
        except TriggerIQError as error:
            log.warning("comes again in the queue's own time", extra={"error": loggable(error)})


def until_an_outage(
    parts: Iterable[Sequence[Record]], work: Work, time_left: TimeLeft, least: float = HAND_BACK_SECONDS
) -> Iterator[Attempt]:
    """Work on one part after the other, as long as `least` seconds are left. Once a dependency is down, the
    records of the remaining parts fail with the same error, and need not each wait for it to answer."""
    down: Exception | None = None
    for part in parts:
        if down is not None:
            yield from ((record, down) for record in part)
            continue
        if time_left() < least:
            return
        for record, error in work(part, time_left):
            if is_outage(error):
                down = error
            yield record, error


def each(work: Callable[[Record], None], least: float = HAND_BACK_SECONDS) -> Work:
    """Turn work on a single record into Work on a batch: one record after the other, as long as `least`
    seconds are left. After an outage the rest fail with its error."""

    def alone(records: Sequence[Record], time_left: TimeLeft) -> Iterator[Attempt]:
        for record in records:
            failure: Exception | None = None
            try:
                with bound(message_id=record.id):
                    work(record)
            except Exception as error:
                failure = error
            yield record, failure

    return lambda records, time_left: until_an_outage(
        [[record] for record in records], alone, time_left, least
    )


def _said(error: Exception) -> str:
    """The message of an error of ours; of any other only the class, since its message may quote a
    customer."""
    return str(error) if isinstance(error, TriggerIQError) else f"{type(error).__name__} in our code"
