"""What could not be read and waits for a person: its reason, its place, and the way back in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.domain.operations.restriction import connection_id

Way = Literal["receive", "bus", "files", "queue", "none"]
"""How a replay brings it back: by `receive`, which had not named its events; on the bus, as an event
that passes receipt and claim; as a job to read the row or the rest of its file; as the same message on
its queue. none: it can only be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One thing that could not be read. where: the place in it ("body", "line 17"). by:
    "plugin/version" that refused it. raw_key: where its bytes lie in the artifacts bucket, or "".
    replay: the message that brings it back in by `way`. kept_at: when it was last kept, by the store.
    excerpt: how its bytes begin, to be looked at. source: "" of a message that can't be read at all."""

    source: str
    connection: str
    reason: str
    where: str
    at: datetime
    event_id: str = ""
    by: str = ""
    raw_key: str = ""
    way: Way = "none"
    replay: dict[str, Any] | None = None
    id: str = ""
    kept_at: str = ""
    excerpt: bytes = b""

    @property
    def connections(self) -> tuple[str, ...]:
        """Those that it is made of; none where nobody knows."""
        return (connection_id(self.source, self.connection),) if self.source else ()

    @property
    def replayable(self) -> bool:
        return self.way != "none"

    @property
    def fingerprint(self) -> str:
        """The same for the same trouble, so that a redelivery adds no second row."""
        said = "\0".join((self.source, self.connection, self.event_id, self.where, self.way))
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A record that failed and was put back: it is tried again, and dead-lettered in the end.

    receives: how often it was tried. first_at: when its message was first sent.
    """

    queue: str
    message_id: str
    reason: str
    receives: int
    at: datetime
    first_at: datetime

    @property
    def id(self) -> str:
        return self.message_id


@dataclass(frozen=True, slots=True)
class PluginFailures:
    """How often a plugin raised or overran its time, what it said last, and when."""

    count: int
    last: str
    at: datetime
