"""Process: feedback from its queue becomes tickets, a batch in one transaction, and their events are
published. What a provider told besides follows, one by one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.intake.feedback_message import FeedbackMessage, from_json
from chalicelib.domain.operations.record import Record
from chalicelib.domain.tickets.decisions.take import selection, take
from chalicelib.domain.tickets.ticket import CHANGES_NOTHING, Taken, Triage, Triaged
from chalicelib.errors import is_outage
from chalicelib.log_context import bound
from chalicelib.pipeline.consume import Attempt, each
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.ports.operations import Clock, Metrics, TimeLeft
from triggeriq import Feedback

if TYPE_CHECKING:
    from chalicelib.domain.intake.notice_message import NoticeMessage
    from chalicelib.ports.operations import Blobs

log = logging.getLogger(__name__)


TAKE_SECONDS = 10.0
"""Seconds that triage leaves for the transaction, which waits up to five for a database that restarts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """The use-case; call it with records of the queue `feedback`. Yields each record with its error, or with
    None once it is committed. A record that there was no time for is not yielded."""

    triage: Callable[[Feedback, str, str], Triage]
    """Of a feedback, and the names of its source and connection."""
    amend: Amend
    notice: Callable[[NoticeMessage], None]
    """Takes what was told besides feedback."""
    artifacts: Callable[[], Blobs]
    """Asked for where files go whose feedback was taken back."""
    metrics: Metrics
    now: Clock

    def __call__(self, records: Sequence[Record], time_left: TimeLeft) -> Iterator[Attempt]:
        batch: list[tuple[Record, Triaged]] = []
        notices: list[tuple[Record, NoticeMessage]] = []

        def read(record: Record) -> None:
            message = _message(record.body)
            if not isinstance(message, FeedbackMessage):
                notices.append((record, message))
                return
            with bound(**message.ids):
                triage = self.triage(message.feedback, message.source, message.connection)
                batch.append((record, Triaged(message, triage)))

        for record, error in each(read, TAKE_SECONDS)(records, time_left):
            if error is not None:
                yield record, error
        yield from self._taken(batch, time_left)
        told = {record.id: message for record, message in notices}
        one_by_one = each(lambda record: self.notice(told[record.id]), TAKE_SECONDS)
        yield from one_by_one([record for record, _ in notices], time_left)

    def _taken(self, batch: Sequence[tuple[Record, Triaged]], time_left: TimeLeft) -> Iterator[Attempt]:
        """Take the batch in one transaction. If that fails because of what is in it, take its records one by
        one, as long as there is time."""
        failure: Exception | None = None
        try:
            self._take([triaged for _, triaged in batch])
        except Exception as error:
            if len(batch) > 1 and not is_outage(error):
                log.warning(
                    "a batch failed; its records are taken one by one", extra={"error": type(error).__name__}
                )
                known = {record.id: triaged for record, triaged in batch}
                alone = each(lambda record: self._take([known[record.id]]), TAKE_SECONDS)
                yield from alone([record for record, _ in batch], time_left)
                return
            failure = error
        for record, _ in batch:
            yield record, failure

    def _take(self, batch: Sequence[Triaged]) -> None:
        if not batch:
            return
        now = self.now()
        plan = self.amend(
            selection(batch),
            lambda known: take(batch, known, now),
            committed=lambda plan: self._told(batch, plan.taken),
        )
        if plan.removal is not None:
            for key in plan.removal.files:
                self.artifacts().delete(key)

    def _told(self, batch: Sequence[Triaged], taken: Sequence[Taken]) -> None:
        """Count and log what was committed."""
        now = self.now()
        for (message, _), (outcome, ticket_id) in zip(batch, taken, strict=True):
            if outcome in CHANGES_NOTHING:
                self.metrics.count("duplicates", message.source)
            else:
                self.metrics.count("ticketed", message.source)
                if message.reread_at is None:  # else the metric would show how old the reread feedback is
                    seconds = (now - message.received_at).total_seconds()
                    self.metrics.seconds_to_ticket(message.source, seconds)
            log.info("taken", extra={**message.ids, "ticket_id": ticket_id, "outcome": outcome})


def _message(body: str) -> FeedbackMessage | NoticeMessage:
    """What a record holds; only feedback has a member of that name. Raises Unreadable."""
    if '"feedback":' in body:
        return from_json(body)
    from chalicelib.domain.intake import notice_message  # few records are one

    return notice_message.from_json(body)
