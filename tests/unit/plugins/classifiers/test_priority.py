from __future__ import annotations

import pytest

from plugins.classifiers import priority
from plugins.classifiers.priority import prioritise
from triggeriq import Feedback, PriorityRule, Verdict
from triggeriq.testing import ClassifierContract, Example


class TestPriority(ClassifierContract):
    plugin = priority
    examples = (
        Example(
            name="a bug",
            feedback=Feedback(external_id="1", text="It crashes."),
            verdicts={"category": "bug_report"},
            expect={"prioritise": "medium"},
        ),
    )


BUG = PriorityRule(priority="medium", reason="a bug", category=("bug_report",))
ANGRY_BUG = PriorityRule(priority="high", reason="an angry bug", category=("bug_report",), score_at_most=-0.5)
DANGER = PriorityRule(priority="critical", reason="danger", words=("data loss", "urgent", "无法登录"))


def verdicts(category="bug_report", score=0.0, confidence=0.9):
    tone = "negative" if score < 0 else "neutral"
    return {
        "category": Verdict(facet="category", label=category, confidence=confidence),
        "sentiment": Verdict(facet="sentiment", label=tone, score=score, confidence=0.8),
    }


def test_the_highest_of_the_matching_rules_wins_with_its_reason(feedback):
    verdict = prioritise(feedback("broken"), verdicts(score=-0.9), (BUG, ANGRY_BUG))
    assert (verdict.facet, verdict.label, verdict.reasons) == ("priority", "high", ("an angry bug",))


def test_all_reasons_of_the_winning_priority_are_kept(feedback):
    again = PriorityRule(priority="medium", reason="it is broken", words=("broken",))
    verdict = prioritise(feedback("broken"), verdicts(), (BUG, again))
    assert verdict.reasons == ("a bug", "it is broken")
    assert verdict.evidence == ("broken",)


def test_every_condition_of_a_rule_must_hold(feedback):
    rule = PriorityRule(priority="high", reason="both", category=("complaint",), rating_at_most=2)
    assert prioritise(feedback("bad", rating=3), verdicts("complaint"), (rule,)).label == "medium"
    assert prioritise(feedback("bad", rating=2), verdicts("complaint"), (rule,)).label == "high"


def test_a_rule_on_the_rating_passes_over_a_feedback_without_one(feedback):
    rules = (
        PriorityRule(priority="critical", reason="low", rating_at_most=5),
        PriorityRule(priority="critical", reason="high", rating_at_least=1),
    )
    assert prioritise(feedback("bad"), {}, rules).label == "low"
    assert prioritise(feedback("bad", rating=float("nan")), {}, rules).label == "low"


@pytest.mark.parametrize("text", ["We had DATA LOSS!", "data loss", "It is urgent.", "我无法登录了"])
def test_words_are_found_in_any_case(feedback, text):
    assert prioritise(feedback(text), {}, (DANGER,)).label == "critical"


def test_words_are_found_in_the_title(feedback):
    assert prioritise(feedback("see above", title="Urgent"), {}, (DANGER,)).label == "critical"


@pytest.mark.parametrize("text", ["resurgent", "urgently", "data losses", "data-loss"])
def test_a_part_of_a_word_is_not_the_word(feedback, text):
    assert prioritise(feedback(text), {}, (DANGER,)).label == "low"


@pytest.mark.parametrize("text", ["not urgent", "This isn\u2019t urgent", "not very urgent", "non-urgent"])
def test_what_is_said_not_to_be_urgent_is_not(feedback, text):
    assert prioritise(feedback(text), {}, (DANGER,)).label == "low"


def test_words_that_mean_something_to_patterns_are_plain_words(feedback):
    rule = PriorityRule(priority="high", reason="c", words=("c++ (beta)", ".*"))
    assert prioritise(feedback("I use C++ (beta) here"), {}, (rule,)).label == "high"
    assert prioritise(feedback("anything"), {}, (rule,)).label == "low"


def test_a_rule_that_asks_for_a_source_waits_for_the_core_to_have_matched_it(feedback):
    rule = PriorityRule(priority="high", reason="from there", source=("zendesk",))
    assert prioritise(feedback("hi"), {}, (rule,)).label == "low"


def test_a_rule_is_as_sure_as_the_verdict_it_asks_for(feedback):
    assert prioritise(feedback("x"), verdicts(confidence=0.4), (BUG,)).confidence == 0.4
    assert prioritise(feedback("urgent"), verdicts(confidence=0.4), (DANGER,)).confidence == 1.0


@pytest.mark.parametrize(
    ("category", "score", "label"),
    [
        ("bug_report", 0.0, "medium"),
        ("complaint", -0.5, "medium"),
        ("question", 0.0, "medium"),
        ("feature_request", 0.0, "low"),
        ("praise", 0.0, "low"),
        ("other", -0.9, "medium"),
        ("spam", -0.9, "low"),
    ],
)
def test_without_a_matching_rule_the_category_and_the_tone_decide_and_say_so(
    feedback, category, score, label
):
    verdict = prioritise(feedback("x"), verdicts(category, score), ())
    assert verdict.label == label
    assert verdict.reasons


AUTOMATIC = ("auto_reply", "bounce", "delivery_report", "feedback_loop")


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_a_mail_that_nobody_waits_for_an_answer_to_is_low_whatever_its_tone(feedback, kind):
    mail = feedback("It is broken", attributes={"automatic": kind})
    verdict = prioritise(mail, verdicts(score=-0.9), (BUG, ANGRY_BUG))
    assert (verdict.label, verdict.confidence) == ("low", 1.0)
    assert verdict.reasons == ("It is probably an automatic mail, and no rule's words are in it.",)


@pytest.mark.parametrize("kind", AUTOMATIC)
def test_unless_it_says_something_urgent(feedback, kind):
    mail = feedback("There was data loss.", attributes={"automatic": kind})
    assert prioritise(mail, verdicts(), (BUG, DANGER)).label == "critical"


@pytest.mark.parametrize("kind", ["notice", "list_or_bulk", "", None, 7, ["bounce"]])
def test_what_a_form_sends_and_whatever_else_is_marked_is_a_customer_s(feedback, kind):
    mail = feedback("It is broken", attributes={"automatic": kind})
    assert prioritise(mail, verdicts(score=-0.9), (BUG, ANGRY_BUG)).label == "high"
