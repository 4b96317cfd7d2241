"""The in-memory twin of PostgresTickets: the same decisions over dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.tickets.decisions.take import threads_of
from chalicelib.domain.tickets.plan import Kept, Known, Plan, RunLog, Selection, Standing, Thread
from chalicelib.domain.tickets.ticket import OPEN
from chalicelib.errors import Poison


@dataclass
class InMemoryTickets:
    """A TicketStore. Its fields are what a test looks at."""

    feedback: dict[FeedbackKey, Kept] = field(default_factory=dict)
    former: list[FeedbackMessage] = field(default_factory=list)
    tickets: dict[str, Standing] = field(default_factory=dict)
    logs: dict[tuple[str, str, str], RunLog] = field(default_factory=dict)
    outbox: dict[str, CloudEvent] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)

    def amend(self, selection: Selection, decide: Callable[[Known], Plan]) -> Plan:
        plan = decide(self._known(selection))
        if any("\0" in text for key in plan.feedback for text in key):
            raise Poison("a text of PostgreSQL holds no NUL")
        for key, kept in self.feedback.items():
            self.feedback[key] = Kept(kept.message, plan.moved.get(kept.ticket_id, kept.ticket_id))
        self.feedback |= plan.feedback
        self.former += plan.former
        self.tickets |= plan.tickets
        for log in plan.logs:
            self.logs.setdefault((log.ticket_id, log.run_id, log.log.stage), log)
        self.outbox |= {event.id: event for event in plan.events}
        self.days += sorted(plan.days)
        return plan

    def _known(self, selection: Selection) -> Known:
        """No more than was selected: a decision that looks further must fail here, too."""
        feedback = {key: kept for key, kept in self.feedback.items() if key in selection.feedback}
        threads = {
            thread: ticket_id
            for thread, ticket_id in self._open_threads().items()
            if thread in selection.threads
        }
        ids = {kept.ticket_id for kept in feedback.values()} | {*threads.values(), *selection.tickets}
        if selection.items:
            feedback |= {k: kept for k, kept in self.feedback.items() if kept.ticket_id in selection.tickets}
        return Known(feedback, {id: self.tickets[id] for id in ids if id in self.tickets}, threads)

    def _open_threads(self) -> dict[Thread, str]:
        latest = sorted(self.feedback.values(), key=lambda kept: kept.message.received_at)
        return {
            thread: kept.ticket_id
            for kept in latest
            for thread in threads_of(kept.message)
            if self.tickets[kept.ticket_id].ticket.status in OPEN
        }
