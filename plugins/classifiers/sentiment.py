"""Sentiment by a small linear model over words and cues; the rating, where there is one, weighs in."""

from __future__ import annotations

from plugins.classifiers.models.features import features
from plugins.classifiers.models.linear import model
from plugins.classifiers.models.wording import confident, language_of, wording
from triggeriq import Feedback, Verdict, hookimpl

__version__ = "1"


@hookimpl(trylast=True)
def classify(feedback: Feedback) -> Verdict:
    """Positive, neutral or negative; the score is the chance of positive less that of negative."""
    text = wording(feedback)
    if feedback.rating is None and not text:
        return Verdict(facet="sentiment", label="neutral", score=0.0, confidence=0.2)
    language = language_of(text, feedback.language)
    code = language[0] if language else None
    answer = model("sentiment").answer(features(text, code), feedback.rating)
    score = answer.probabilities["positive"] - answer.probabilities["negative"]
    return Verdict(
        facet="sentiment",
        label=answer.label,
        confidence=confident(answer.probabilities[answer.label], answer.evidence, code, feedback.rating),
        score=round(score, 3),
        evidence=answer.evidence,
    )
