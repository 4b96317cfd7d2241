"""A source as GET /sources shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triggeriq import Scheme
from triggeriq.proofs import ProofHeader


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDay:
    """What came in of a source in the last 24 hours."""

    received: int
    """Items: those that could be read, and `errors`."""
    errors: int
    """Those of them that could not, and wait in the quarantine. Not counted beyond some thousands."""
    error_rate: float | None
    """`errors` of `received`, from 0 to 1; null: nothing came."""

    @classmethod
    def of(cls, read: int, errors: int) -> SourceDay:
        """read: items that could be read."""
        received = read + errors
        return cls(
            received=received, errors=errors, error_rate=round(errors / received, 4) if received else None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source that is installed."""

    name: str
    title: str
    """Its name for people."""
    version: str
    plugin: str
    """The plugin that brought it."""
    methods: tuple[str, ...]
    """HTTP methods of its webhooks."""
    content_types: tuple[str, ...]
    """Of its webhooks' bodies; none: any."""
    takes_webhooks: bool
    reads: tuple[str, ...]
    """Endings of the files that it reads."""
    verification: tuple[Scheme, ...]
    """How a webhook proves itself, one row a way. Where a connection's settings choose the row, these are the
    ways there are, without further settings."""
    proofs: tuple[tuple[ProofHeader, ...], ...]
    """For each row of `verification`, the headers that a webhook needs and what each of them holds."""
    settings_schema: dict[str, Any] | None
    """JSON schema of a connection's settings; null: it has none, or fails to tell them."""
    warning: str | None
    """What an admin should know of it; null: nothing."""
    last_event_at: datetime | None
    """When it last gave feedback; null: never, or the database can't be asked."""
    last_24_hours: SourceDay | None
    """What came in of it; null: a store can't be asked, or holds nothing that the caller may see."""
