"""Builders: what somebody said, with what triage says of it, taken in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.tickets.decisions.take import selection, take
from chalicelib.domain.tickets.ticket import Category, Priority, Sentiment, StageLog, Taken, Triage, Triaged
from chalicelib.ports.tickets import TicketStore
from triggeriq import Feedback

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
STAGES = ("classify", "extract", "prioritise", "draft", "review")


def triage(text: str = "", **fields: Any) -> Triage:
    """Every stage's answer; what is not given is unremarkable."""
    return Triage(
        **{
            "category": Category(label="complaint", confidence=0.8, by="category/1"),
            "sentiment": Sentiment(label="negative", score=-0.5, confidence=0.7, by="sentiment/1"),
            "language": "en",
            "priority": Priority(label="medium", reasons=("a complaint",)),
            "details": {"os": "iOS"},
            "title": text[:60],
            "description": text,
            "tags": ("app",),
            "needs_review": False,
            "logs": tuple(StageLog(stage=stage, by="core/1", data={"text": text[:20]}) for stage in STAGES),
            **fields,
        }
    )


def said(
    external_id: str = "r1",
    text: str = "It crashes",
    *,
    source: str = "zendesk",
    connection: str = "default",
    version: int = 0,
    minutes: float = 0,
    answer: Triage | None = None,
    **fields: Any,
) -> Triaged:
    """One feedback. minutes: when it came, after START."""
    message = FeedbackMessage(
        source=source,
        connection=connection,
        event_id=f"event-{external_id}",
        received_at=START + timedelta(minutes=minutes),
        feedback=Feedback(external_id=external_id, version=version, text=text, **fields),
        raw_key=f"raw/{external_id}",
    )
    return Triaged(message, answer or triage(text))


def take_in(
    tickets: TicketStore, batch: Sequence[Triaged], now: datetime
) -> tuple[Sequence[Taken], Sequence[CloudEvent]]:
    """Take a batch in, as Process does; what became of each, and what is told."""
    plan = tickets.amend(selection(batch), lambda known: take(batch, known, now))
    return plan.taken, plan.events
