"""How many tickets fit a query, by what they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

LABELS_MOST = 100
"""Of one facet: those of most tickets. Tags and labels of plugins may be of any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCounts:
    """How many tickets fit a query, by facet."""

    total: int
    facets: Mapping[str, Mapping[str, int]]
    """By facet, how many tickets have each label, the most frequent 100 first: status, category, priority,
    sentiment, source, language, tag, and `facet.<name>` for each of a plugin's own. A ticket counts with each
    of its sources and tags, and with none where it has no label."""
    as_of: datetime
    """When they were counted."""
