"""A message as its consumer gets it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.domain.trace import Trace, trace_in
from triggeriq.names import NAME

_ID_LENGTH = 1_000
"""Characters of an id that are told; receive makes none that is longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One message, received."""

    id: str
    """The queue's."""
    body: str
    receives: int = 1
    """How often it was received, this time included."""
    handle: str = ""
    """By which the queue knows this receive of it."""
    sent_at: datetime
    """When it was first sent."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """The strings sent beside the body."""
    trace: Trace | None = None
    """Of what sent it, if it said."""
    read: Callable[[str], Any] = json.loads
    """Finds our JSON in the body. May raise ValueError, KeyError, TypeError, RecursionError."""

    @property
    def ids(self) -> dict[str, str]:
        """What a line of the log tells of it: its own id, and what its body says of the event, as far as
        that can be read, whichever of our queues it comes from."""
        ids = {"message_id": self.id, "trace_id": self.trace.xray_id if self.trace else ""}
        try:
            message = self.read(self.body)
            said = message.get("data", message)  # an event's; other messages have theirs beside `v`
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return ids
        if not isinstance(said, dict):
            return ids
        trace = trace_in(message)
        return {
            **ids,
            "event_id": _text(said.get("event_id", said.get("id"))),
            "import_id": _text(said.get("import")),
            "job_id": _text(said.get("job")),
            "source": _name(said.get("source")),
            "connection": _name(said.get("connection")),
            **({"trace_id": trace.xray_id} if trace else {}),
        }


def _name(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch(NAME, value) else ""


def _text(value: Any) -> str:
    return value[:_ID_LENGTH] if isinstance(value, str) else ""
