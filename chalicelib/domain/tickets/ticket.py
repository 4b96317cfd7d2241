"""A ticket: what a team acts on. It gathers one or more feedback items and what triage says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from triggeriq import JSON, Author, Draft, Verdict
from triggeriq.values import PriorityLabel as PriorityLabel
from triggeriq.values import Status as Status

OPEN = ("open", "pending")
"""Statuses in which a ticket still takes replies."""
CategoryLabel = Literal["bug_report", "feature_request", "complaint", "praise", "question", "spam", "other"]
SentimentLabel = Literal["negative", "neutral", "positive"]


Uuid = str
"""An id as `uuid` writes it."""

STAGES = ("classify", "extract", "prioritise", "draft", "review")
"""Those of triage, in their order. Whatever else leaves a row in the audit trail is an act of a person, of a
provider or of the core."""

LEAD = {"of": "lead"}
"""Marks what a ticket shows of its lead feedback, the one that opened it; its own row does not hold it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What a ticket is about."""

    label: str = "other"
    confidence: float = 0.0
    """0 to 1."""
    by: str = ""
    """"plugin/version", or the person who set it."""
    evidence: tuple[str, ...] = ()
    """The words that the verdict rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentiment:
    """How the customer feels about it."""

    label: str = "neutral"
    score: float = 0.0
    """-1 to 1."""
    confidence: float = 0.0
    """0 to 1."""
    by: str = ""
    """"plugin/version"."""
    evidence: tuple[str, ...] = ()
    """The words that the verdict rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """How urgent it is."""

    label: str = "medium"
    reasons: tuple[str, ...] = ()
    """Sentences for people."""
    evidence: tuple[str, ...] = ()
    """The words that the verdict rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A verdict on a facet of a plugin's own."""

    label: str
    confidence: float = 0.0
    """0 to 1."""
    by: str = ""
    """"plugin/version"."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something elsewhere that belongs to a ticket."""

    kind: str
    """What it is to the ticket, such as "issue" or "commit"."""
    url: str


# A field here is all of a field: SQL, events and API are made from it. Its name is that of its column and of
# its member in JSON, and its type says theirs (services/postgres/columns.py, domain/as_json.py).
@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a team acts on: one or more feedback items, and what triage says of them."""

    id: Uuid
    source: str
    connection: str
    external_id: str
    """Of the lead feedback, the one that opened it; source and connection are that one's, too."""
    version: int = field(metadata=LEAD)
    """Of the lead feedback; the row's own is in the ETag."""
    kind: str = field(metadata=LEAD)
    title: str
    description: str
    """What it is about, in triage's words."""
    text: str = field(metadata=LEAD)
    """What the lead feedback says, word by word."""
    language: str | None
    """As ISO 639-1 has it; null: it is not known."""
    rating: float | None = field(metadata=LEAD)
    """1 to 5 stars; null: none was given."""
    url: str | None = field(metadata=LEAD)
    """Where the lead feedback can be read."""
    tags: tuple[str, ...]
    category: Category
    sentiment: Sentiment
    priority: Priority
    details: Mapping[str, JSON]
    """What triage found in the words, such as a version or a device."""
    status: Status
    needs_review: bool
    """Whether a person should look at it."""
    assignee: str | None = None
    """Who works on it; null: nobody does."""
    author: Author = field(metadata=LEAD)
    customer_id: Uuid | None = None
    """Null: it is not known who said it."""
    created_at: datetime
    """When the customer said it."""
    received_at: datetime
    """When it opened."""
    updated_at: datetime
    feedback_count: int = 1
    """How much feedback it gathers."""
    merged_into: Uuid | None = None
    """The ticket that took its feedback; this one is closed and holds none."""
    links: tuple[Link, ...] = ()
    answered_at: datetime | None = None
    """When the customer was last answered, here or at the provider; null: never, as far as is known. What
    he writes later does not change it."""
    facets: Mapping[str, Facet] = field(default_factory=dict)
    """What classifiers said of it beside category, sentiment, language and priority, by the facet's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLog:
    """What one stage of triage, or a person, did: a row of the audit trail."""

    stage: str
    by: str
    """"plugin/version", the core, or the person."""
    data: Mapping[str, JSON]
    """What was done, in the stage's own form."""


@dataclass(frozen=True, slots=True)
class HookFailure:
    """A hook of a plugin that gave no answer."""

    hook: str
    plugin: str
    """"plugin/version"."""
    reason: str
    """What it did instead."""


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
    facets: Mapping[str, Facet] = field(default_factory=dict)
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    draft: Draft = field(default_factory=Draft)
    failures: tuple[HookFailure, ...] = ()
    logs: tuple[StageLog, ...] = ()


class Triaged(NamedTuple):
    """A message and what triage says of it: what a TicketStore takes."""

    message: FeedbackMessage
    triage: Triage


Outcome = Literal["created", "joined", "updated", "unchanged", "stale", "redacted"]
CHANGES_NOTHING = ("unchanged", "stale", "redacted")
"""Outcomes of what had come before, or came too late."""


class Taken(NamedTuple):
    """What became of one message."""

    outcome: Outcome
    """It opened a ticket, joined one, changed one, or changed nothing: "unchanged", the same digest again;
    "stale", an older version that came late; "redacted", words that were taken back."""
    ticket_id: str
    """"" where it is in none."""


class Change(NamedTuple):
    """What a person sets on a ticket. Fields set so are never overwritten by triage."""

    fields: Mapping[str, JSON]
    """Name → value, for status, assignee, priority, category, tags, links."""
    by: str
    """Who sets them."""
