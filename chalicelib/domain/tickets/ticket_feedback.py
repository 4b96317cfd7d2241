"""A feedback as it stands in a ticket."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from triggeriq import Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFeedback(Feedback):
    """What somebody said, and where it came from. Its source, connection and external_id name it, as a split
    wants it named."""

    source: str
    connection: str
    received_at: datetime
    """When it first came to us; an edit does not change that."""


def in_ticket(message: FeedbackMessage) -> TicketFeedback:
    """The feedback of a message, with where it came from."""
    said = {field.name: getattr(message.feedback, field.name) for field in fields(Feedback)}
    return TicketFeedback(
        **said, source=message.source, connection=message.connection, received_at=message.received_at
    )
