"""An event as answers show it: what was sent, text for text, with what we say of it."""

from __future__ import annotations

import json
from datetime import datetime

from chalicelib.domain.delivery.stored_event import StoredEvent


def event_text(event: StoredEvent) -> str:
    """The event in JSON. A body is not parsed for it: it may be long, and many of them more than the function
    has memory for."""
    ours = {"owner": event.owner, "received_at": time_text(event.received_at)}
    if event.body is None:
        return compact({**event.members(), **ours, "forgotten": True})
    if '"owner"' in event.body:  # its sender has an attribute of that name, and ours counts
        return compact({**event.members(), **ours})
    return f"{event.body[:-1]},{compact(ours)[1:]}"


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def time_text(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
