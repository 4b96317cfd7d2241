"""What goes out on the bus: CloudEvents 1.0."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from chalicelib.domain.trace import Trace, traced
from chalicelib.errors import Poison

_NAMESPACE = uuid.UUID("a6a5f2c5-0a32-4e0e-8a5f-0c63e0a0c9d7")

OURSELVES = "triggeriq"
"""Owner and source of what we tell. No key may have such an owner."""
OURS = (
    "ticket.", "alert.", "feedback.", "endpoint.", "plugin.", "dlq.", "source.", "file.", "insight.",
    "subscription.", "release.",
)  # fmt: skip
"""Beginnings of event types that only TriggerIQ itself may send."""
PARTNER = "partner."
"""Beginning of what the bus calls the source of an event that was posted; its owner follows."""
CONNECTION, AUDIENCE = "connection", "audience"
"""Beginnings of what the bus calls an event's resources, before a "/"."""

WHOLE_BYTES = 240_000
"""The longest body that is kept in one row, and goes on the bus, whole."""


@dataclass(frozen=True, kw_only=True)  # without slots, for the cached body
class CloudEvent:
    """One event: for the bus, the store, the inbox and the subscribers alike."""

    id: str
    """Unique within its source; the same however often it is sent."""
    type: str
    """Such as "ticket.created"."""
    subject: str = ""
    """The id of what it is about; "" where its sender named none."""
    time: datetime
    """When it happened."""
    data: Any = None
    """JSON; None: it has none, or has it in base64."""
    owner: str = OURSELVES
    """Whose it is: ours is what we tell, else who posted it."""
    source: str = OURSELVES
    """In which context it happened, as its sender names it; of what we tell "triggeriq"."""
    connections: tuple[str, ...] = ()
    """The connections that it is made of, each "source/connection"; they decide who may see it."""
    audience: str = ""
    """The owner who alone is told of it; "" where everybody is who may see its connections."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members as they were sent: dataschema, datacontenttype, data_base64, extensions."""
    trace: Trace | None = None
    """Of what brought it about, told as CloudEvents' extension for distributed tracing has it:
    https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md"""

    @cached_property
    def body(self) -> str:
        """The event in CloudEvents' JSON format, made once: whoever gets it gets this text.

        Raises Poison where its data have no form in JSON.
        """
        try:
            return json.dumps(self.as_json(), separators=(",", ":"))
        except (TypeError, ValueError, RecursionError) as error:
            raise Poison(f"an event can't be written as JSON: {error}") from error

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two events the same: owner, source and id."""
        return (self.owner, self.source, self.id)

    @property
    def bus_source(self) -> str:
        """What the bus calls its source. We set it, so that nobody can pass for us."""
        return OURSELVES if self.owner == OURSELVES else f"{PARTNER}{self.owner}"

    @property
    def bus_resources(self) -> list[str]:
        """What the bus carries beside it: whom it concerns. No subscriber gets that."""
        concerned = [f"{CONNECTION}/{one}" for one in self.connections]
        return [*concerned, f"{AUDIENCE}/{self.audience}"] if self.audience else concerned

    @property
    def for_the_bus(self) -> CloudEvent:
        """The event as it goes on the bus. One that is too long has a reference in place of its data, which
        whoever needs them reads from the log of events (claim check), as CloudEvents' extension has it:
        https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/dataref.md"""
        if len(self.body) <= WHOLE_BYTES:
            return self
        rest = {name: value for name, value in self.more.items() if name != "data_base64"}
        return replace(self, data=None, more={**rest, "dataref": f"/events/{self.id}"})

    def as_json(self) -> dict[str, Any]:
        """The event in CloudEvents' JSON format."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            **({"subject": self.subject} if self.subject else {}),
            "time": self.time.isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            **traced(self.trace),
            **self.more,
            **({} if self.data is None else {"data": self.data}),
        }


def ticket_event_id(ticket_id: str, row_version: int, type: str) -> str:
    """The id of what happened to a ticket: the same however often it is sent."""
    return str(uuid.uuid5(_NAMESPACE, f"{ticket_id}\n{row_version}\n{type}"))
