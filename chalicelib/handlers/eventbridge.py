"""Events of the bus, as its rules put them on a queue. Our event is in `detail`; EventBridge adds the rest.
What `ingest` hands on to itself is our event alone.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.domain.delivery.event import AUDIENCE, CONNECTION, OURSELVES, PARTNER, CloudEvent
from chalicelib.domain.intake.envelope import Envelope, from_event
from chalicelib.domain.trace import trace_in
from chalicelib.errors import Unreadable

_MADE = ("specversion", "traceparent")
"""Members of an event's JSON that are made anew each time."""


def detail_of(body: str) -> Any:
    """The event that a message holds. Raises ValueError, KeyError, TypeError or RecursionError where there is
    none."""
    event = json.loads(body)
    return event if "specversion" in event else event["detail"]


def envelope_of(body: str) -> Envelope:
    """The envelope that a message holds; `replay-name` says that it comes from the bus's archive. Raises
    Unreadable."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(event, dict):
        raise Unreadable(f"a bus event is an object, not {type(event).__name__}")
    if "specversion" in event:
        return from_event(event)
    return from_event(event.get("detail", {}), replay="replay-name" in event)


def told_of(event: Any) -> CloudEvent:
    """The event that the bus brings to the queue `delivery`. Whose it is says the bus's own `source`, which
    we set ourselves; whom it concerns, its `resources`. Raises Unreadable."""
    try:
        members = dict(event["detail"])
        sent = {name: members.pop(name) for name in ("id", "type", "source", "time")}
        subject, data, trace = members.pop("subject", ""), members.pop("data", None), trace_in(members)
        if not all(isinstance(one, str) and one for one in (*sent.values(), subject or "-")):
            raise Unreadable("id, type, source, time and subject of an event are texts")
        concerned = [resource.partition("/") for resource in event.get("resources", ())]
        return CloudEvent(
            id=sent["id"],
            type=sent["type"],
            subject=subject,
            time=datetime.fromisoformat(sent["time"]),
            data=data,
            owner=_owner(event["source"]),
            source=sent["source"],
            connections=tuple(name for kind, _, name in concerned if kind == CONNECTION),
            audience=next((name for kind, _, name in concerned if kind == AUDIENCE), ""),
            more={name: value for name, value in members.items() if name not in _MADE},
            trace=trace,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"no event of ours: {type(error).__name__}") from error


def _owner(source: str) -> str:
    """Whose an event is, by what the bus calls its source."""
    owner = OURSELVES if source == OURSELVES else source.removeprefix(PARTNER)
    if not owner or (owner == source) != (source == OURSELVES):
        raise Unreadable("the bus knows its source neither as ours nor as a partner's")
    return owner
