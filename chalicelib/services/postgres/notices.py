"""What a plan says of answers that wait for their ticket, and of words that were taken back.

A mark of words that were taken back stays for good. An answer waits for 90 days: of many conversations that
people of the staff have no customer's word ever comes.
"""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from typing import Any

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.plan import Plan, Thread
from chalicelib.domain.tickets.removal import REMOVED, Removal
from chalicelib.domain.tickets.ticket import STAGES
from chalicelib.services.postgres.columns import recordset, table
from chalicelib.services.postgres.connection import Session, as_rows

_ANSWER = table({"source": "text", "connection": "text", "thread": "text", "at": "timestamptz"})
_REDACTION = table(
    {"kind": "text", "source": "text", "connection": "text", "name": "text", "at": "timestamptz"}
)

_FORGET_ANSWERS = f"""
delete from early_answers a using {recordset(_ANSWER, "answers")}
where (a.source, a.connection, a.thread) = (r.source, r.connection, r.thread) and r.at is null
"""
_KEEP_ANSWERS = f"""
with late as (
    delete from early_answers where (source, connection, thread) in (
        select source, connection, thread from early_answers
        where noted_at < cast(:now as timestamptz) - interval '90 days' order by noted_at limit 10
    )
)
insert into early_answers (source, connection, thread, at, noted_at)
select source, connection, thread, at, cast(:now as timestamptz) from {recordset(_ANSWER, "answers")}
where at is not null
on conflict (source, connection, thread) do update set at = excluded.at, noted_at = excluded.noted_at
"""
_MARK = f"""
insert into redactions (kind, source, connection, name, at)
select kind, source, connection, name, at from {recordset(_REDACTION, "marks")}
on conflict (kind, source, connection, name) do update set at = greatest(redactions.at, excluded.at)
"""
# A version of a provider that tells no edit times is 0: the words before those that were taken back.
_DELETE_FORMER = f"""
delete from feedback_versions v using {recordset(_REDACTION, "marks")}
where (v.source, v.connection, v.external_id) = (r.source, r.connection, r.name)
and v.version <= floor(extract(epoch from r.at) * 1000)
"""
_UNSAID = """
update processing_logs l set data = case
    when l.stage = 'human' then l.data #- '{tags,from}'
    else json_build_object('note', cast(:removed as text))::jsonb
end
from json_to_recordset(:tickets) as r(id uuid, runs json)
where l.ticket_id = r.id and (
    (l.stage = any(cast(:stages as text[]))
        and l.run::text not in (select json_array_elements_text(r.runs)))
    or (l.stage = 'human' and l.data ? 'tags')
)
"""
# But for what has changed, which is the event's own: those that a release before wrote don't say it.
_TOLD_AS_IT_STANDS = """
update outbox o
set data = (r.data || jsonb_build_object('changed', coalesce(o.data -> 'changed', '[]')))::json
from json_to_recordset(:tickets) as r(id text, data jsonb)
where o.subject = r.id and o.type like 'ticket.%'
"""


def write(session: Session, plan: Plan) -> None:
    """Before all else of the plan is written: what it tells in the audit trail and in the outbox stays."""
    if plan.answers:
        rows = as_rows([{**_thread(thread), "at": at} for thread, at in plan.answers.items()])
        session.run(_FORGET_ANSWERS, answers=rows)
        session.run(_KEEP_ANSWERS, answers=rows, now=plan.now)
    if plan.removal is not None:
        _remove(session, plan, plan.removal)


def _remove(session: Session, plan: Plan, removal: Removal) -> None:
    of_feedback = [{"kind": "feedback", **_named(key), "at": at} for key, at in removal.feedback.items()]
    of_threads = [
        {"kind": "thread", "source": one.source, "connection": one.connection, "name": one.name, "at": at}
        for one, at in removal.threads.items()
    ]
    if of_feedback or of_threads:
        session.run(_MARK, marks=as_rows(of_feedback + of_threads))
    if of_feedback:
        session.run(_DELETE_FORMER, marks=as_rows(of_feedback))
    if removal.tickets:
        session.script("set local triggeriq.erasing = 'on'")
        session.run(
            _UNSAID,
            tickets=as_rows([{"id": id, "runs": sorted(runs)} for id, runs in removal.tickets.items()]),
            stages=list(STAGES),
            removed=REMOVED,
        )
        session.script("set local triggeriq.erasing = 'off'")
        told = {event.subject: event.data for event in plan.events}
        session.run(
            _TOLD_AS_IT_STANDS,
            tickets=as_rows([{"id": id, "data": told[id]} for id in removal.tickets if id in told]),
        )


def _thread(thread: Thread) -> dict[str, Any]:
    return {"source": thread.source, "connection": thread.connection, "thread": thread.name}


def _named(key: FeedbackKey) -> dict[str, str]:
    return {"source": key.source, "connection": key.connection, "name": key.external_id}
