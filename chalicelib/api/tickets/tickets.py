"""/tickets: search, count, read, change, audit trail, what was said, files that came along, merge, split."""

from __future__ import annotations

import uuid
from dataclasses import replace

from chalicelib.api.entity_tags import etag, unchanged, wanted_version
from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.api.tickets.shapes import (
    Merge,
    Split,
    SplitTickets,
    TicketChange,
    TicketCountQuery,
    TicketQuery,
)
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.plan import Standing
from chalicelib.domain.tickets.ticket import Change, Ticket
from chalicelib.domain.tickets.ticket_attachment import TicketAttachment
from chalicelib.domain.tickets.ticket_counts import TicketCounts
from chalicelib.domain.tickets.ticket_feedback import TicketFeedback
from chalicelib.errors import Invalid, NotFound


def search(call: Call, query: TicketQuery) -> Page[Ticket]:
    wanted = replace(query.as_filter(), within=call.caller.restriction)
    return call.use.tickets.read.search(wanted, query.limit, query.cursor, query.as_order())


def count(call: Call, query: TicketCountQuery) -> TicketCounts:
    return call.use.tickets.read.count(replace(query.as_filter(), within=call.caller.restriction))


def find(call: Call, id: str) -> Answer:
    found = _found(call, _ticket_id(id))
    if unchanged(call, found.row_version):
        return Answer(None, 304, etag(found.row_version))
    return _answer(found)


def change(call: Call, id: str, body: TicketChange) -> Answer:
    ticket_id = _ticket_id(id)
    wanted = Change(body.fields(), call.caller.name)
    changed = call.use.tickets.change(
        ticket_id, wanted, _if_version(call, ticket_id), call.caller.restriction
    )
    return _answer(changed)


def history(call: Call, id: str, query: PageQuery) -> Page[HistoryEntry]:
    return call.use.tickets.read.history(_ticket_id(id), query.limit, query.cursor, call.caller.restriction)


def feedback(call: Call, id: str, query: PageQuery) -> Page[TicketFeedback]:
    return call.use.tickets.read.feedback(_ticket_id(id), query.limit, query.cursor, call.caller.restriction)


def attachments(call: Call, id: str, query: PageQuery) -> Page[TicketAttachment]:
    return call.use.tickets.attachments(_ticket_id(id), query.limit, query.cursor, call.caller.restriction)


def merge(call: Call, id: str, body: Merge) -> Answer:
    ticket_id = _ticket_id(id)
    others = [str(other) for other in dict.fromkeys(body.tickets)]
    if ticket_id in others:
        raise Invalid("a ticket can't be merged into itself; leave it out of the list", "tickets")
    merged = call.use.tickets.merge(
        ticket_id, others, call.caller.name, _if_version(call, ticket_id), call.caller.restriction
    )
    return _answer(merged)


def split(call: Call, id: str, body: Split) -> Answer:
    ticket_id = _ticket_id(id)
    named = (FeedbackKey(item.source, item.connection, item.external_id) for item in body.feedback)
    items = list(dict.fromkeys(named))
    left, new = call.use.tickets.split(
        ticket_id, items, call.caller.name, _if_version(call, ticket_id), call.caller.restriction
    )
    headers = {"Location": f"/tickets/{new.ticket.id}", **etag(new.row_version)}
    return Answer(SplitTickets(ticket=left.ticket, new=new.ticket), headers=headers)


def _found(call: Call, ticket_id: str) -> Standing:
    return call.use.tickets.read.find(ticket_id, call.caller.restriction)


def _if_version(call: Call, ticket_id: str) -> int | None:
    return wanted_version(call, lambda: _found(call, ticket_id).row_version)


def _answer(found: Standing) -> Answer:
    return Answer(found.ticket, headers=etag(found.row_version))


def _ticket_id(id: str) -> str:
    """The id as we write it, in lower case. Raises NotFound for what is no UUID, since no ticket can have it
    as its id."""
    try:
        ticket_id = str(uuid.UUID(id))
    except ValueError:
        ticket_id = ""
    if ticket_id != id.lower():
        raise NotFound(f"there is no ticket {id}; a ticket's id is a UUID")
    return ticket_id
