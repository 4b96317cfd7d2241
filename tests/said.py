"""Builders: what somebody said, with what triage says of it, taken in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.intake.notice_message import Kind, NoticeMessage
from chalicelib.domain.tickets.decisions.take import selection, take
from chalicelib.domain.tickets.ticket import (
    STAGES,
    Category,
    Priority,
    Sentiment,
    StageLog,
    Taken,
    Triage,
    Triaged,
)
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.pipeline.tickets.notice import Notice
from chalicelib.pipeline.tickets.relay import Relay
from chalicelib.ports.tickets import TicketStore
from tests.unit.pipeline.fakes import FakeBus
from triggeriq import Feedback

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


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


def answered(*threads: str, minutes: float = 10, source: str = "zendesk") -> NoticeMessage:
    """A conversation was answered. minutes: when, after START."""
    return _noticed("answered", threads, None, minutes, source)


def taken_back(
    external_id: str | None = None,
    *,
    threads: Sequence[str] = (),
    minutes: float = 10,
    source: str = "zendesk",
) -> NoticeMessage:
    """The words of a feedback, or of a conversation, were taken back. minutes: when, after START."""
    return _noticed("redacted", threads, external_id, minutes, source)


def _noticed(
    kind: Kind, threads: Sequence[str], external_id: str | None, minutes: float, source: str
) -> NoticeMessage:
    at = START + timedelta(minutes=minutes)
    return NoticeMessage(
        kind=kind,
        source=source,
        connection="default",
        event_id=f"{kind} {minutes}",
        received_at=at,
        at=at,
        external_id=external_id,
        threads=tuple(threads),
    )


def version(minutes: float) -> int:
    """The version of an edit so many minutes after START."""
    return int((START + timedelta(minutes=minutes)).timestamp() * 1000)


@dataclass
class Noticing:
    """The use-case of notices on a store. now: when it runs. deleted: the keys of files that it deleted."""

    tickets: TicketStore
    now: datetime
    deleted: list[str] = field(default_factory=list)
    told: list[CloudEvent] = field(default_factory=list)

    def __call__(self, message: NoticeMessage) -> None:
        nothing: Any = None
        bus = FakeBus(down=True)  # so that all stays in the outbox
        relay = Relay(outbox=nothing, bus=bus, quarantine=nothing, now=lambda: self.now, grace=nothing)
        blobs: Any = SimpleNamespace(delete=self.deleted.append, pages=lambda *_: ())
        amend = Amend(tickets=self.tickets, relay=relay)
        Notice(amend=amend, artifacts=blobs, now=lambda: self.now)(message)
        self.told += bus.offered
