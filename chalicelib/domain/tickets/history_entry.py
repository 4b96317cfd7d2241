"""A row of a ticket's audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triggeriq import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One row of a ticket's audit trail."""

    at: datetime
    stage: str
    """The stage of triage; `human`, `merge` or `split` where a person did it."""
    by: str
    """"plugin/version", the core, or the person."""
    data: Mapping[str, JSON]
    """What was done, in the stage's own form."""
