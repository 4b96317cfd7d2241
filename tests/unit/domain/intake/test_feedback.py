"""Whatever a plugin makes: clean, bounded, or no feedback at all."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.intake.feedback import cleaned, digest
from chalicelib.domain.intake.feedback_message import FeedbackMessage, from_json, to_json
from chalicelib.errors import Unreadable
from triggeriq import App, AttachedFile, Attachment, Author, Feedback, Handled

AT = datetime(2026, 1, 2, tzinfo=UTC)
TEXTS = st.text(max_size=50) | st.text(st.characters(categories=["Cs", "Cc"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FEEDBACK = st.builds(
    Feedback,
    external_id=TEXTS.map(lambda text: "x" + text),
    text=TEXTS,
    title=st.none() | TEXTS,
    rating=st.none() | st.floats(),
    version=st.integers(),
    author=st.builds(Author, id=TEXTS, name=TEXTS, email=TEXTS),
    app=st.builds(App, id=TEXTS, version=TEXTS),
    created_at=st.none() | st.datetimes() | st.datetimes(timezones=st.timezones()),
    url=TEXTS,
    thread=TEXTS,
    quoted=TEXTS,
    verified=st.booleans(),
    threads=st.lists(TEXTS, max_size=40).map(tuple),
    attachments=st.lists(
        st.builds(Attachment, name=TEXTS, content_type=TEXTS, bytes=st.integers())
        | st.builds(AttachedFile, name=TEXTS, content_type=TEXTS, content=st.binary(max_size=3)),
        max_size=3,
    ).map(tuple),
    handled=st.none()
    | st.builds(
        Handled,
        status=st.none() | st.sampled_from(["open", "resolved"]),
        priority=st.none() | st.sampled_from(["critical", "low"]),
        assignee=st.none() | TEXTS,
        updated_at=st.none() | st.datetimes() | st.datetimes(timezones=st.timezones()),
    ),
    device=st.dictionaries(TEXTS, TEXTS, max_size=3),
    attributes=st.dictionaries(TEXTS, VALUES, max_size=3),
)


def message(feedback: Feedback) -> FeedbackMessage:
    return FeedbackMessage(source="s", connection="c", event_id="e", received_at=AT, feedback=feedback)


@given(FEEDBACK)
def test_a_cleaned_feedback_travels_unchanged(feedback: Feedback) -> None:
    sent = message(cleaned(feedback))
    text = to_json(sent)
    text.encode("utf-8")
    assert "\x00" not in text
    assert from_json(text) == sent


@given(FEEDBACK)
def test_cleaning_twice_changes_nothing(feedback: Feedback) -> None:
    assert cleaned(cleaned(feedback)) == cleaned(feedback)


SEPARATORS = ("\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\u2028", "\u2029", "\r\n", "\v\x85")


@pytest.mark.parametrize("separator", SEPARATORS, ids=ascii)
def test_words_on_two_lines_stay_apart(separator: str) -> None:
    said = f"the app crashes{separator}since yesterday"
    made = cleaned(
        Feedback(
            external_id="x",
            title=said,
            text=said,
            author=Author(name=said),
            device={"model": said},
            attributes={"notes": [said]},
        )
    )
    assert made.text.replace("\r", "").replace("\n\n", "\n") == "the app crashes\nsince yesterday"
    line = "the app crashes since yesterday"
    assert (made.title, made.author.name, made.device) == (line, line, {"model": line})
    assert made.attributes["notes"][0].split() == line.split()


def test_every_line_end_of_unicode_is_one_here() -> None:
    ends = [end for end in map(chr, range(0x11000)) if len(f"a{end}b".splitlines()) == 2]
    text = cleaned(Feedback(external_id="x", text="".join(f"a{end}b " for end in ends))).text
    assert text.split() == ["a", "b"] * len(ends)


def test_ids_that_differ_in_a_line_end_stay_two() -> None:
    first, second = (cleaned(Feedback(external_id=id)).external_id for id in ("a\nb", "a b"))
    assert first != second


@pytest.mark.parametrize("character", ['"', "\n", "\\", "€"])
def test_escapes_do_not_make_the_longest_feedback_too_long(character: str) -> None:
    long = character * 100_000
    feedback = Feedback(
        external_id="x",
        text=long,
        title=long,
        language=long,
        author=Author(id=long, name=long, email=long),
        app=App(id=long, version=long),
        url="https://" + long,
        thread=long,
        quoted=long,
        threads=tuple(f"{n}{long}" for n in range(100)),
        attachments=(Attachment(name=long, content_type="a/" + "b" * 75, bytes=2**60),) * 100,
        handled=Handled(status="resolved", priority="critical", assignee=long, updated_at=AT),
        device={f"{n}{long}": long for n in range(100)},
        attributes={f"{n}{character * 100}": character * 500 for n in range(1000)},
    )
    assert len(to_json(message(cleaned(feedback))).encode()) < 256 * 1024 - 6_000


@pytest.mark.parametrize(
    "fields",
    [
        {"external_id": ""},
        {"external_id": " \x00 "},
        {"external_id": None},
        {"text": None},
        {"text": 5},
        {"version": None},
        {"version": float("inf")},
        {"version": "x"},
        {"kind": "shout"},
        {"kind": []},
        {"rating": "many"},
        {"author": None},
        {"attributes": []},
        {"device": "iPhone"},
        {"created_at": "today"},
        {"quoted": None},
        {"threads": "one"},
        {"threads": (5,)},
        {"threads": None},
        {"attachments": ("a.pdf",)},
        {"attachments": (Attachment(name=None),)},  # type: ignore[arg-type]
        {"attachments": (Attachment(name="a", bytes="5 kB"),)},  # type: ignore[arg-type]
        {"handled": "resolved"},
        {"handled": Handled(status="done")},  # type: ignore[arg-type]
        {"handled": Handled(priority=1)},  # type: ignore[arg-type]
        {"handled": Handled(updated_at="today")},  # type: ignore[arg-type]
    ],
)
def test_what_is_no_feedback_is_a_value_error_and_nothing_else(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        cleaned(Feedback(**{"external_id": "x", "text": "", **fields}))


def test_a_time_gets_its_zone() -> None:
    at = datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))
    feedback = cleaned(Feedback(external_id="x", text="", created_at=at))
    assert feedback.created_at == datetime(2026, 1, 2, 1, tzinfo=UTC)
    naive = cleaned(Feedback(external_id="x", text="", created_at=at.replace(tzinfo=None)))
    assert naive.created_at == datetime(2026, 1, 2, 3, tzinfo=UTC)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.com", "ftp://x", ""])
def test_only_web_addresses_are_links(url: str) -> None:
    assert cleaned(Feedback(external_id="x", text="", url=url)).url is None


def test_the_digest_is_over_what_a_person_would_compare() -> None:
    one = Feedback(external_id="x", text="a", title="t", rating=5)
    assert digest(one) == digest(Feedback(external_id="y", text="a", title="t", rating=5.0, version=9))
    for other in ({"text": "b"}, {"title": "u"}, {"rating": 4}, {"title": None}):
        assert digest(one) != digest(
            Feedback(**{"external_id": "x", "text": "a", "title": "t", "rating": 5, **other})
        )


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"v": 2}', '{"v": 1}', "[" * 100_000, '{"v": 1, "x": ' + "9" * 5_000 + "}"],
)
def test_a_message_that_is_none_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        from_json(text)


def test_quoted_text_gets_the_room_that_the_text_leaves() -> None:
    made = cleaned(Feedback(external_id="x", text="a" * 39_990, quoted="b" * 100))
    assert made.quoted == "b" * 10
    assert cleaned(Feedback(external_id="x", text="a" * 50_000, quoted="b")).quoted == ""


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\bill.xlsx", "bill.xlsx"),
        ("/", "attachment"),
        ("", "attachment"),
        ("..", "attachment"),
        (".bashrc", "bashrc"),
        ("\x00\r\n", "attachment"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie: b.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("Rechnung März 2026.pdf", "Rechnung März 2026.pdf"),
        ("請求書.pdf", "請求書.pdf"),
        ("photo.jpg ", "photo.jpg"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("x." + "y" * 300, "x." + "y" * 98),
        ("x" * 300, "x" * 100),
        ("請" * 300 + ".pdf", "請" * 56 + ".pdf"),
    ],
)
def test_a_file_s_name_is_safe_and_short(name: str, kept: str) -> None:
    (file,) = cleaned(Feedback(external_id="x", attachments=(Attachment(name=name),))).attachments
    assert file.name == kept


@pytest.mark.parametrize(
    ("content_type", "kept"),
    [
        ("image/png", "image/png"),
        ("Image/PNG ", "image/png"),
        ("application/vnd.ms-excel", "application/vnd.ms-excel"),
        ("text/plain; charset=utf-8", "application/octet-stream"),
        ("", "application/octet-stream"),
        ("png", "application/octet-stream"),
        ("a/b\r\nSet-Cookie: c", "application/octet-stream"),
        ("a/" + "b" * 500, "application/octet-stream"),
    ],
)
def test_a_content_type_is_one_or_says_nothing(content_type: str, kept: str) -> None:
    file = Attachment(name="a", content_type=content_type)
    (made,) = cleaned(Feedback(external_id="x", attachments=(file,))).attachments
    assert made.content_type == kept


def test_what_is_attached_is_counted_and_told_without_its_content() -> None:
    file = AttachedFile(name="a.txt", content_type="text/plain", content=b"hello")
    (made,) = cleaned(Feedback(external_id="x", attachments=(file,))).attachments
    assert made == Attachment(name="a.txt", content_type="text/plain", bytes=5)
    assert b"hello" not in repr(file).encode()


def test_of_many_names_the_first_and_the_last_are_kept() -> None:
    names = cleaned(Feedback(external_id="x", threads=tuple(f"m{n}" for n in range(100)))).threads
    assert names == ("m0", *(f"m{n}" for n in range(77, 100)))


def test_names_that_differ_far_behind_stay_two_and_the_same_name_is_one() -> None:
    names = cleaned(
        Feedback(external_id="x", threads=("a" * 999 + "b", "a" * 999 + "c", "d", "d", ""))
    ).threads
    assert len(names) == 3
    assert all(len(name) <= 200 for name in names)


def test_what_another_system_had_made_of_it_is_cleaned() -> None:
    given = Handled(
        status="resolved", priority="high", assignee=" ada\x00 ", updated_at=AT.replace(tzinfo=None)
    )
    made = cleaned(Feedback(external_id="x", handled=given)).handled
    assert made == Handled(status="resolved", priority="high", assignee="ada", updated_at=AT)


def test_a_message_of_the_former_release_is_read() -> None:
    """It was written by version 1 of the message before there were quoted texts."""
    written = (
        '{"v":1,"source":"s","connection":"c","event_id":"e","received_at":"2026-01-02T00:00:00+00:00",'
        '"raw_key":"","feedback":{"external_id":"x","version":0,"kind":"email","title":null,"text":"Hi",'
        '"rating":null,"language":null,"author":{"id":null,"name":null,"email":null},"created_at":null,'
        '"url":null,"app":{"id":null,"version":null},"device":{},"thread":"t","attributes":{}}}'
    )
    feedback = Feedback(external_id="x", kind="email", text="Hi", thread="t")
    assert from_json(written) == message(feedback)


def test_what_the_former_release_does_not_know_is_left_out_where_it_says_nothing() -> None:
    written = json.loads(to_json(message(Feedback(external_id="x", text="Hi"))))["feedback"]
    assert not written.keys() & {"quoted", "verified", "threads", "attachments", "handled"}
    said = Feedback(external_id="x", quoted="> Hi", verified=False, threads=("a",))
    assert json.loads(to_json(message(said)))["feedback"]["verified"] is False
