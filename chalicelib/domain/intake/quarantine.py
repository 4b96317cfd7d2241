"""What could not be read and waits for a person: why, where it was, and its way back in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.intake.way_back import UnknownWay, WayBack, name_of
from chalicelib.domain.operations.restriction import connection_id

EXCERPT_LIMIT = 2_000
"""Bytes of the refused content that are kept beside the reason; all of it is in S3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One thing that could not be read."""

    source: str
    connection: str
    reason: str
    where: str
    """Where in it a person would look: "body", "line 17"."""
    at: datetime
    """When it came."""
    event_id: str = ""
    by: str = ""
    """The "plugin/version" that refused it, or ""."""
    raw_key: str = ""
    """Where its bytes lie in the artifacts bucket, or ""."""
    way_back: WayBack | None = None
    """How a replay brings it back in. None: it can only be looked at."""
    id: str = ""
    """The store's, as `kept_at` is: when it was last kept."""
    kept_at: str = ""
    excerpt: bytes = b""
    """How its bytes begin."""

    @property
    def connections(self) -> tuple[str, ...]:
        """Those that it is made of; none where nobody knows."""
        return (connection_id(self.source, self.connection),) if self.source else ()

    @property
    def replayable(self) -> bool:
        return self.way_back is not None and not isinstance(self.way_back, UnknownWay)

    @property
    def fingerprint(self) -> str:
        """The same for the same trouble, so that a redelivery adds no second row."""
        way = name_of(self.way_back)
        said = "\0".join((self.source, self.connection, self.event_id, self.where, way))
        return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A record that failed and was put back: it is tried again, and dead-lettered in the end."""

    queue: str
    """Its full name."""
    message_id: str
    reason: str
    receives: int
    """How often it was tried."""
    at: datetime
    """When it failed."""
    first_at: datetime
    """When its message was first sent."""

    @property
    def id(self) -> str:
        return self.message_id


@dataclass(frozen=True, slots=True)
class PluginFailures:
    """How a plugin failed: it raised, overran its time, or answered what a hook does not allow."""

    count: int
    at: datetime
    """When it last did."""
    hook: str = ""
    """Which hook, or method of a source, failed last; "" once that works again."""
    reason: str = ""
    """How it did; "" once that works again."""
