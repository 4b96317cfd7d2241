"""A feedback as it stands in a ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from triggeriq import Feedback

VERSIONS_MOST = 20
"""The most former versions of one feedback that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackVersion:
    """What a feedback said before it was edited."""

    version: int
    """The provider's edit time in milliseconds; 0 where it has none."""
    title: str | None
    text: str
    rating: float | None
    at: datetime
    """When it came to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFeedback(Feedback):
    """What somebody said, and where it came from. Its source, connection and external_id name it, as a split
    wants it named."""

    source: str
    connection: str
    received_at: datetime
    """When it first came to us; an edit does not change that."""
    versions: tuple[FeedbackVersion, ...] = ()
    """What it said before, oldest first, the newest 20; what it says now stands beside them."""


def in_ticket(message: FeedbackMessage, versions: Sequence[FeedbackVersion]) -> TicketFeedback:
    """The feedback of a message, with where it came from and what it said before."""
    said = {field.name: getattr(message.feedback, field.name) for field in fields(Feedback)}
    return TicketFeedback(
        **said,
        source=message.source,
        connection=message.connection,
        received_at=message.received_at,
        versions=tuple(versions),
    )
