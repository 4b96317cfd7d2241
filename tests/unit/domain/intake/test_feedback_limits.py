"""What is kept of a feedback fits into one message of a queue, whatever was said and in whatever script."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.intake.feedback import LINE_LIMIT, cleaned
from chalicelib.domain.intake.feedback_message import FeedbackMessage, to_json
from triggeriq import App, Author, Feedback

MESSAGE_LIMIT = 256 * 1024
"""Bytes of a message on SQS."""
LONG = "😀" * 100_000
"""Four bytes a character: the most that UTF-8 takes."""


def test_the_longest_feedback_fits_into_one_message():
    feedback = cleaned(
        Feedback(
            external_id=LONG[:LINE_LIMIT],
            title=LONG,
            text=LONG,
            language=LONG,
            author=Author(id=LONG, name=LONG, email=LONG),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            url=f"https://{LONG}",
            app=App(id=LONG, version=LONG),
            device={f"{place}{LONG}": LONG for place in range(100)},
            thread=LONG,
            attributes={f"{place}": LONG[:1_000] for place in range(100)},
        )
    )
    message = FeedbackMessage(
        source="s" * 64,
        connection="c" * 64,
        event_id=LONG[:LINE_LIMIT],
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        raw_key="k" * 1_024,
        feedback=feedback,
    )
    assert len(to_json(message).encode()) < MESSAGE_LIMIT
