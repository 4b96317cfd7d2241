"""Consume: what becomes of a queue's records when some of them fail, by the table of errors.py.

quarantine: kept for a person, acknowledged. park: a copy that comes back later, the original
acknowledged, so that however long a dependency is down nothing reaches the dead-letter queue. retry:
the record comes again in 5, 15, 45, 135 s, and after the queue's fifth receive it is dead-lettered.
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
"""Before the deadline, when no further record is begun."""
LAST_RECEIVE = 5
"""Behind it a queue dead-letters a record that comes again (`max_receives` of resources.json)."""

Attempt = tuple[Record, Exception | None]
"""A record that was worked on, with why that failed, if it did."""
Work = Callable[[Sequence[Record], TimeLeft], Iterable[Attempt]]
"""Does a batch; yields each record when it is done. What it does not yield, for want of time, is handed
back."""


class ConsumedQueue(Queue, Protocol):
    name: str

    def show_again_in(self, handle: str, seconds: int) -> None: ...


class FailureLog(Quarantine, Protocol):
    def failed(self, failure: Failure) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Consume:
    """The use-case; call it with the records, the work and what tells the time left. Returns the ids of
    the records that must come again.

    Each failure is settled as it happens: a function that is killed at its deadline has then parked
    what it could, and leaves no copy beside an original that comes again too.
    """

    queue: ConsumedQueue
    quarantine: FailureLog
    metrics: Metrics
    now: Clock
    park_seconds: Sequence[int]
    retry_seconds: Sequence[int]

    def __call__(self, records: Sequence[Record], work: Work, time_left: TimeLeft) -> list[str]:
        # Suspects last: what has failed before must not take the others with it.
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
        """Give the queue back a record that there was no time for. Whether a copy was sent in its place:
        only at its last receive, for the queue would then dead-letter what nobody has looked at."""
        if record.receives >= LAST_RECEIVE:
            try:
                self.queue.send([Message(record.body, 0, record.attributes, record.trace)])
                return True
            except TriggerIQError as error:
                log.error("it is left to the queue itself", extra={"error": loggable(error)})
        self._show_again(record, 0)
        return False

    def _settle(self, record: Record, error: Exception, source: str) -> bool:
        """Do what the table says; whether the record is dealt with."""
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
            # No sooner: each receive in vain brings it nearer to the dead-letter queue.
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
    records of the other parts fail of that too: they need not each wait for it to answer."""
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
    """Work on single records as work on a batch, as long as `least` seconds are left, or until an outage."""

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
    """One of ours speaks for itself; another's message may quote what a customer wrote."""
    return str(error) if isinstance(error, TriggerIQError) else f"{type(error).__name__} in our code"
