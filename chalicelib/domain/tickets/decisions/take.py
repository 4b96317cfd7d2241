"""What becomes of feedback when it is taken in: a pure decision over what the store knows already.

    never seen            its conversation has an open ticket → joined: one more item of that ticket
                          else                             → created: a ticket of its own
    says the same         (equal digest)                   → unchanged; only its place in the order moves
                          but its bytes were read again,
                          and more was found in them       → updated
    older than what stands                                 → stale: kept as a former version, no more
    newer, or the same bytes read again and otherwise      → updated
    taken back where it was said, before or after it came  → redacted: nothing is kept of it

A newer version of a ticket's lead feedback brings its triage along, except for what a person has set;
that includes the status, so a closed ticket stays closed with its new words. A further item changes
the ticket's count and words, never its classification.

A conversation is all feedback that shares a name, in whatever order it comes. What links two parts of it may
come last: then their tickets become one, but for those on which a person has decided something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.tickets.decisions.namesakes import (
    is_namesake,
    is_of_one_author,
    may_have_namesakes,
    set_aside,
    without_threads,
)
from chalicelib.domain.tickets.plan import Kept, Known, Plan, RunLog, Selection, Standing, Thread
from chalicelib.domain.tickets.ticket import OPEN, Outcome, Taken, Ticket, Triage, Triaged

CORE = "core"
"""Who merged tickets of one conversation, in the audit trail."""


def threads_of(message: FeedbackMessage) -> tuple[Thread, ...]:
    """The names by which it belongs to a conversation."""
    feedback = message.feedback
    names = feedback.threads or ((feedback.thread,) if feedback.thread else ())
    return tuple(Thread(message.source, message.connection, name) for name in names)


def selection(batch: Sequence[Triaged]) -> Selection:
    """What is to be known of a batch before it can be taken."""
    messages = [message for message, _ in batch]
    mails = [message for message in messages if may_have_namesakes(message)]
    return Selection(
        feedback=frozenset(message.key for message in (*messages, *map(set_aside, mails))),
        threads=frozenset(thread for message in messages for thread in threads_of(message)),
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
        if self._is_taken_back(triaged.message):
            kept = self._kept(triaged.message)
            return Taken("redacted", kept.ticket_id if kept else "")
        message, triage = self._under_its_own_id(triaged.message), triaged.triage
        triaged = Triaged(message, triage)
        kept = self._kept(message)
        if kept is None:
            return self._first(message, triage)
        says_the_same = message.digest == kept.message.digest
        if says_the_same and message.reads_otherwise(kept.message):
            # In the place that it has reached since
            message = max(message, _moved(message, kept.message), key=lambda one: one.order)
            triaged = Triaged(message, triage)
        elif says_the_same:
            if message.order > kept.message.order:
                self._plan.feedback[message.key] = Kept(_moved(kept.message, message), kept.ticket_id)
            return Taken("unchanged", kept.ticket_id)
        elif message.is_older_than(kept.message):
            self._plan.former.append(message)
            return Taken("stale", kept.ticket_id)
        else:
            self._plan.former.append(kept.message)
        standing = self._ticket(kept.ticket_id)
        if standing.lead == message.key:
            ticket = _retriaged(standing, message, triage, self._now)
        else:
            ticket = replace(standing.ticket, updated_at=self._now)
        return self._put("updated", triaged, standing, ticket)

    def _is_taken_back(self, message: FeedbackMessage) -> bool:
        """With the content of its files, which came before it."""
        if not (self._known.redacted or self._known.redacted_threads):
            return False
        # Here, since few batches need it
        from chalicelib.domain.tickets.decisions.redact import files_of, is_taken_back
        from chalicelib.domain.tickets.removal import Removal

        known = self._known
        if not is_taken_back(message, threads_of(message), known.redacted, known.redacted_threads):
            return False
        self._plan.removal = self._plan.removal or Removal()
        self._plan.removal.files += files_of(message)
        return True

    def _under_its_own_id(self, message: FeedbackMessage) -> FeedbackMessage:
        first = self._kept(message)
        if first is None or not may_have_namesakes(message):
            return message
        aside = set_aside(message)
        if self._kept(aside) is None and not is_namesake(message, first.message):
            return message
        return aside if is_of_one_author(message, first.message) else without_threads(aside)

    def _first(self, message: FeedbackMessage, triage: Triage) -> Taken:
        standing = self._conversation(message)
        if standing is not None:
            count = standing.ticket.feedback_count + 1
            ticket = replace(standing.ticket, feedback_count=count, updated_at=self._now)
            ticket, triage = self._with_early_answer(message, ticket, triage)
            return self._put("joined", Triaged(message, triage), standing, ticket)
        ticket, human_set = opened(message, triage, self._now), frozenset[str]()
        if message.feedback.handled is not None:
            # Here, since few starts need it
            from chalicelib.domain.tickets.decisions.take_over import take_over

            ticket, human_set, log = take_over(ticket, message.feedback.handled)
            triage = replace(triage, logs=(*triage.logs, log))
        ticket, triage = self._with_early_answer(message, ticket, triage)
        new = Standing(ticket, 0, human_set, connections=(connection_of(message),))
        return self._put("created", Triaged(message, triage), new, ticket)

    def _with_early_answer(
        self, message: FeedbackMessage, ticket: Ticket, triage: Triage
    ) -> tuple[Ticket, Triage]:
        """The ticket with an answer to it that came before it; the triage with what the audit trail says."""
        waiting = {one: at for one, at in self._known.answers.items() if one not in self._plan.answers}
        if not waiting:
            return ticket, triage
        from chalicelib.domain.tickets.decisions.answer import answered_before

        threads = threads_of(message)
        answered = answered_before(ticket, message, threads, waiting)
        if answered is None:
            return ticket, triage
        self._plan.answers.update(dict.fromkeys(threads))
        ticket, log = answered
        return ticket, replace(triage, logs=(*triage.logs, log))

    def _conversation(self, message: FeedbackMessage) -> Standing | None:
        """The open ticket of its conversation. Several become one: the oldest, or one on which a person has
        decided something."""
        ids = dict.fromkeys(self._threads[name] for name in threads_of(message) if name in self._threads)
        if not ids:
            return None
        found = sorted(map(self._ticket, ids), key=self._age)
        decided = [standing for standing in found if standing.human_set]
        into = max(decided, key=lambda standing: standing.ticket.updated_at) if decided else found[0]
        # What is stored can't go into a ticket that is not.
        others = [
            standing
            for standing in found
            if standing is not into
            and not standing.human_set
            and (self._is_new(standing) or not self._is_new(into))
        ]
        if others:
            from chalicelib.domain.tickets.decisions.merge import merge_into

            into = merge_into(self._plan, into, others, CORE)
            self._threads = {name: self._plan.moved.get(id, id) for name, id in self._threads.items()}
        return into

    def _age(self, standing: Standing) -> tuple[bool, datetime, str]:
        return (self._is_new(standing), standing.ticket.received_at, standing.ticket.id)

    def _is_new(self, standing: Standing) -> bool:
        return standing.ticket.id not in self._known.tickets

    def _put(self, outcome: Outcome, triaged: Triaged, before: Standing, ticket: Ticket) -> Taken:
        message, triage = triaged
        self._plan.put(before, ticket, trace=message.trace)
        self._plan.feedback[message.key] = Kept(message, ticket.id)
        self._plan.logs += [RunLog(message.run_id, ticket.id, log) for log in triage.logs]
        if ticket.status in OPEN:
            self._threads.update(dict.fromkeys(threads_of(message), ticket.id))
        return Taken(outcome, ticket.id)

    def _kept(self, message: FeedbackMessage) -> Kept | None:
        kept = self._plan.feedback.get(message.key) or self._known.feedback.get(message.key)
        if kept is None or kept.ticket_id not in self._plan.moved:
            return kept
        return Kept(kept.message, self._plan.moved[kept.ticket_id])

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
        facets=triage.facets,
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
        facets=triage.facets,
        needs_review=triage.needs_review,
        author=feedback.author,
        created_at=min(before.created_at, feedback.created_at or before.created_at),
        updated_at=now,
    )
