"""The in-memory twin of PostgresTickets: the same decision over dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.tickets.taking import OPEN, Kept, Known, RunLog, Standing, Thread, decide, thread_of
from chalicelib.domain.tickets.ticket import Taken, Triaged


class InMemoryTickets:
    """A TicketStore. Its attributes are what a test looks at."""

    def __init__(self) -> None:
        self.feedback: dict[FeedbackKey, Kept] = {}
        self.former: list[FeedbackMessage] = []
        self.tickets: dict[str, Standing] = {}
        self.logs: dict[tuple[str, str, str, int], RunLog] = {}
        self.outbox: dict[str, CloudEvent] = {}

    def take(self, batch: Sequence[Triaged], run: datetime) -> tuple[Sequence[Taken], Sequence[CloudEvent]]:
        plan = decide(batch, Known(self.feedback, self.tickets, self._open_threads()), run)
        self.feedback |= plan.feedback
        self.former += plan.former
        self.tickets |= plan.tickets
        for log in plan.logs:
            self.logs.setdefault((log.ticket_id, log.run_id, log.log.stage), log)
        self.outbox |= {event.id: event for event in plan.events}
        return plan.taken, plan.events

    def _open_threads(self) -> dict[Thread, str]:
        latest = sorted(self.feedback.values(), key=lambda kept: kept.message.received_at)
        return {
            thread: kept.ticket_id
            for kept in latest
            if (thread := thread_of(kept.message)) and self.tickets[kept.ticket_id].ticket.status in OPEN
        }
