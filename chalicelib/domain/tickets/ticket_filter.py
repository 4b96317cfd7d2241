"""Which tickets are wanted, and in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.domain.operations.restriction import Restriction


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What to list. Each field states one thing: a ticket fits if any of its values does, and has to fit all
    fields. None and () state nothing."""

    query: str | None = None
    """Words, found by full text: in title, description and all that was said, and in the authors' names and
    addresses."""
    status: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    sentiment: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    """Of any feedback in it."""
    connection: tuple[str, ...] = ()
    """Of that same feedback."""
    customer: tuple[str, ...] = ()
    """The customer's id, or an author: his id, his address or its domain, or his name. Addresses and words of
    a name may be beginnings."""
    assignee: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    rating: tuple[float, ...] = ()
    """What the ticket shows as its rating."""
    language: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    """Of the app, in any feedback in it."""
    facet: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Labels of facets of plugins' own, by the facet's name."""
    needs_review: bool | None = None
    since: datetime | None = None
    """Received at or after."""
    until: datetime | None = None
    """Received before."""
    within: Restriction | None = None
    """What the caller may see."""


SortBy = Literal["received_at", "created_at", "updated_at", "priority"]
Direction = Literal["desc", "asc"]


class TicketOrder(NamedTuple):
    """By what tickets are sorted. Those that are alike in it are sorted by when they were received, then by
    their id."""

    by: SortBy = "received_at"
    direction: Direction = "desc"
    """`desc`: newest, or most urgent, first."""


NEWEST = TicketOrder()
