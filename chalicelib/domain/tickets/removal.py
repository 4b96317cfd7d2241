"""What is removed beside what a plan writes, because words were taken back where they were said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.intake.feedback import FeedbackKey

if TYPE_CHECKING:
    from chalicelib.domain.tickets.plan import Thread

REMOVED = "(removed at the provider)"
"""Stands where words were."""


def as_version(at: datetime) -> int:
    """A time as the versions of feedback have it, in milliseconds since 1970, cut."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@dataclass(slots=True)
class Removal:
    """Marks that keep words from coming back, and what goes now."""

    feedback: dict[FeedbackKey, datetime] = field(default_factory=dict)
    """Whose words up to then are never let in again; former versions up to then are deleted."""
    threads: dict[Thread, datetime] = field(default_factory=dict)
    """The same of all feedback of a conversation, for what comes from now on."""
    tickets: dict[str, frozenset[str]] = field(default_factory=dict)
    """Tickets, by id, that the plan writes. Their rows of triage in the audit trail lose what they quote, but
    for those of these runs; and what was not told of them yet is told as they stand now."""
    files: list[str] = field(default_factory=list)
    """Keys of the artifacts bucket whose objects are deleted once the plan is committed."""
    files_up_to: dict[FeedbackKey, int] = field(default_factory=dict)
    """Feedback of which all files go that came with a version up to this one."""
