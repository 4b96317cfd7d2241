from __future__ import annotations

import pytest

from plugins.classifiers import critic
from plugins.classifiers.critic import review
from triggeriq import Draft, Feedback, Verdict
from triggeriq.testing import ClassifierContract, Example


class TestCritic(ClassifierContract):
    plugin = critic
    examples = (
        Example(
            name="praise that sounds bad",
            feedback=Feedback(external_id="1", text="I hate it"),
            verdicts={"category": "praise", "sentiment": "negative"},
            expect={"review": {"needs_review": True}},
        ),
        Example(
            name="a plain one",
            feedback=Feedback(external_id="1", text="It crashes at once"),
            verdicts={"category": "bug_report"},
            expect={"review": {"needs_review": False}},
        ),
    )


def verdicts(**labels):
    return {facet: Verdict(facet=facet, label=label, confidence=0.9) for facet, label in labels.items()}


def test_a_consistent_ticket_needs_nobody(feedback):
    found = verdicts(category="praise", sentiment="positive", priority="low")
    answer = review(feedback("I love it", rating=5), found, Draft(title="I love it"))
    assert (answer.needs_review, answer.reasons) == (False, ())


@pytest.mark.parametrize(
    ("fields", "labels", "reason"),
    [
        ({"text": ""}, {}, "no words"),
        ({"text": "love it", "rating": 1}, {"sentiment": "positive"}, "sound positive, yet the rating is 1"),
        ({"text": "hate it", "rating": 5}, {"sentiment": "negative"}, "sound negative, yet the rating is 5"),
        ({"text": "fine", "rating": 9}, {}, "outside 1 to 5"),
        ({"text": "fine"}, {"category": "praise", "sentiment": "negative"}, "sounds negative"),
        ({"text": "fine"}, {"category": "complaint", "sentiment": "positive"}, "sounds positive"),
        ({"text": "fine"}, {"category": "praise", "priority": "critical"}, "priority is critical"),
        ({"text": "buy"}, {"category": "spam"}, "spam"),
    ],
)
def test_what_does_not_fit_is_said(feedback, fields, labels, reason):
    answer = review(feedback(**fields), verdicts(**labels), Draft(title="x"))
    assert answer.needs_review
    assert reason in answer.reasons[0]


def test_a_ticket_without_a_title_is_incomplete(feedback):
    assert review(feedback("x"), {}, Draft(title=" ")).reasons == ("it has no title",)


def test_a_doubtful_verdict_contradicts_nothing(feedback):
    doubtful = {"sentiment": Verdict(facet="sentiment", label="negative", confidence=0.4)}
    assert not review(feedback("meh", rating=5), doubtful, Draft(title="meh")).needs_review
