"""A message as its consumer gets it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.domain.trace import Trace, trace_in

TRACE_HEADER = "AWSTraceHeader"
"""The system attribute of SQS that holds X-Ray's header."""
_NAME = re.compile(r"[a-z0-9_-]{1,64}")
"""Of a source or a connection."""
_ID_LENGTH = 1_000
"""Characters of an id that are told; receive makes none that is longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """id: SQS's. receives: how often it was received, this time included. handle: to delay it.
    sent_at: when it was first sent. attributes: the strings sent beside the body. trace: of what it was
    sent with, if it was."""

    id: str
    body: str
    receives: int = 1
    handle: str = ""
    sent_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)
    trace: Trace | None = None

    @property
    def ids(self) -> dict[str, str]:
        """What a line of the log tells of it: its own id, and what its body says of the event, as far as
        that can be read, whichever of our queues it comes from."""
        ids = {"message_id": self.id, "trace_id": self.trace.xray_id if self.trace else ""}
        try:
            message = json.loads(self.body)
            event = message.get("detail", message)  # the bus wraps what it delivers
            said = event.get("data", event)
        except (ValueError, AttributeError, RecursionError):
            return ids
        if not isinstance(said, dict):
            return ids
        trace = trace_in(event)
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
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


def _text(value: Any) -> str:
    return value[:_ID_LENGTH] if isinstance(value, str) else ""
