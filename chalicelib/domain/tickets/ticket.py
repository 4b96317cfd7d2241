"""A ticket: what a team acts on. It gathers one or more feedback items and what triage says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from triggeriq import JSON, Author, Draft, Verdict

Status = Literal["open", "pending", "resolved", "closed"]
PriorityLabel = Literal["critical", "high", "medium", "low"]
CategoryLabel = Literal["bug_report", "feature_request", "complaint", "praise", "question", "spam", "other"]
SentimentLabel = Literal["negative", "neutral", "positive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    label: str = "other"
    confidence: float = 0.0
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    label: str = "neutral"
    score: float = 0.0
    confidence: float = 0.0
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    label: str = "medium"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """As clients see it. source to author are those of its lead feedback, the one that opened it;
    version is that feedback's (the row's own version is in the ETag)."""

    id: str
    source: str
    connection: str
    external_id: str
    version: int
    kind: str
    title: str
    description: str
    text: str
    language: str | None
    rating: float | None
    url: str | None
    tags: tuple[str, ...]
    category: Category
    sentiment: Sentiment
    priority: Priority
    details: Mapping[str, JSON]
    status: Status
    needs_review: bool
    assignee: str | None
    author: Author
    customer_id: str | None
    created_at: datetime
    received_at: datetime
    updated_at: datetime
    feedback_count: int


class Versioned(NamedTuple):
    """A ticket and the version of its row, for ETag and If-Match."""

    ticket: Ticket
    row_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLog:
    """What one stage of triage did: a row of the audit trail. by: "plugin/version" or the core."""

    stage: str
    by: str
    data: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Every stage's answer on one feedback."""

    category: Category
    sentiment: Sentiment
    language: str | None
    priority: Priority
    details: Mapping[str, JSON]
    title: str
    description: str
    tags: tuple[str, ...]
    needs_review: bool
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    draft: Draft = field(default_factory=Draft)
    logs: tuple[StageLog, ...] = ()


class Triaged(NamedTuple):
    """A message and what triage says of it: what a TicketStore takes."""

    message: FeedbackMessage
    triage: Triage


Outcome = Literal["created", "joined", "updated", "unchanged", "stale"]
CHANGES_NOTHING = ("unchanged", "stale")
"""Outcomes of what had come before, or came too late."""


class Taken(NamedTuple):
    """What became of one message: it opened a ticket, joined one, changed one, or changed nothing
    (the same digest again; an older version that came late)."""

    outcome: Outcome
    ticket_id: str


class Change(NamedTuple):
    """What a person sets on a ticket: field name → value, for status, assignee, priority, category,
    tags. by: who. Fields set so are never overwritten by triage."""

    fields: Mapping[str, JSON]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One row of a ticket's audit trail."""

    at: datetime
    stage: str
    by: str
    data: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What to list; None states nothing. query: full text. since/until: by received_at, half open."""

    query: str | None = None
    status: str | None = None
    category: str | None = None
    priority: str | None = None
    sentiment: str | None = None
    source: str | None = None
    connection: str | None = None
    customer: str | None = None
    assignee: str | None = None
    tag: str | None = None
    needs_review: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
