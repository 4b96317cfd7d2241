"""What a classifier answers (verdicts, a ticket's words, a review), and the rules that it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from triggeriq.values import PriorityLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer of a classifier."""

    facet: str
    """What it is about: "category", "sentiment", "language", "priority" or one of the team's own."""
    label: str
    """Category: bug_report, feature_request, complaint, praise, question, spam or other. Sentiment: negative,
    neutral or positive. Language: an ISO 639-1 code. Priority: critical, high, medium or low."""
    confidence: float = 1.0
    """0 to 1."""
    score: float | None = None
    """-1 to 1 for sentiment; else None."""
    evidence: tuple[str, ...] = ()
    """The words that led to it."""
    reasons: tuple[str, ...] = ()
    """Sentences for a person; a priority always has one."""
    by: str = ""
    """"plugin/version", filled in by the core."""


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
    """The quality critic's answer."""

    needs_review: bool
    """Whether a person must look at it."""
    reasons: tuple[str, ...] = ()
    """Why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityRule:
    """One row of the configuration `priority`. A rule matches when every condition that it states
    holds; of all rules that match, the highest priority wins, with the reasons of its rules.

    Of several labels or words one is enough. An empty tuple, or None, is no condition.
    """

    priority: PriorityLabel
    """The priority that it gives."""
    reason: str
    """Why, for a person."""
    category: tuple[str, ...] = ()
    sentiment: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    """Names of sources. The core checks this condition: a hook gets only the rules for the feedback's own
    source."""
    words: tuple[str, ...] = ()
    """Found as whole words in title or text, in any case."""
    rating_at_most: float | None = None
    rating_at_least: float | None = None
    score_at_most: float | None = None
    """The sentiment's score."""
