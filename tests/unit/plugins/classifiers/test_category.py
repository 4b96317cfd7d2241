from __future__ import annotations

import pytest

from plugins.classifiers import category
from plugins.classifiers.category import classify
from triggeriq import Feedback
from triggeriq.testing import ClassifierContract, Example


class TestCategory(ClassifierContract):
    plugin = category
    examples = (
        Example(
            name="a bug",
            feedback=Feedback(external_id="1", text="It crashes every time I open it."),
            expect={"classify": {"category": "bug_report"}},
        ),
        Example(
            name="a wish",
            feedback=Feedback(external_id="1", text="Please add a dark mode."),
            expect={"classify": {"category": "feature_request"}},
        ),
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The app crashes every time I open the camera since the last update", "bug_report"),
        ("Error 500 when I try to upload photos, please fix", "bug_report"),
        ("Please add a dark mode", "feature_request"),
        ("It would be nice if you could add an option to export to PDF", "feature_request"),
        ("The room was dirty and the staff was rude.", "complaint"),
        ("I love this app, it is great!", "praise"),
        ("Great location, friendly staff", "praise"),
        ("How do I change my password?", "question"),
        ("Where is my parcel?", "question"),
        ("アプリが起動しません。フリーズします", "bug_report"),
    ],
)
def test_the_kind_of_a_plain_text_is_told(feedback, text, label):
    assert classify(feedback(text)).label == label


@pytest.mark.parametrize(
    "text",
    [
        "Click here to make money: http://spam.example",
        "Earn money from home! Work from home, no obligation",
        "Use my referral code ABC to win bitcoin",
        "Best casino and betting bonus www.spam.example",
    ],
)
def test_a_pitch_with_somewhere_to_go_is_spam_and_says_why(feedback, text):
    verdict = classify(feedback(text))
    assert verdict.label == "spam"
    assert verdict.evidence
    assert verdict.reasons


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.com/log.txt for the crash log",
        "The bitcoin wallet crashes, see https://example.com/issue/1",
        "I wasted my money on this casino game",
        "WhatsApp does not open after the update",
    ],
)
def test_a_link_or_a_trade_alone_is_no_spam(feedback, text):
    assert classify(feedback(text)).label != "spam"


@pytest.mark.parametrize(
    ("rating", "label"), [(1, "complaint"), (3, "other"), (5, "praise"), (None, "other")]
)
def test_without_words_only_stars_speak(feedback, rating, label):
    assert classify(feedback("...", rating=rating)).label == label


def test_a_low_rating_turns_faint_praise_into_something_else(feedback):
    assert classify(feedback("good idea but meh", rating=1)).label != "praise"


def test_an_unknown_language_is_not_judged_with_confidence(feedback):
    assert classify(feedback("Nimefurahi sana na huduma yenu ya haraka")).confidence < 0.6


def test_what_ses_takes_for_spam_is_spam_and_says_so(feedback, triage):
    mail = feedback("The app crashes on start.", attributes={"spam_verdict": "FAIL"})
    verdict = classify(mail)
    assert (verdict.label, verdict.evidence) == ("spam", ("X-SES-Spam-Verdict: FAIL",))
    assert verdict.reasons == ("Amazon SES, which received the mail, takes it for spam.",)
    assert triage(mail).review.needs_review  # SES errs, too


@pytest.mark.parametrize("verdict", ["PASS", "GRAY", "PROCESSING_FAILED", "DISABLED", "", None, True, {}])
def test_any_other_finding_of_ses_changes_nothing(feedback, verdict):
    mail = feedback("The app crashes on start.", attributes={"spam_verdict": verdict})
    assert classify(mail) == classify(feedback("The app crashes on start."))
