"""Words were taken back where they were said: they are removed here, too, and do not come back.

    the feedback         keeps its place, its author and its rating; its words go, up to the time given
    its former versions  go
    a ticket that it led is told by the oldest feedback that is left, or by nothing; what a person set stays
    the audit trail      loses what triage quoted
    what comes later     is let in only if it was said later: an edit

A mark stays for good, whether there was such a feedback or not. So neither a repeat nor a late version, a
replay or a reread brings the words back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.intake.notice_message import NoticeMessage
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.tickets.plan import Kept, Known, Plan, Selection, Standing, Thread
from chalicelib.domain.tickets.removal import REMOVED, Removal, as_version
from chalicelib.domain.tickets.ticket import StageLog, Ticket
from triggeriq import JSON, Attachment

TITLE_LIMIT = 120
_NEVER = datetime.min.replace(tzinfo=UTC)


def conversation(message: NoticeMessage) -> Selection:
    """What is to be known of a conversation whose words were taken back."""
    threads = (Thread(message.source, message.connection, name) for name in message.threads)
    return Selection(threads=frozenset(threads), said=True)


def close_conversation(message: NoticeMessage, known: Known, now: datetime) -> Plan:
    """Let none of its words in again. The feedback that is there is then redacted one by one."""
    threads = conversation(message).threads
    late = (one for one in threads if message.at > known.redacted_threads.get(one, _NEVER))
    return Plan(now, removal=Removal(threads=dict.fromkeys(late, message.at)))


def selection(keys: Iterable[FeedbackKey]) -> Selection:
    """What is to be known of feedback whose words were taken back: its tickets whole, and those that were
    merged into them, which it may have opened."""
    return Selection(feedback=frozenset(keys), items=True, former=True)


def redact(message: NoticeMessage, keys: Collection[FeedbackKey], known: Known, now: datetime) -> Plan:
    """Remove the words of this feedback; nothing but its files where that was done before."""
    removal = Removal(files_up_to=dict.fromkeys(keys, as_version(message.at)))
    plan = Plan(now, removal=removal)
    gone: dict[FeedbackKey, Kept] = {}
    touched: set[str] = set()
    for key in keys:
        kept = known.feedback.get(key)
        if kept is not None and not _stands(kept.message, message.at):
            removal.files += files_of(kept.message)
            gone[key] = Kept(_without_words(kept.message), kept.ticket_id)
        if message.at > known.redacted.get(key, _NEVER):
            removal.feedback[key] = message.at
            if kept is not None and gone.get(key) != kept:
                touched.add(kept.ticket_id)
    plan.feedback.update({key: kept for key, kept in gone.items() if kept.ticket_id in touched})
    items = {**known.feedback, **gone}
    runs = frozenset(kept.message.run_id for kept in items.values() if not _is_empty(kept.message))
    for id, standing in known.tickets.items():
        if id not in touched and standing.lead not in plan.feedback:
            continue
        ticket = standing.ticket
        if standing.lead in plan.feedback:
            left = [
                one.message for one in items.values() if one.ticket_id == id and not _is_empty(one.message)
            ]
            ticket = _retold(standing, plan.feedback[standing.lead].message, left)
        plan.put(
            standing,
            replace(ticket, updated_at=now),
            log=_log(message, [key for key in removal.feedback if key in known.feedback]),
            trace=message.trace,
        )
        removal.tickets[id] = runs
    return plan


def is_taken_back(
    message: FeedbackMessage,
    threads: Iterable[Thread],
    redacted: Mapping[FeedbackKey, datetime],
    redacted_threads: Mapping[Thread, datetime],
) -> bool:
    """Whether these words are not to be let in: they, or those of a conversation that they belong to, were
    taken back after they were said."""
    if message.key in redacted and not _stands(message, redacted[message.key]):
        return True
    times = [redacted_threads[one] for one in threads if one in redacted_threads]
    return bool(times) and not _stands(message, max(times), received=True)


def files_of(message: FeedbackMessage) -> list[str]:
    """Where the content of its attachments lies."""
    places = range(len(message.feedback.attachments)) if message.attachments_key else ()
    return [f"{message.attachments_key}/{place}" for place in places]


def _stands(message: FeedbackMessage, at: datetime, received: bool = False) -> bool:
    """Whether it was said after that time.

    Where its provider tells no time, it was not: it is what was taken back. received: then the time of its
    receipt counts, as for a conversation that goes on.
    """
    version, said_at = message.feedback.version, message.feedback.created_at
    if version:
        return version > as_version(at)
    if said_at is None and received:
        said_at = message.received_at
    return said_at is not None and said_at > at


def _is_empty(message: FeedbackMessage) -> bool:
    return message.feedback.text == REMOVED


def _without_words(message: FeedbackMessage) -> FeedbackMessage:
    said = message.feedback
    bare = replace(
        said,
        title=None,
        text=REMOVED,
        quoted="",
        url=None,
        # As many as there were, so that what tells it again finds their content, should it still lie there
        attachments=tuple(Attachment(name="removed") for _ in said.attachments),
        attributes={},
    )
    return replace(message, feedback=bare)


def _retold(standing: Standing, lead: FeedbackMessage, left: Collection[FeedbackMessage]) -> Ticket:
    """The ticket without what its lead said. left: what others say in it. Nobody has triaged that for this
    ticket, so a person must look."""
    ticket, by_person = standing.ticket, standing.human_set
    lead = min(left, key=lambda one: (one.received_at, one.key), default=lead)
    said = lead.feedback
    words: dict[str, Any] = {"title": REMOVED, "description": REMOVED}
    if left:
        words = {
            "title": (said.title or said.text.strip().partition("\n")[0] or "(no text)")[:TITLE_LIMIT],
            "description": said.text,
            "language": said.language or ticket.language,
            "needs_review": True,
        }
    priority = replace(ticket.priority, evidence=())
    return replace(
        ticket,
        source=lead.source,
        connection=lead.connection,
        external_id=said.external_id,
        version=said.version,
        kind=said.kind,
        text=said.text,
        rating=said.rating,
        url=said.url,
        author=said.author,
        **words,
        tags=ticket.tags if "tags" in by_person else (),
        category=replace(ticket.category, evidence=()),
        sentiment=replace(ticket.sentiment, evidence=()),
        priority=priority if "priority" in by_person else replace(priority, reasons=(REMOVED,)),
        details={},
        facets={},
    )


def _log(message: NoticeMessage, keys: Iterable[FeedbackKey]) -> StageLog:
    told: list[JSON] = [list(key) for key in keys]
    at = message.at.isoformat().replace("+00:00", "Z")
    by = connection_id(message.source, message.connection)
    return StageLog(stage="redact", by=by, data={"at": at, "feedback": told})
