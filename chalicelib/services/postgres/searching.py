"""Finds tickets: by keyset, newest first, so that page 1,000 costs what page 1 costs."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.intake.feedback import FeedbackKey, clean_text
from chalicelib.domain.page import Page, from_cursor, not_given, page_of, to_cursor
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.tickets.ticket_feedback import (
    VERSIONS_MOST,
    FeedbackVersion,
    TicketFeedback,
    in_ticket,
)
from chalicelib.domain.tickets.ticket_filter import TicketFilter
from chalicelib.services.postgres.columns import names
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.ids import is_id
from chalicelib.services.postgres.restricting import own_tickets
from chalicelib.services.postgres.rows import (
    FEEDBACK,
    FROM_TICKET,
    SELECT_TICKET,
    kept_of,
    standing_of,
)
from triggeriq.names import NAME

QUERY_LIMIT = 1_000
"""Characters of a search; nobody types more, and each word costs."""

_RULE = re.compile(r'-(?:[^\w"]*-)+')
"""Hyphens with no word between them, as in a line of hyphens. Each is a "not" to PostgreSQL, which stacks 32
at most: https://github.com/postgres/postgres/blob/REL_16_STABLE/src/backend/utils/adt/tsquery.c
(STACKDEPTH)"""

_CONDITIONS = {
    "query": "t.search @@ websearch_to_tsquery('simple', :query)",  # takes any text but a _RULE
    "status": "t.status = :status",
    "category": "t.category = :category",
    "priority": "t.priority = :priority",
    "sentiment": "t.sentiment = :sentiment",
    "customer": "t.customer_id = cast(:customer as uuid)",
    "assignee": "t.assignee = :assignee",
    "tag": "t.tags @> array[cast(:tag as text)]",
    "since": "t.received_at >= cast(:since as timestamptz)",
    "until": "t.received_at < cast(:until as timestamptz)",
}
_ITEM_CONDITIONS = {"source": "i.source = :source", "connection": "i.connection = :connection"}
_BEHIND = "(t.received_at, t.id) < (cast(:last_at as timestamptz), cast(:last_id as uuid))"

_SAID = "received_at, source, connection, external_id"
_NAMED = (re.compile(NAME),) * 2 + (re.compile("[^\0\ud800-\udfff]{1,1000}"),)
"""Source, connection and external_id in a cursor: texts that PostgreSQL takes."""


def search(database: Database, wanted: TicketFilter, limit: int, cursor: str | None) -> Page[Ticket]:
    """See ports.tickets.TicketReader. A ticket fits source and connection if any of its feedback does.
    Tickets that were merged away are not listed: their feedback is in another ticket."""
    parameters: dict[str, Any] = {}
    for name in (*_CONDITIONS, *_ITEM_CONDITIONS):
        value = getattr(wanted, name)
        if value is not None:
            parameters[name] = clean_text(value)[:QUERY_LIMIT] if isinstance(value, str) else value
    if "query" in parameters:
        parameters["query"] = _RULE.sub(" ", parameters["query"])
    if "customer" in parameters and not is_id(parameters["customer"]):
        return Page(())
    conditions = [
        "t.merged_into is null",
        *(said for name, said in _CONDITIONS.items() if name in parameters),
    ]
    if items := [said for name, said in _ITEM_CONDITIONS.items() if name in parameters]:
        conditions.append(
            f"exists (select from feedback i where {' and '.join(['i.ticket_id = t.id', *items])})"
        )
    if wanted.needs_review is not None:
        conditions.append("t.needs_review" if wanted.needs_review else "not t.needs_review")
    own, own_parameters = own_tickets(wanted.within, "t")
    if own:
        conditions.append(own)
        parameters |= own_parameters
    if cursor is not None:
        conditions.append(_BEHIND)
        parameters["last_at"], parameters["last_id"] = _position(cursor)
    rows = database.ask(
        f"select {SELECT_TICKET} {FROM_TICKET} where {' and '.join(conditions)} "
        "order by t.received_at desc, t.id desc limit :rows",
        rows=limit + 1,
        **parameters,
    )
    return page_of(
        [standing_of(row).ticket for row in rows],
        limit,
        cursor=lambda ticket: to_cursor(ticket.received_at.isoformat(), ticket.id),
    )


def feedback(database: Database, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
    """The ticket's feedback, oldest first. The ticket must exist."""
    conditions, position = ["ticket_id = cast(:ticket_id as uuid)"], {}
    if cursor is not None:
        at, *name = from_cursor(cursor, str, *_NAMED)
        conditions.append(f"({_SAID}) > (cast(:at as timestamptz), :source, :connection, :external_id)")
        position = dict(zip(("source", "connection", "external_id"), name, strict=True), at=_time(at))
    rows = database.run(
        f"select {names(FEEDBACK)} from feedback where {' and '.join(conditions)} "
        f"order by {_SAID} limit :rows",
        ticket_id=ticket_id,
        rows=limit + 1,
        **position,
    )
    messages = [kept_of(row).message for row in rows]
    former = _former(database, [message.key for message in messages])
    return page_of(
        [in_ticket(message, former[message.key]) for message in messages],
        limit,
        cursor=lambda said: to_cursor(
            said.received_at.isoformat(), said.source, said.connection, said.external_id
        ),
    )


_FORMER = f"""
select source, connection, external_id, version, title, text, rating, received_at from (
    select *, row_number() over (partition by source, connection, external_id
        order by version desc, received_at desc, digest desc) as newest
    from feedback_versions join unnest(
        cast(:sources as text[]), cast(:connections as text[]), cast(:ids as text[])
    ) as wanted (source, connection, external_id) using (source, connection, external_id)
) former where newest <= {VERSIONS_MOST} order by version, received_at, digest
"""


def _former(database: Database, keys: Sequence[FeedbackKey]) -> Mapping[FeedbackKey, list[FeedbackVersion]]:
    """What each feedback said before, oldest first."""
    found: dict[FeedbackKey, list[FeedbackVersion]] = {key: [] for key in keys}
    if keys:
        sources, connections, ids = (list(names) for names in zip(*keys, strict=True))
        for *key, version, title, text, rating, at in database.run(
            _FORMER, sources=sources, connections=connections, ids=ids
        ):
            said = FeedbackVersion(version=version, title=title, text=text, rating=rating, at=at)
            found[FeedbackKey(*key)].append(said)
    return found


def history(database: Database, ticket_id: str, limit: int, cursor: str | None) -> Page[HistoryEntry]:
    """The audit trail, oldest first. The ticket must exist."""
    after = 0
    if cursor is not None:
        after = int(from_cursor(cursor, int)[0])
        if not 0 <= after < 2**63:
            raise not_given()
    rows = database.run(
        "select id, at, stage, by, data from processing_logs "
        "where ticket_id = cast(:ticket_id as uuid) and id > :after order by id limit :rows",
        ticket_id=ticket_id,
        after=after,
        rows=limit + 1,
    )
    page = page_of(rows, limit, cursor=lambda row: to_cursor(row[0]))
    entries = (HistoryEntry(at=at, stage=stage, by=by, data=data) for _, at, stage, by, data in page.items)
    return Page(tuple(entries), page.next)


def _position(cursor: str) -> tuple[datetime, str]:
    at, id = from_cursor(cursor, str, str)
    if not is_id(str(id)):
        raise not_given()
    return _time(at), str(id)


def _time(said: object) -> datetime:
    """A time in a cursor. Raises Invalid."""
    try:
        time = datetime.fromisoformat(str(said))
        if time.tzinfo is None:
            raise not_given()
        return time.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC it may lie before the year 1 or behind 9999
        raise not_given() from None
