from __future__ import annotations

import pytest

from plugins.classifiers import sentiment
from plugins.classifiers.sentiment import classify
from triggeriq import Feedback
from triggeriq.testing import ClassifierContract, Example


class TestSentiment(ClassifierContract):
    plugin = sentiment
    examples = (
        Example(
            name="anger",
            feedback=Feedback(external_id="1", text="I hate it, this is terrible and useless."),
            expect={"classify": {"sentiment": "negative"}},
        ),
        Example(
            name="joy",
            feedback=Feedback(external_id="1", text="I love it, wonderful and fast!"),
            expect={"classify": {"sentiment": "positive"}},
        ),
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this app, it is great!", "positive"),
        ("Excellent service, very friendly staff. Highly recommended.", "positive"),
        ("This is the worst update ever. Total waste of money.", "negative"),
        ("Not good.", "negative"),
        ("It keeps crashing and support doesn't answer. Terrible!", "negative"),
        ("How do I change my password?", "neutral"),
        ("El hotel es hermoso y la atención muy buena", "positive"),
        ("C'est nul, ça ne marche pas", "negative"),
        ("とても便利です。最高！", "positive"),
        ("Die App stürzt ständig ab, sehr ärgerlich", "negative"),
        ("ужасное приложение, ничего не работает", "negative"),
    ],
)
def test_the_tone_of_a_plain_text_is_told(feedback, text, label):
    assert classify(feedback(text)).label == label


@pytest.mark.parametrize(("text", "sign"), [("Awful, I hate it", -1), ("Awesome, I love it", 1)])
def test_the_score_has_the_sign_of_the_label_and_stays_in_its_range(feedback, text, sign):
    verdict = classify(feedback(text))
    assert 0 < verdict.score * sign <= 1


def test_a_negation_turns_praise_round(feedback):
    assert classify(feedback("not happy with it")).score < classify(feedback("happy with it")).score


def test_thanks_at_the_end_are_manners(feedback):
    assert classify(feedback("Where is my package? Thanks")).label != "positive"


@pytest.mark.parametrize(("rating", "label"), [(1, "negative"), (5, "positive")])
def test_stars_without_words_decide(feedback, rating, label):
    assert classify(feedback("", rating=rating)).label == label


def test_stars_against_the_words_lower_the_score(feedback):
    assert classify(feedback("works", rating=1)).score < classify(feedback("works")).score


@pytest.mark.parametrize("rating", [0, -3, 6, 1e300, float("nan"), float("inf")])
def test_a_rating_that_is_none_is_passed_over(feedback, rating):
    text = "I love this app"
    assert classify(feedback(text, rating=rating)) == classify(feedback(text))


def test_an_empty_text_has_no_tone_to_speak_of(feedback):
    verdict = classify(feedback(" \n "))
    assert (verdict.label, verdict.confidence) == ("neutral", 0.2)


@pytest.mark.parametrize("text", ["Lorem ipsum dolor sit amet", "xq zzkt wvwv", "ಅಪ್ಲಿಕೇಶನ್ ಬಗ್ಗೆ"])
def test_what_is_not_understood_is_not_judged_with_confidence(feedback, text):
    assert classify(feedback(text)).confidence < 0.6


def test_the_evidence_is_a_few_words_of_the_text(feedback):
    verdict = classify(feedback("The battery is terrible and the screen is awful"))
    assert {"terrible", "awful"} & set(verdict.evidence)
    assert len(verdict.evidence) <= 5
