"""Keeps the content of what came with a feedback, before the feedback itself goes on its way."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.ports.operations import Blobs
from triggeriq import AttachedFile, Feedback

CONTENT_LIMIT = 40_000_000
"""Bytes of an attachment whose content is kept: no mail is longer."""


def keep_attachments(artifacts: Blobs, item: Feedback, message: FeedbackMessage) -> FeedbackMessage:
    """The message with where its attachments lie. item: as its source made it, with their content.

    The same files come under the same keys however often they are read, and others never take their place: a
    row always leads to what it names.
    """
    told = message.feedback.attachments
    if not told:
        return message
    files = item.attachments[: len(told)]
    contents = [_content(file) for file in files]
    name = hashlib.sha256("\n".join((message.event_id, *message.key)).encode("utf-8", "replace"))
    for content in contents:
        name.update(hashlib.sha256(content).digest())
    key = f"{kept_under(message.source, message.connection)}{name.hexdigest()[:32]}"
    for place, content in enumerate(contents):
        if content:
            artifacts.put(f"{key}/{place}", content)
    counted = tuple(replace(file, bytes=len(content)) for file, content in zip(told, contents, strict=True))
    return replace(message, attachments_key=key, feedback=replace(message.feedback, attachments=counted))


def kept_under(source: str, connection: str) -> str:
    """The beginning of the keys of what came by a connection."""
    return f"attachments/{source}/{connection}/"


def _content(file: object) -> bytes:
    content = file.content if isinstance(file, AttachedFile) else b""
    return content if len(content) <= CONTENT_LIMIT else b""
