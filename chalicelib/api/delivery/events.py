"""/events: what partners and teams tell. A poster waits for his 202, so pydantic is not loaded here."""

from __future__ import annotations

import re
import uuid

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.routes import ROUTES
from chalicelib.domain.delivery.posted_event import Poster, posted_events
from chalicelib.errors import Invalid

_NAMESPACE = uuid.UUID("4f0f1f0e-0d0c-4c7a-9f3c-2f8f7c1b6a55")
_ORIGIN = re.compile(r"\*|[A-Za-z0-9.:_-]{1,255}")
_RATE = re.compile("[1-9][0-9]{0,8}")


def post(call: Call) -> Answer:
    caller = call.caller
    poster = Poster(
        owner=caller.owner,
        connections=caller.restriction.patterns if caller.restriction else (),
        now=call.use.now(),
        made_id=lambda number: _made_id(call.repeats, number),
    )
    posted = call.use.delivery.post_events(posted_events(call.headers, call.body(), poster))
    return Answer({"events": [{"id": event.id, "duplicate": event.duplicate} for event in posted]})


def _made_id(repeats: str, number: int) -> str:
    """A new id; where the request says what it repeats, the same for each repeat."""
    return str(uuid.uuid5(_NAMESPACE, f"{repeats}\n{number}") if repeats else uuid.uuid4())


def handshake(call: Call) -> Answer:
    """CloudEvents' web hook handshake: a sender asks whether it may send here. Whoever has a key may.

    https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#4-abuse-protection
    """
    from chalicelib.api.unrouted import is_preflight, preflight

    methods = [route.method for route in ROUTES if route.path == call.route.path]
    if is_preflight(call.headers):
        return preflight(methods)
    headers = {"Allow": ", ".join(methods)}
    origin = call.headers.get("webhook-request-origin")
    if origin is not None:
        headers["WebHook-Allowed-Origin"] = _matching(_ORIGIN, origin, "WebHook-Request-Origin", "a DNS name")
        rate = call.headers.get("webhook-request-rate")
        headers["WebHook-Allowed-Rate"] = (
            "*" if rate is None else _matching(_RATE, rate, "WebHook-Request-Rate", "requests a minute")
        )
    return Answer("", headers=headers, content_type="text/plain")


def _matching(form: re.Pattern[str], value: str, header: str, what: str) -> str:
    if not form.fullmatch(value):
        raise Invalid(f"{header}: is {what}", header)
    return value
