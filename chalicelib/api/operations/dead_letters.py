"""/dlq: what failed too often, and its way back in."""

from __future__ import annotations

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.api.operations.shapes import DeadLetters, RedriveRequest


def listed(call: Call, query: PageQuery) -> DeadLetters:
    letters = call.use.operations.dead_letters
    page = letters.failures(query.limit, query.cursor)
    return DeadLetters.model_validate({"queues": letters.counts(), "items": page.items, "next": page.next})


def redrive(call: Call, body: RedriveRequest) -> Answer:
    return Answer({"moved": call.use.operations.dead_letters.redrive(body.queue)})
