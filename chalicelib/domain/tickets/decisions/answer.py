"""A conversation was answered at the provider: its ticket learns when. No word of the answer is kept.

It is told to the ticket of the conversation's latest feedback, open or not. The latest answer counts; one
that comes late changes nothing, nor does what the customer writes after it. An answer that comes before its
ticket waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.intake.notice_message import NoticeMessage
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.tickets.plan import Known, Plan, Selection, Thread
from chalicelib.domain.tickets.ticket import StageLog, Ticket


def selection(message: NoticeMessage) -> Selection:
    return Selection(threads=frozenset(_threads(message)), latest=True)


def answer(message: NoticeMessage, known: Known, now: datetime) -> Plan:
    """Note the time of the answer; an empty plan where nothing is new."""
    plan, threads = Plan(now), _threads(message)
    ids = [known.threads[thread] for thread in threads if thread in known.threads]
    if not ids:
        plan.answers.update(
            {one: message.at for one in threads if _is_later(message.at, known.answers.get(one))}
        )
        return plan
    standing = known.tickets[ids[0]]
    if _is_later(message.at, standing.ticket.answered_at):
        ticket = replace(standing.ticket, answered_at=message.at, updated_at=now)
        plan.put(standing, ticket, log=_log(ticket), trace=message.trace)
    return plan


def answered_before(
    ticket: Ticket, message: FeedbackMessage, threads: Iterable[Thread], waiting: dict[Thread, datetime]
) -> tuple[Ticket, StageLog] | None:
    """The ticket that a feedback opened or joined, with the answer that came before it, and what the audit
    trail says of that; None where none did. An answer from before it was said is none to it.

    waiting: the answers that wait for a ticket, by their conversations.
    """
    said_at = message.feedback.created_at
    times = [
        waiting[one] for one in threads if one in waiting and (said_at is None or waiting[one] >= said_at)
    ]
    if not times or not _is_later(max(times), ticket.answered_at):
        return None
    answered = replace(ticket, answered_at=max(times))
    return answered, _log(answered)


def _threads(message: NoticeMessage) -> tuple[Thread, ...]:
    return tuple(Thread(message.source, message.connection, name) for name in message.threads)


def _is_later(at: datetime, than: datetime | None) -> bool:
    return than is None or at > than


def _log(ticket: Ticket) -> StageLog:
    at = ticket.answered_at.isoformat().replace("+00:00", "Z") if ticket.answered_at else None
    return StageLog(stage="answer", by=connection_id(ticket.source, ticket.connection), data={"at": at})
