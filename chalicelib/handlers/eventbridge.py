"""Events of the bus, as its rules put them on a queue. Our event is in `detail`; EventBridge adds the rest.
What `ingest` hands on to itself is our event alone.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.domain.intake.envelope import Envelope, from_event
from chalicelib.errors import Unreadable


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
