from __future__ import annotations

import pytest

from plugins.classifiers import draft as plugin
from plugins.classifiers.draft import TITLE_LENGTH, draft
from triggeriq import Feedback
from triggeriq.testing import ClassifierContract, Example


class TestDraft(ClassifierContract):
    plugin = plugin
    examples = (
        Example(
            name="a sentence",
            feedback=Feedback(external_id="1", text="The export is empty. I tried it twice."),
            expect={"draft": {"title": "The export is empty"}},
        ),
    )


def test_the_title_of_the_feedback_is_kept(feedback):
    assert draft(feedback("It crashes. Often.", title="Broken camera"), {}).title == "Broken camera"


@pytest.mark.parametrize("title", [None, "", "  ", "(no subject)", "Re:", "***"])
def test_without_a_title_the_first_sentence_is_one(feedback, title):
    assert (
        draft(feedback("The camera is broken. Please help.", title=title), {}).title == "The camera is broken"
    )


def test_a_reply_mark_is_no_part_of_a_title(feedback):
    assert draft(feedback("x", title="RE: Fwd: AW: Late parcel"), {}).title == "Late parcel"


def test_a_greeting_is_no_title(feedback):
    assert draft(feedback("Hi support team,\n\nMy parcel is late. Thanks"), {}).title == "My parcel is late"


def test_a_word_is_too_little_of_a_title(feedback):
    assert draft(feedback("Ugh. It broke again."), {}).title == "Ugh. It broke again"


def test_a_long_title_is_cut_between_words(feedback):
    title = draft(feedback("word " * 100), {}).title
    assert len(title) <= TITLE_LENGTH
    assert title.endswith("word\u2026")


def test_stars_alone_make_a_title(feedback):
    assert draft(feedback("", rating=2.0, kind="review"), {}).title == "2-star review without text"
    assert draft(feedback(""), {}).title == "Message without text"


def test_the_tags_of_the_feedback_come_first_and_once(feedback):
    told = feedback("I want a refund, the app crashes", attributes={"tags": ["vip", "crash", 5, " ", None]})
    assert draft(told, {}).tags == ("vip", "crash", "refund")


@pytest.mark.parametrize("tags", [None, "vip", 5, {"a": 1}, []])
def test_tags_of_another_shape_are_passed_over(feedback, tags):
    assert draft(feedback("fine", attributes={"tags": tags}), {}).tags == ()


def test_the_description_is_the_text(feedback):
    assert draft(feedback("  All of it.\nAnd more. "), {}).description == "All of it.\nAnd more."
