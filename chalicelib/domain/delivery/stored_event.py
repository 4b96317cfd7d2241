"""An event as the log of events keeps it: one row for the store, the inbox and the subscribers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.delivery.event import OURSELVES, CloudEvent
from chalicelib.domain.operations.restriction import Restriction, may_see

POSITION = "[0-9a-f]{12}-[0-9a-f]{20}"
"""What all of a position matches."""
_MILLISECONDS = 1_000


def position_of(identity: Iterable[str], received_at: datetime) -> str:
    """Where an event stands in the log: in the order in which events came, each at a place of its own. It
    is also the event's place in every inbox, and in the deliveries of every subscription.

    identity: owner, source and id.
    """
    digest = hashlib.sha256(json.dumps([*identity]).encode()).hexdigest()
    return f"{first_position(received_at)}{digest[:20]}"


def first_position(at: datetime) -> str:
    """What every position from that time on is greater than, and none before it."""
    return f"{int(at.timestamp() * _MILLISECONDS):012x}-"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """One event of the log."""

    id: str
    """Unique within its owner's source."""
    type: str
    source: str
    owner: str
    """Who posted it; "triggeriq" is what we tell."""
    subject: str = ""
    connections: tuple[str, ...] = ()
    audience: str = ""
    """The owner who alone is told of it; "" for everybody."""
    received_at: datetime
    """When it was put into the log."""
    position: str
    """See position_of."""
    body: str | None
    """The event in CloudEvents' JSON format, the same text for whoever gets it. None: it was forgotten."""
    untold_since: datetime | None = None
    """Since when it waits for the bus; None: it is there."""

    @classmethod
    def of(cls, event: CloudEvent, received_at: datetime, *, untold: bool = False) -> StoredEvent:
        """The row of an event that comes now. untold: whether it still has to go on the bus."""
        return cls(
            id=event.id,
            type=event.type,
            source=event.source,
            owner=event.owner,
            subject=event.subject,
            connections=event.connections,
            audience=event.audience,
            received_at=received_at,
            position=position_of(event.identity, received_at),
            body=event.body,
            untold_since=received_at if untold else None,
        )

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.owner, self.source, self.id)

    def members(self) -> dict[str, Any]:
        """The members of the CloudEvent. Of one that was forgotten those that say no word of what it held."""
        if self.body is None:
            return {"specversion": "1.0", "id": self.id, "source": self.source, "type": self.type}
        found: dict[str, Any] = json.loads(self.body)
        return found

    def as_event(self) -> CloudEvent:
        """The event, with the same body as it came with. Of one that was forgotten what is left."""
        members = self.members()
        named = ("specversion", "id", "source", "type", "subject", "time", "data")
        return CloudEvent(
            id=self.id,
            type=self.type,
            subject=self.subject,
            time=datetime.fromisoformat(members["time"]) if "time" in members else self.received_at,
            data=members.get("data"),
            owner=self.owner,
            source=self.source,
            connections=self.connections,
            audience=self.audience,
            more={name: value for name, value in members.items() if name not in named},
        )

    def forgotten(self) -> StoredEvent:
        """The same without what it held."""
        return replace(self, body=None, subject="")


def concerns(event: StoredEvent, owner: str, within: Restriction | None) -> bool:
    """Whether an owner may be told of an event: of what we tell, unless it is for another owner alone; and of
    what he posted himself. within: the connections that he is restricted to."""
    whose = owner in (event.audience or owner,) if event.owner == OURSELVES else event.owner == owner
    return whose and may_see(within, event.connections)
