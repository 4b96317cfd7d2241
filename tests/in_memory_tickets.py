"""The in-memory twin of PostgresTickets: the same decisions over dictionaries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.tickets.decisions.take import threads_of
from chalicelib.domain.tickets.plan import Kept, Known, Plan, RunLog, Selection, Standing, Thread
from chalicelib.domain.tickets.removal import REMOVED, Removal, as_version
from chalicelib.domain.tickets.ticket import OPEN, STAGES
from chalicelib.errors import Poison

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass
class InMemoryTickets:
    """A TicketStore. Its fields are what a test looks at."""

    feedback: dict[FeedbackKey, Kept] = field(default_factory=dict)
    former: list[FeedbackMessage] = field(default_factory=list)
    tickets: dict[str, Standing] = field(default_factory=dict)
    logs: dict[tuple[str, str, str], RunLog] = field(default_factory=dict)
    outbox: dict[str, CloudEvent] = field(default_factory=dict)
    days: list[date] = field(default_factory=list)
    answers: dict[Thread, datetime] = field(default_factory=dict)
    removal: Removal = field(default_factory=Removal)
    """All marks of words that were taken back."""

    def amend(self, selection: Selection, decide: Callable[[Known], Plan]) -> Plan:
        plan = decide(self._known(selection))
        if any("\0" in text for key in plan.feedback for text in key):
            raise Poison("a text of PostgreSQL holds no NUL")
        for thread, at in plan.answers.items():
            if at is None:
                self.answers.pop(thread, None)
            else:
                self.answers[thread] = at
        if plan.removal is not None:
            self._remove(plan, plan.removal)
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

    def _remove(self, plan: Plan, removal: Removal) -> None:
        for marks, new in (
            (self.removal.feedback, removal.feedback),
            (self.removal.threads, removal.threads),
        ):
            marks.update({name: max(at, marks.get(name, at)) for name, at in new.items()})  # type: ignore[attr-defined]
        self.former = [
            message
            for message in self.former
            if message.feedback.version > as_version(removal.feedback.get(message.key, NEVER))
        ]
        for id, runs in removal.tickets.items():
            for place, log in self.logs.items():
                if log.ticket_id == id and log.log.stage in STAGES and log.run_id not in runs:
                    self.logs[place] = log._replace(log=replace(log.log, data={"note": REMOVED}))
            now = next(event.data for event in plan.events if event.subject == id)
            for event in self.outbox.values():
                if event.subject == id:
                    told = {**now, "changed": event.data["changed"]}
                    self.outbox[event.id] = replace(event, data=told)

    def _known(self, selection: Selection) -> Known:
        """No more than was selected: a decision that looks further must fail here, too."""
        feedback = {key: kept for key, kept in self.feedback.items() if key in selection.feedback}
        if selection.said:
            feedback |= {
                key: kept
                for key, kept in self.feedback.items()
                if not selection.threads.isdisjoint(threads_of(kept.message))
            }
        threads = {
            thread: ticket_id
            for thread, ticket_id in self._threads(selection.latest).items()
            if thread in selection.threads
        }
        ids = {kept.ticket_id for kept in feedback.values()} | {*threads.values(), *selection.tickets}
        while selection.former and (more := self._merged(ids) - ids):
            ids |= more
        if selection.items:
            feedback |= {key: kept for key, kept in self.feedback.items() if kept.ticket_id in ids}
        return Known(
            feedback,
            {id: self.tickets[id] for id in ids if id in self.tickets},
            threads,
            {thread: at for thread, at in self.answers.items() if thread in selection.threads},
            {key: at for key, at in self.removal.feedback.items() if key in selection.feedback},
            {thread: at for thread, at in self.removal.threads.items() if thread in selection.threads},
        )

    def _merged(self, ids: set[str]) -> set[str]:
        return {id for id, standing in self.tickets.items() if standing.ticket.merged_into in ids}

    def _threads(self, closed: bool) -> dict[Thread, str]:
        """closed: whether those of tickets that are closed count, too."""
        latest = sorted(self.feedback.values(), key=lambda kept: kept.message.received_at)
        return {
            thread: kept.ticket_id
            for kept in latest
            for thread in threads_of(kept.message)
            if closed or self.tickets[kept.ticket_id].ticket.status in OPEN
        }
