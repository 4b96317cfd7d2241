"""Priority by the rules of the configuration; a plain fall-back where none applies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from triggeriq import Feedback, PriorityRule, Verdict, Verdicts, hookimpl

__version__ = "1"

LIMIT = 20_000
"""Characters in which a rule's words are looked for."""

_ORDER = ("low", "medium", "high", "critical")
_URGENT = ("urgent", "urgency", "critical", "important", "blocking", "blocker", "emergency", "serious")
_DENIED = re.compile(
    r"\b(?:not|isn't|wasn't|non|no)[ -](?:so |that |very |really |too )?(?:an? )?"
    rf"(?:{'|'.join(_URGENT)})\b"
)
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_FALL_BACK = {
    "bug_report": ("medium", "Something doesn't work, and no rule says more."),
    "complaint": ("medium", "Somebody is unhappy, and no rule says more."),
    "question": ("medium", "Somebody waits for an answer, and no rule says more."),
    "feature_request": ("low", "A wish can wait, and no rule says more."),
    "praise": ("low", "Praise needs no action, and no rule says more."),
    "spam": ("low", "It looks like spam."),
}
_NOBODY_WAITS = ("auto_reply", "bounce", "delivery_report", "feedback_loop")
"""Kinds of automatic mail that want no answer. Not a notice, nor what is sent to many: a form sends a
customer's words as such."""
_AUTOMATIC = Verdict(
    facet="priority",
    label="low",
    reasons=("It is probably an automatic mail, and no rule's words are in it.",),
)


@hookimpl(trylast=True)
def prioritise(feedback: Feedback, verdicts: Verdicts, rules: Sequence[PriorityRule]) -> Verdict:
    """The highest priority of all rules that match, with the reasons of its rules.

    A feedback doesn't say its source, so a rule with a condition on the source never matches here. The core
    knows the source: it passes only the rules for it, without that condition.

    The tone of an out-of-office note is nobody's: for a mail that is marked as automatic only a rule counts
    that asks for words, such as one that looks for a danger.
    """
    automatic = feedback.attributes.get("automatic") in _NOBODY_WAITS
    if automatic:
        rules = [rule for rule in rules if rule.words]
    text = f"{feedback.title or ''}\n{feedback.text}"[:LIMIT].lower().replace("\u2019", "'")
    if any(word in text for word in _URGENT):
        text = _DENIED.sub(" ", text)
    matching = [
        (rule, words) for rule in rules if (words := _match(rule, feedback, verdicts, text)) is not None
    ]
    if not matching:
        return _AUTOMATIC if automatic else _fall_back(verdicts)
    highest = max((rule.priority for rule, _ in matching), key=_ORDER.index)
    deciding = [(rule, words) for rule, words in matching if rule.priority == highest]
    return Verdict(
        facet="priority",
        label=highest,
        confidence=max(_confidence(rule, verdicts) for rule, _ in deciding),
        evidence=tuple(dict.fromkeys(word for _, words in deciding for word in words))[:5],
        reasons=tuple(dict.fromkeys(rule.reason for rule, _ in deciding)),
    )


def _match(rule: PriorityRule, feedback: Feedback, verdicts: Verdicts, text: str) -> tuple[str, ...] | None:
    """The words of the rule that were found, empty if it asks for none; None where the rule doesn't match."""
    sentiment, rating = verdicts.get("sentiment"), feedback.rating
    score = sentiment.score if sentiment else None
    holds = (
        not rule.source
        and _is_one_of(verdicts.get("category"), rule.category)
        and _is_one_of(sentiment, rule.sentiment)
        and (rule.rating_at_most is None or (rating is not None and rating <= rule.rating_at_most))
        and (rule.rating_at_least is None or (rating is not None and rating >= rule.rating_at_least))
        and (rule.score_at_most is None or (score is not None and score <= rule.score_at_most))
    )
    if not holds:
        return None
    if not rule.words:
        return ()
    # Most texts hold none of the words, and `in` finds that out much sooner than a pattern.
    choices = [word for word in _folded(rule.words) if word in text]
    return tuple(word for word in choices if _whole(word).search(text)) or None


def _is_one_of(verdict: Verdict | None, labels: tuple[str, ...]) -> bool:
    return not labels or (verdict is not None and verdict.label in labels)


@lru_cache(maxsize=256)
def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    folded = (word.lower().replace("\u2019", "'").strip() for word in words)
    return tuple(dict.fromkeys(word for word in folded if word))


@lru_cache(maxsize=256)
def _whole(word: str) -> re.Pattern[str]:
    """A pattern for the word as a whole. Scripts without spaces have no whole words; there the characters are
    looked for anywhere."""
    word_only = re.escape(word)
    return re.compile(word_only if _UNSPACED.search(word) else rf"(?<!\w){word_only}(?!\w)")


def _confidence(rule: PriorityRule, verdicts: Verdicts) -> float:
    """A rule is as sure as the least sure verdict among its conditions."""
    asked = {"category": rule.category, "sentiment": rule.sentiment or rule.score_at_most is not None}
    return min([1.0, *(verdicts[facet].confidence for facet, condition in asked.items() if condition)])


def _fall_back(verdicts: Verdicts) -> Verdict:
    category, sentiment = verdicts.get("category"), verdicts.get("sentiment")
    label, reason = _FALL_BACK.get(category.label if category else "", ("low", "No rule says more."))
    if (
        label == "low"
        and sentiment
        and sentiment.label == "negative"
        and (not category or category.label != "spam")
    ):
        label, reason = "medium", "It sounds unhappy, and no rule says more."
    sure = min([1.0, *(verdict.confidence for verdict in (category, sentiment) if verdict)])
    return Verdict(facet="priority", label=label, confidence=sure, reasons=(reason,))
