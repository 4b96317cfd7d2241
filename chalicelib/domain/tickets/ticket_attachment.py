"""A file that came with a ticket's feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from triggeriq import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackName:
    """What names a feedback."""

    source: str
    connection: str
    external_id: str


class KeptAttachment(NamedTuple):
    """One attachment as the store has it."""

    file: Attachment
    feedback: FeedbackName
    key: str
    """Where its content lies in the artifacts bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAttachment(Attachment):
    """A file that came with a ticket's feedback, and where it can be fetched for some minutes."""

    feedback: FeedbackName
    """The feedback that it came with."""
    url: str | None
    """Whoever has this address may fetch the file until then; null: only its name is known."""
    expires_at: datetime | None
