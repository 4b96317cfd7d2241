"""What the tests of the triage plugins share: a feedback, and the whole triage of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from plugins.classifiers import category, critic, draft, facts, language, priority, sentiment
from triggeriq import Draft, Feedback, PriorityRule, Review, Verdict


class Triaged(NamedTuple):
    verdicts: dict[str, Verdict]
    facts: dict[str, Any]
    draft: Draft
    review: Review


def feedback_of(text: str = "", **fields: Any) -> Feedback:
    return Feedback(external_id="1", text=text, **fields)


def triage_of(feedback: Feedback, rules: Sequence[PriorityRule] = ()) -> Triaged:
    found = (plugin.classify(feedback) for plugin in (sentiment, category, language))
    verdicts = {verdict.facet: verdict for verdict in found if verdict is not None}
    details = facts.extract(feedback, verdicts)
    verdicts["priority"] = priority.prioritise(feedback, verdicts, rules)
    words = draft.draft(feedback, verdicts)
    return Triaged(verdicts, details, words, critic.review(feedback, verdicts, words))


@pytest.fixture
def feedback() -> Callable[..., Feedback]:
    """Makes a feedback from its text and whatever else the test is about."""
    return feedback_of


@pytest.fixture
def triage() -> Callable[..., Triaged]:
    """All stages of the built-in plugins over one feedback."""
    return triage_of
