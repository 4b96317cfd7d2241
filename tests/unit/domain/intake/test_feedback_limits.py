"""What is kept of a feedback fits into one message of a queue, whatever was said and in whatever script."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.feedback import LINE_LIMIT, cleaned
from chalicelib.domain.intake.feedback_message import FeedbackMessage, to_json
from triggeriq import App, Attachment, Author, Feedback, Handled

MESSAGE_LIMIT = 256 * 1024
"""Bytes of a message on SQS."""
LONG = "😀" * 100_000
"""Four bytes a character: the most that UTF-8 takes."""


@pytest.mark.parametrize("said", [{"text": LONG}, {"text": "short", "quoted": LONG}])
def test_the_longest_feedback_fits_into_one_message(said: dict[str, str]):
    feedback = cleaned(
        Feedback(
            external_id=LONG[:LINE_LIMIT],
            title=LONG,
            **said,
            language=LONG,
            author=Author(id=LONG, name=LONG, email=LONG),
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
            url=f"https://{LONG}",
            app=App(id=LONG, version=LONG),
            device={f"{place}{LONG}": LONG for place in range(100)},
            thread=LONG,
            threads=tuple(f"{place:03}{LONG[:47]}" for place in range(100)),
            verified=False,
            attachments=(
                Attachment(name=f"{LONG}.{'p' * 19}", content_type=f"{'a' * 40}/{'b' * 75}", bytes=2**60),
            )
            * 100,
            handled=Handled(
                status="resolved",
                priority="critical",
                assignee=LONG,
                updated_at=datetime(2026, 1, 1, tzinfo=UTC),
            ),
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
