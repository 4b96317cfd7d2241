"""What is in a ticket: all that was said, the files that came with it, and the audit trail."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.page import Page, from_cursor, not_given, page_of, time_in_cursor, to_cursor
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.ticket_attachment import FeedbackName, KeptAttachment
from chalicelib.domain.tickets.ticket_feedback import (
    VERSIONS_MOST,
    FeedbackVersion,
    TicketFeedback,
    in_ticket,
)
from chalicelib.services.postgres.columns import names
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.rows import FEEDBACK, kept_of
from triggeriq import Attachment
from triggeriq.names import NAME

_FIRST = "coalesce(first_received_at, received_at)"
_SAID = f"{_FIRST}, source, connection, external_id"
_NAMED = (re.compile(NAME),) * 2 + (re.compile("[^\0\ud800-\udfff]{1,1000}"),)
"""Source, connection and external_id in a cursor: texts that PostgreSQL takes."""


def feedback(database: Database, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
    """The ticket's feedback in the order in which it first came: an edit does not move it. The ticket must
    exist."""
    conditions, position = ["ticket_id = cast(:ticket_id as uuid)"], {}
    if cursor is not None:
        at, *name = from_cursor(cursor, str, *_NAMED)
        conditions.append(f"({_SAID}) > (cast(:at as timestamptz), :source, :connection, :external_id)")
        position = dict(
            zip(("source", "connection", "external_id"), name, strict=True), at=time_in_cursor(at)
        )
    rows = database.run(
        f"select {_FIRST}, {names(FEEDBACK)} from feedback where {' and '.join(conditions)} "
        f"order by {_SAID} limit :rows",
        ticket_id=ticket_id,
        rows=limit + 1,
        **position,
    )
    messages = [(first, kept_of(row).message) for first, *row in rows]
    former = _former(database, [message.key for _, message in messages])
    return page_of(
        [replace(in_ticket(message, former[message.key]), received_at=first) for first, message in messages],
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


_FILES = f"""
select {_FIRST} as first, source, connection, external_id, a.place, a.file, attachments_key
from feedback cross join lateral jsonb_array_elements(attachments) with ordinality as a (file, place)
where ticket_id = cast(:ticket_id as uuid)
"""
_PLACE = "first, source, connection, external_id, place"


def attachments(database: Database, ticket_id: str, limit: int, cursor: str | None) -> Page[KeptAttachment]:
    """The files that came with the ticket's feedback, in its order. The ticket must exist."""
    condition, position = "", {}
    if cursor is not None:
        at, *name, place = from_cursor(cursor, str, *_NAMED, int)
        if not 0 <= int(place) < 2**63:
            raise not_given()
        condition = (
            f"where ({_PLACE}) > "
            "(cast(:at as timestamptz), :source, :connection, :external_id, cast(:place as bigint))"
        )
        position = dict(
            zip(("source", "connection", "external_id"), name, strict=True),
            at=time_in_cursor(at),
            place=place,
        )
    rows = database.run(
        f"select * from ({_FILES}) files {condition} order by {_PLACE} limit :rows",
        ticket_id=ticket_id,
        rows=limit + 1,
        **position,
    )
    page = page_of(rows, limit, cursor=lambda row: to_cursor(row[0].isoformat(), *row[1:5]))
    return Page(tuple(_attachment(row) for row in page.items), page.next)


def _attachment(row: Sequence[Any]) -> KeptAttachment:
    _, source, connection, external_id, place, file, key = row
    feedback = FeedbackName(source=source, connection=connection, external_id=external_id)
    return KeptAttachment(Attachment(**file), feedback, f"{key}/{place - 1}")


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
