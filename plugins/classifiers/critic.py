"""The quality critic: what in a ticket doesn't fit together, or is missing, and needs a person.

The core itself marks verdicts of low confidence, by the threshold of the configuration `triage`.
"""

from __future__ import annotations

from collections.abc import Iterator

from plugins.classifiers.models.words import LIMIT
from triggeriq import Draft, Feedback, Review, Verdict, Verdicts, hookimpl

__version__ = "1"

_CERTAIN = 0.6
"""Confidence from which two verdicts that don't fit are a contradiction rather than a doubt."""
_HIGH = ("critical", "high")


@hookimpl(trylast=True)
def review(feedback: Feedback, verdicts: Verdicts, draft: Draft) -> Review:
    """Every reason why a person should look; without one the ticket is complete and consistent."""
    reasons = tuple(_reasons(feedback, verdicts, draft))
    return Review(needs_review=bool(reasons), reasons=reasons)


def _reasons(feedback: Feedback, verdicts: Verdicts, draft: Draft) -> Iterator[str]:
    category, sentiment = verdicts.get("category"), verdicts.get("sentiment")
    if not any(map(str.isalnum, f"{feedback.title or ''}{feedback.text}"[:LIMIT])):
        yield "there are no words to go by"
    if draft.title is not None and not draft.title.strip():
        yield "it has no title"
    if feedback.rating is not None:
        yield from _against_the_rating(feedback.rating, category, sentiment)
    if _is(category, "praise") and _is(sentiment, "negative"):
        yield "it is taken for praise, yet sounds negative"
    if _is(category, "complaint") and _is(sentiment, "positive"):
        yield "it is taken for a complaint, yet sounds positive"
    priority = verdicts.get("priority")
    if priority and priority.label in _HIGH and _is(category, "praise"):
        yield f"its priority is {priority.label}, yet it is taken for praise"
    if _is(category, "spam"):
        yield "it looks like spam: nobody should miss a customer for that"


def _against_the_rating(rating: float, category: Verdict | None, sentiment: Verdict | None) -> Iterator[str]:
    if not 1 <= rating <= 5:
        yield f"a rating of {rating:g} is outside 1 to 5"
    elif rating <= 2 and (_is(sentiment, "positive") or _is(category, "praise")):
        yield f"the words sound positive, yet the rating is {rating:g}"
    elif rating >= 4 and (_is(sentiment, "negative") or _is(category, "complaint")):
        yield f"the words sound negative, yet the rating is {rating:g}"


def _is(verdict: Verdict | None, label: str) -> bool:
    return verdict is not None and verdict.label == label and verdict.confidence >= _CERTAIN
