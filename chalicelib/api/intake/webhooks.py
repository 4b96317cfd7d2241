"""/webhooks/…: hands what a partner sends to the use-case, unchanged. PostgreSQL and pydantic
are not loaded here: the sender waits for his 202, which needs neither."""

from __future__ import annotations

from chalicelib.api.exchange import Answer, Call
from chalicelib.pipeline.intake.receive import Accepted, Ignored
from triggeriq import Request


def receive(call: Call, source: str, connection: str = "default") -> Answer:
    request = Request(
        method=call.route.method,
        headers=call.headers,
        body=call.body(),
        query={name: values[-1] for name, values in call.query.items()},
        url=call.url,
    )
    outcome = call.use.intake.receive(source, connection, request)
    if isinstance(outcome, Accepted):
        events = [{"id": event.id, "duplicate": event.duplicate} for event in outcome.events]
        return Answer({"events": events}, 202)
    if isinstance(outcome, Ignored):
        return Answer({"events": [], "ignored": outcome.reason}, 202)
    return Answer(outcome.body, outcome.status, content_type=outcome.content_type)
