"""Keeps the content of what came with a feedback, before the feedback itself goes on its way."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.intake.attachment_keys import attachments_key
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.ports.operations import Blobs
from triggeriq import AttachedFile, Feedback

CONTENT_LIMIT = 40_000_000
"""Bytes of an attachment whose content is kept: no mail is longer."""


def keep_attachments(artifacts: Blobs, item: Feedback, message: FeedbackMessage) -> FeedbackMessage:
    """The message with where its attachments lie, so that a row always leads to what it names. item: as its
    source made it, with their content."""
    told = message.feedback.attachments
    if not told:
        return message
    files = item.attachments[: len(told)]
    contents = [_content(file) for file in files]
    key = attachments_key(message.key, message.feedback.version, message.event_id, contents)
    for place, content in enumerate(contents):
        if content:
            artifacts.put(f"{key}/{place}", content)
    counted = tuple(replace(file, bytes=len(content)) for file, content in zip(told, contents, strict=True))
    return replace(message, attachments_key=key, feedback=replace(message.feedback, attachments=counted))


def _content(file: object) -> bytes:
    content = file.content if isinstance(file, AttachedFile) else b""
    return content if len(content) <= CONTENT_LIMIT else b""
