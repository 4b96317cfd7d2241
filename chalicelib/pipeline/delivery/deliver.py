"""Deliver: works on a batch of the queue `delivery`, which holds events of the bus and jobs.

Events fan out. Jobs are taken by their endpoint: endpoints side by side, each one's jobs one after the other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.operations.record import Record
from chalicelib.errors import TriggerIQError, is_outage, loggable
from chalicelib.pipeline.consume import Attempt
from chalicelib.pipeline.delivery.attempt import Read
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.pipeline.delivery.fan_out import FanOut
from chalicelib.pipeline.delivery.side_by_side import SideBySide
from chalicelib.pipeline.delivery.turn import TakeTurn, Turn
from chalicelib.ports.delivery import EventLog, Subscriptions
from chalicelib.ports.operations import Message, Queue, TimeLeft

log = logging.getLogger(__name__)

Understand = Callable[[str], CloudEvent | DeliveryJob]
"""Tells what a record holds. Raises Unreadable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """The use-case; call it with records, a function that gives the time left, and one that tells what a
    record holds. Yields each record with its error where it failed; a job that finds something down is none
    of these."""

    fan_out: FanOut
    take_turn: TakeTurn
    log: EventLog
    subscriptions: Subscriptions
    queue: Queue
    side_by_side: SideBySide

    def __call__(
        self, records: Sequence[Record], left: TimeLeft, understand: Understand
    ) -> Iterator[Attempt]:
        events: list[tuple[Record, CloudEvent]] = []
        jobs: dict[DeliveryJob, list[Record]] = {}
        for record in records:
            try:
                found = understand(record.body)
            except Exception as error:
                yield record, error
                continue
            if isinstance(found, DeliveryJob):
                jobs.setdefault(found, []).append(record)
            else:
                events.append((record, found))
        if events:
            failures = self.fan_out([event for _, event in events])
            yield from zip((record for record, _ in events), failures, strict=True)
        if jobs:
            for job, failure in self._attempted([*jobs], left).items():
                failed = None if failure is None or self._dropped(failure) else failure
                yield from ((record, failed) for record in jobs[job])

    def _attempted(
        self, jobs: Sequence[DeliveryJob], left: TimeLeft
    ) -> Mapping[DeliveryJob, Exception | None]:
        try:
            known = {one.id: one for one in self.subscriptions.all()}
        except Exception as error:
            return dict.fromkeys(jobs, error)
        by_endpoint: dict[str, list[DeliveryJob]] = {}
        for job in jobs:
            by_endpoint.setdefault(job.subscription, []).append(job)
        read = _once_each(self.log)

        def turn(mine: Sequence[DeliveryJob]) -> Turn:
            taken = self.take_turn(mine, known.get(mine[0].subscription), read, left)
            self._send(taken.messages)  # now: the other turns may take many seconds more
            return taken

        turns = self.side_by_side(turn, by_endpoint.values())
        done: dict[DeliveryJob, Exception | None] = {}
        for mine, one in zip(by_endpoint.values(), turns, strict=True):
            done |= one.done if isinstance(one, Turn) else dict.fromkeys(mine, one)
        return done

    @staticmethod
    def _dropped(failure: Exception) -> bool:
        """Whether a job is let go that failed since something is down. Its row is due, or soon will be, and
        the sweep sends a job for it then; were this one kept, there would be one more with each sweep until
        it is over."""
        if not is_outage(failure):
            return False
        log.warning("a job is dropped; the sweep sends another", extra={"error": loggable(failure)})
        return True

    def _send(self, messages: Sequence[Message]) -> None:
        try:
            self.queue.send(messages)
        except TriggerIQError as error:  # their rows are due; the sweep only sends them later
            log.warning("jobs were not sent", extra={"error": loggable(error)})


def _once_each(log: EventLog) -> Read:
    """A function that reads each event of the log once: many subscriptions get the same."""
    known: dict[tuple[str, str, str], StoredEvent | None] = {}

    def read(identity: tuple[str, str, str]) -> StoredEvent | None:
        if identity not in known:
            owner, source, id = identity
            known[identity] = log.find(owner, id, source)
        return known[identity]

    return read
