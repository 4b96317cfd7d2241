"""Which tickets are wanted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.operations.restriction import Restriction


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What to list; None states nothing."""

    query: str | None = None
    """Words, found by full text."""
    status: str | None = None
    category: str | None = None
    priority: str | None = None
    sentiment: str | None = None
    source: str | None = None
    connection: str | None = None
    customer: str | None = None
    assignee: str | None = None
    tag: str | None = None
    needs_review: bool | None = None
    since: datetime | None = None
    """Received at or after."""
    until: datetime | None = None
    """Received before."""
    within: Restriction | None = None
    """What the caller may see."""
