"""Two mails under one Message-ID: a sender uses his ids again, or somebody forges them. Neither takes the
other's place; the one that came later is kept under an id of its own.

A mail has no edits. So this concerns what is of the kind "email" and has no version; whoever tells an edit
time means to replace what he said.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from chalicelib.domain.intake.feedback_message import FeedbackMessage


def may_have_namesakes(message: FeedbackMessage) -> bool:
    return message.feedback.kind == "email" and message.feedback.version == 0


def is_namesake(message: FeedbackMessage, other: FeedbackMessage) -> bool:
    """Whether it is another mail than the one of the same id. It is the same where it comes of the same
    bytes, and where the same person says the same: SES delivers a mail once for each of its recipients."""
    return message.event_id != other.event_id and not (
        message.digest == other.digest and is_of_one_author(message, other)
    )


def is_of_one_author(message: FeedbackMessage, other: FeedbackMessage) -> bool:
    mine, others = message.feedback.author, other.feedback.author
    return (mine.email or "").lower() == (others.email or "").lower()


def set_aside(message: FeedbackMessage) -> FeedbackMessage:
    """The same under an id of its own, which each delivery and each reading of these bytes has again."""
    bytes_read = hashlib.sha256(message.event_id.encode("utf-8", "replace")).hexdigest()[:12]
    external_id = f"{message.feedback.external_id}#{bytes_read}"
    return replace(message, feedback=replace(message.feedback, external_id=external_id))


def without_threads(message: FeedbackMessage) -> FeedbackMessage:
    """The same in no conversation: whoever bears another's id does not talk with him by that."""
    return replace(message, feedback=replace(message.feedback, thread=None, threads=()))
