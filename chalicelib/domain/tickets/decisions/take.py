"""What becomes of feedback when it is taken in: a pure decision over what the store knows already.

    never seen            its thread has an open ticket    → joined: one more item of that ticket
                          else                             → created: a ticket of its own
    says the same         (equal digest)                   → unchanged; only its place in the order moves
    older than what stands                                 → stale: kept as a former version, no more
    newer, or the same bytes read again and otherwise      → updated

A newer version of a ticket's lead feedback brings its triage along, except for what a person has set;
that includes the status, so a closed ticket stays closed with its new words. A further item changes
the ticket's count and words, never its classification.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.tickets.plan import Kept, Known, Plan, RunLog, Selection, Standing, Thread
from chalicelib.domain.tickets.ticket import Outcome, Taken, Ticket, Triage, Triaged


def thread_of(message: FeedbackMessage) -> Thread | None:
    name = message.feedback.thread
    return Thread(message.source, message.connection, name) if name else None


def selection(batch: Sequence[Triaged]) -> Selection:
    """What is to be known of a batch before it can be taken."""
    return Selection(
        feedback=frozenset(message.key for message, _ in batch),
        threads=frozenset(thread for message, _ in batch if (thread := thread_of(message))),
    )


def take(batch: Sequence[Triaged], known: Known, now: datetime) -> Plan:
    """Take the batch one by one, each seeing what those before it did. now: the time to write."""
    return _Decision(known, now).over(batch)


class _Decision:
    def __init__(self, known: Known, now: datetime) -> None:
        self._known = known
        self._threads = dict(known.threads)
        self._now = now
        self._plan = Plan(now)

    def over(self, batch: Sequence[Triaged]) -> Plan:
        for triaged in batch:
            self._plan.taken.append(self._take(triaged))
        return self._plan

    def _take(self, triaged: Triaged) -> Taken:
        message, triage = triaged
        kept = self._plan.feedback.get(message.key) or self._known.feedback.get(message.key)
        if kept is None:
            return self._first(message, triage)
        if message.digest == kept.message.digest:
            if message.order > kept.message.order:
                self._plan.feedback[message.key] = Kept(_moved(kept.message, message), kept.ticket_id)
            return Taken("unchanged", kept.ticket_id)
        if message.is_older_than(kept.message):
            self._plan.former.append(message)
            return Taken("stale", kept.ticket_id)
        self._plan.former.append(kept.message)
        standing = self._ticket(kept.ticket_id)
        if standing.lead == message.key:
            ticket = _retriaged(standing, message, triage, self._now)
        else:
            ticket = replace(standing.ticket, updated_at=self._now)
        return self._put("updated", triaged, standing, ticket)

    def _first(self, message: FeedbackMessage, triage: Triage) -> Taken:
        thread = thread_of(message)
        joined = self._threads.get(thread) if thread else None
        if joined is not None:
            standing = self._ticket(joined)
            count = standing.ticket.feedback_count + 1
            ticket = replace(standing.ticket, feedback_count=count, updated_at=self._now)
            return self._put("joined", Triaged(message, triage), standing, ticket)
        ticket = opened(message, triage, self._now)
        if thread:
            self._threads[thread] = ticket.id
        new = Standing(ticket, 0, connections=(connection_of(message),))
        return self._put("created", Triaged(message, triage), new, ticket)

    def _put(self, outcome: Outcome, triaged: Triaged, before: Standing, ticket: Ticket) -> Taken:
        message, triage = triaged
        self._plan.put(before, ticket, trace=message.trace)
        self._plan.feedback[message.key] = Kept(message, ticket.id)
        self._plan.logs += [RunLog(message.run_id, ticket.id, log) for log in triage.logs]
        return Taken(outcome, ticket.id)

    def _ticket(self, ticket_id: str) -> Standing:
        return self._plan.tickets.get(ticket_id) or self._known.tickets[ticket_id]


def _moved(kept: FeedbackMessage, newer: FeedbackMessage) -> FeedbackMessage:
    """What stands, in the newer one's place of the order: what lies between comes too late."""
    return replace(
        kept, received_at=newer.received_at, feedback=replace(kept.feedback, version=newer.feedback.version)
    )


def connection_of(message: FeedbackMessage) -> str:
    """As a ticket names the connections that it is made of."""
    return connection_id(message.source, message.connection)


def opened(message: FeedbackMessage, triage: Triage, now: datetime) -> Ticket:
    """A new ticket for what was said, with what triage says of it."""
    feedback = message.feedback
    return Ticket(
        id=message.key.ticket_id,
        source=message.source,
        connection=message.connection,
        external_id=feedback.external_id,
        version=feedback.version,
        kind=feedback.kind,
        title=triage.title,
        description=triage.description,
        text=feedback.text,
        language=triage.language,
        rating=feedback.rating,
        url=feedback.url,
        tags=triage.tags,
        category=triage.category,
        sentiment=triage.sentiment,
        priority=triage.priority,
        details=triage.details,
        status="open",
        needs_review=triage.needs_review,
        author=feedback.author,
        created_at=feedback.created_at or message.received_at,
        received_at=message.received_at,
        updated_at=now,
    )


def _retriaged(standing: Standing, message: FeedbackMessage, triage: Triage, now: datetime) -> Ticket:
    """The ticket with its lead's newer version, and what a person set as it was."""
    before, by_person, feedback = standing.ticket, standing.human_set, message.feedback
    return replace(
        before,
        version=feedback.version,
        kind=feedback.kind,
        title=triage.title,
        description=triage.description,
        text=feedback.text,
        language=triage.language,
        rating=feedback.rating,
        url=feedback.url,
        tags=before.tags if "tags" in by_person else triage.tags,
        category=before.category if "category" in by_person else triage.category,
        sentiment=triage.sentiment,
        priority=before.priority if "priority" in by_person else triage.priority,
        details=triage.details,
        needs_review=triage.needs_review,
        author=feedback.author,
        created_at=min(before.created_at, feedback.created_at or before.created_at),
        updated_at=now,
    )
