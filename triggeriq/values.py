"""What passes between TriggerIQ and a plugin: frozen values, standard library only.

Times are aware `datetime`s in UTC. Texts may hold anything that a customer typed; the core takes
out what no store can keep (NUL, lone surrogates) and bounds the lengths after a plugin made them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

JSON: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None

Kind = Literal["review", "email", "message", "survey", "issue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request from outside, as it came: nothing decoded, nothing trusted.

    headers: names in lower case. body: the raw bytes, which alone may be verified.
    """

    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One configured instance of a source, as its plugin sees it.

    secrets: those in force now, the current one first, never printed. settings: an instance of
    `Source.settings`; None where the source has none, or nobody configured the connection.
    """

    source: str
    name: str = "default"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    settings: Any = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An event that was verified and named, on its way to `Source.transform`.

    id: the name that `Source.receive` gave it. headers: only those in `Source.keep_headers`.
    """

    id: str
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Event:
    """The name of one event: an id that the sender's retry repeats, and when it happened."""

    id: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, init=False)
class Events:
    """`Source.receive` says: take it. Usually one event; several where a sender posts batches."""

    items: tuple[Event, ...]

    def __init__(self, *items: Event) -> None:
        object.__setattr__(self, "items", items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`Source.receive` says: answer this and take nothing (a challenge, a HEAD, a ping)."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ignore:
    """Understood, and it holds no feedback: a status change, a colleague's own note, an auto-reply.

    From `Source.receive`: the sender gets a 202 with the reason. From `Source.transform` and
    `Source.read`: the item is done with; it is counted, and neither kept nor quarantined.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who said it, as the provider tells it. An address here is claimed, not proven."""

    id: str | None = None
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The product spoken of, where the provider names one."""

    id: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The smallest thing somebody said: a review, a message, a comment, a mail.

    external_id: the provider's id of it, unique within the connection. version: the provider's
    edit time in milliseconds, 0 where it has none. rating: 1 to 5 stars, or None.
    thread: what its replies share, or None. attributes: whatever else is worth keeping, as JSON;
    `tags`, a list of strings there, become the ticket's tags.
    """

    external_id: str
    version: int = 0
    kind: Kind = "message"
    title: str | None = None
    text: str = ""
    rating: float | None = None
    language: str | None = None
    author: Author = field(default_factory=Author)
    created_at: datetime | None = None
    url: str | None = None
    app: App = field(default_factory=App)
    device: Mapping[str, str] = field(default_factory=dict)
    thread: str | None = None
    attributes: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bad:
    """One item that can't be read; it is quarantined while the rest goes on.

    where: the place a person would look for it ("line 17", "data[3]"). reason: what is wrong there.
    raw: the item's own bytes, where they are at hand and small.
    """

    where: str
    reason: str
    raw: bytes = field(default=b"", repr=False)


Item: TypeAlias = Feedback | Bad | Ignore
"""What `Source.transform` and `Source.read` make of one thing in a payload or a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHint:
    """What is known of a file before it is read. name: the last part of its key, without `.gz`."""

    name: str
    content_type: str = ""
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer of a classifier.

    facet: "category", "sentiment", "language", "priority" or one of the team's own.
    label: for category bug_report, feature_request, complaint, praise, question, spam, other; for
    sentiment negative, neutral, positive; for language an ISO 639-1 code; for priority critical,
    high, medium, low. score: for sentiment -1 to 1, else None. confidence: 0 to 1.
    evidence: the words it rests on. reasons: sentences for a person (priority always has one).
    by: "plugin/version", filled in by the core.
    """

    facet: str
    label: str
    confidence: float = 1.0
    score: float | None = None
    evidence: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    by: str = ""


Verdicts: TypeAlias = Mapping[str, Verdict]
"""The verdicts so far, by facet; a facet on which nobody had an opinion is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The words of a ticket. None in a field: no opinion on that field."""

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The quality critic's answer: must a person look at it, and why."""

    needs_review: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityRule:
    """One row of the configuration `priority`. A rule matches when every condition that it states
    holds; of all rules that match, the highest priority wins, with the reasons of its rules.

    Labels are alternatives; an empty tuple or None states nothing. source: looked at by the core, a
    hook sees only the rules for the feedback's own source. words: found as whole words in title or
    text, in any case. score_at_most: of the sentiment.
    """

    priority: Literal["critical", "high", "medium", "low"]
    reason: str
    category: tuple[str, ...] = ()
    sentiment: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    rating_at_most: float | None = None
    rating_at_least: float | None = None
    score_at_most: float | None = None
