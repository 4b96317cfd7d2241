"""Typeform: responses to a form."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.typeform import Typeform, TypeformSettings
from triggeriq import (
    Attachment,
    Connection,
    Events,
    Feedback,
    Ignore,
    InvalidSetting,
    Item,
    NotVerified,
    Received,
    Request,
    Unreadable,
)
from triggeriq.settings import read_settings
from triggeriq.testing import WebhookContract
from triggeriq.testing.golden import load

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "typeform"
SAMPLES = {delivery.name: json.loads(delivery.body) for delivery in load(GOLDEN)}
NOW = datetime(2026, 1, 18, 18, 17, 4, tzinfo=UTC)


class TestTypeform(WebhookContract):
    source = Typeform
    golden = GOLDEN


def items(body: dict[str, Any], **settings: Any) -> list[Item]:
    connection = Connection(source="typeform", settings=read_settings(TypeformSettings, settings))
    received = Received(id="e", received_at=NOW, body=json.dumps(body).encode())
    return list(Typeform().transform(received, connection))


def response(body: dict[str, Any], **settings: Any) -> Feedback:
    (found,) = items(body, **settings)
    assert isinstance(found, Feedback)
    return found


def answered(*answers: tuple[str, str, object], **changed: Any) -> dict[str, Any]:
    """A response: of each answer the type of its question (its title behind a colon), its own, and its
    value."""
    fields = [
        {"id": f"q{at}", "ref": f"r{at}", "title": kind.partition(":")[2], "type": kind.partition(":")[0]}
        for at, (kind, _, _) in enumerate(answers)
    ]
    given = [
        {
            "type": type_,
            type_: value,
            "field": {"id": field["id"], "ref": field["ref"], "type": field["type"]},
        }
        for field, (_, type_, value) in zip(fields, answers, strict=True)
    ]
    form = {"token": "t-1", "definition": {"title": "Form", "fields": fields}, "answers": given, **changed}
    return {"event_id": "e-1", "event_type": "form_response", "form_response": form}


def test_it_signs_as_typeform_s_page_says() -> None:
    """https://www.typeform.com/developers/webhooks/secure-your-webhooks/"""
    body = b'{"event_id":"1","event_type":"form_response"}'
    digest = hmac.new(b"abc123", body, hashlib.sha256).digest()
    connection = Connection(source="typeform", secrets=("abc123",))
    for signature, refused in (
        ("sha256=" + base64.b64encode(digest).decode(), ""),
        (base64.b64encode(digest).decode(), "malformed"),
        ("sha256=" + digest.hex(), "malformed"),
        ("sha256=" + base64.b64encode(hmac.digest(b"abc124", body, "sha256")).decode(), "mismatch"),
    ):
        request = Request(headers={"typeform-signature": signature}, body=body)
        if refused:
            with pytest.raises(NotVerified, match=refused):
                Typeform().verify(request, connection, NOW)
        else:
            assert Typeform().verify(request, connection, NOW).secret == 0


@pytest.mark.parametrize(
    ("kind", "given", "scale", "stars"),
    [
        ("rating", 1, "", 1),
        ("rating", 4, "", 4),
        ("rating", 5, "", 5),
        ("rating", 7, "", None),
        ("rating", 8, "1-10", 4.1),
        ("nps", 0, "", 1),
        ("nps", 6, "", 3.4),
        ("nps", 8, "", 4.2),
        ("nps", 9, "", 4.6),
        ("nps", 10, "", 5),
        ("opinion_scale", 5, "", 3),
        ("opinion_scale", 4, "1-7", 3),
        ("opinion_scale", 0, "1-7", None),
        ("opinion_scale", 3, "-3-3", 5),
    ],
)
def test_a_scale_becomes_one_to_five_stars(kind: str, given: int, scale: str, stars: float | None) -> None:
    body = answered((kind, "number", given), ("long_text", "text", "words"))
    assert response(body, scale=scale).rating == stars
    if stars is None:
        assert list(response(body, scale=scale).attributes["answers"].values()) == [given]  # type: ignore[union-attr, call-overload, index]


def test_the_steps_of_a_scale_count_where_the_form_tells_them() -> None:
    for kind, properties, given, stars in (
        ("rating", {"steps": 10}, 10, 5),
        ("opinion_scale", {"steps": 5}, 4, 5),
        ("opinion_scale", {"steps": 5, "start_at_one": True}, 1, 1),
        ("opinion_scale", {"steps": 1}, 1, None),
    ):
        body = answered((kind, "number", given), ("long_text", "text", "words"))
        body["form_response"]["definition"]["fields"][0]["properties"] = properties
        assert response(body).rating == stars


def test_of_several_scales_the_rating_counts_then_nps() -> None:
    scales = [("opinion_scale", "number", 0), ("nps", "number", 10), ("rating", "number", 3)]
    assert response(answered(*scales)).rating == 3
    assert response(answered(*scales[:2])).rating == 5
    assert response(answered(*scales), rating="r0").rating == 1
    assert response(answered(*scales), rating="q1").rating == 5


def test_open_answers_are_the_words_and_their_questions_are_quoted() -> None:
    body = answered(
        ("long_text:What went *wrong*?", "text", "It crashes."),
        ("multiple_choice:Where?", "choice", {"label": "Phone"}),
        ("short_text:What else, {{field:r0}}?", "text", "No dark mode."),
    )
    said = response(body)
    assert said.text == "It crashes.\n\nNo dark mode."
    assert said.quoted == "What went wrong?\nWhat else, …?"
    assert said.attributes["answers"] == {"Where?": "Phone"}


@pytest.mark.parametrize(
    ("form", "title"), [("Exit survey", "Exit survey"), ("How is it?", None), ("どう？", None)]
)
def test_the_title_is_the_form_s_unless_it_asks(form: str, title: str | None) -> None:
    body = answered(("long_text", "text", "words"), definition={"title": form})
    assert (response(body).title, response(body).attributes["form"]) == (title, form)


def test_which_answers_are_the_words_is_a_setting() -> None:
    body = answered(("long_text", "text", "One"), ("long_text", "text", "Two"), ("dropdown", "text", "Three"))
    assert response(body).text == "One\n\nTwo"
    assert response(body, text=["q1"]).text == "Two"
    assert response(body, text=["r2", "r0"]).text == "One\n\nThree"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (("multiple_choice", "choice", {"other": "By boat"}), "By boat"),
        (("multiple_choice", "choices", {"labels": ["Car", "Bus"], "other": "Boat"}), "Car, Bus, Boat"),
        (("ranking", "choices", [{"label": "Car"}, {"label": "Bus"}]), "Car, Bus"),
        (("dropdown", "text", "Car"), "Car"),
        (("yes_no", "boolean", False), "no"),
        (("legal", "boolean", True), "yes"),
        (("number", "number", 4.5), "4.5"),
        (("date", "date", "2025-10-15"), "2025-10-15"),
        (
            ("multi_format", "multi_format", {"video_id": "v", "transcript": "It stays blank."}),
            "It stays blank.",
        ),
    ],
)
def test_where_nobody_wrote_the_other_answers_are_the_words(
    answer: tuple[str, str, object], words: str
) -> None:
    assert response(answered(answer)).text == words


@pytest.mark.parametrize(
    "answer",
    [
        ("email", "email", "laura@example.com"),
        ("phone_number", "phone_number", "+14155550100"),
        ("payment", "payment", {"amount": "1", "last4": "4242", "name": "LAURA DOE"}),
        ("file_upload", "file_url", "https://api.typeform.com/f/picture.png"),
        ("short_text:Your name?", "text", "Laura"),
        ("matrix", "matrix_row", {"x": 1}),
        ("long_text", "text", "  "),
    ],
)
def test_who_somebody_is_is_nothing_said(answer: tuple[str, str, object]) -> None:
    assert items(answered(answer)) == [Ignore("a response without answers")]


def test_no_number_of_a_card_is_kept() -> None:
    assert "4242" not in str(response(SAMPLES["every_kind_of_answer"]))


def test_files_are_named() -> None:
    address = "https://api.typeform.com/responses/files/abc/blank%20page.png?x=1"
    said = response(answered(("long_text", "text", "See"), ("file_upload", "file_url", address)))
    assert said.attachments == (Attachment(name="blank page.png"),)
    for nameless in ("https://[", "https://api.typeform.com/", ""):
        assert response(answered(("long_text", "text", "See"), ("file_upload", "file_url", nameless))).text


@pytest.mark.parametrize("title", ["What is your name?", "First name", "What’s your full name?", "NAME:"])
def test_who_asks_for_a_name_gets_the_author_s(title: str) -> None:
    body = answered(("long_text", "text", "words"), (f"short_text:{title}", "text", "Laura"))
    assert (response(body).author.name, response(body).text) == ("Laura", "words")


def test_first_and_last_name_are_one() -> None:
    body = answered(
        ("short_text:First name", "text", "Laura"),
        ("short_text:Last name", "text", "Doe"),
        ("long_text", "text", "words"),
    )
    assert response(body).author.name == "Laura Doe"


def test_settings_say_who_the_author_is() -> None:
    body = answered(
        ("short_text:Wie heißen Sie?", "text", "Laura"),
        ("email", "email", "first@example.com"),
        ("short_text", "text", "second@example.com"),
        ("long_text", "text", "words"),
    )
    assert response(body).author.email == "first@example.com"
    said = response(body, name="r0", email="r2", text=["r3"])
    assert (said.author.name, said.author.email, said.text) == ("Laura", "second@example.com", "words")


def test_hidden_fields_tell_of_the_author_and_the_app() -> None:
    hidden = {
        "user_id": 7,
        "email": "laura@example.com",
        "name": "Laura",
        "language": "pt-BR",
        "app_version": "4.2",
        "thread": "order-1",
    }
    said = response(answered(("long_text", "text", "words"), hidden=hidden))
    assert (said.author.id, said.author.email, said.author.name) == ("7", "laura@example.com", "Laura")
    assert (said.language, said.app.version, said.thread) == ("pt-BR", "4.2", "order-1")
    assert said.attributes["hidden"] == hidden


def test_questions_within_a_group_are_found() -> None:
    body = answered(("long_text", "text", "words"))
    form = body["form_response"]
    (question,) = form["definition"]["fields"]
    form["definition"]["fields"] = [
        {"id": "g", "type": "group", "properties": {"fields": [question | {"title": "Why?"}]}}
    ]
    assert response(body).quoted == "Why?"


def test_an_answer_to_an_unknown_question_is_taken() -> None:
    """A delivery may tell of another version of the form than was answered."""
    body = answered(("short_text:What is your name?", "text", "It crashes"))
    body["form_response"]["answers"][0]["field"] = {"id": "qFfhkmeEyC9G", "type": "short_text"}
    said = response(body)
    assert (said.text, said.quoted, said.author.name) == ("It crashes", "", None)


def test_the_complete_response_is_a_newer_version_of_the_partial_one() -> None:
    part = response(SAMPLES["partial_response"])
    whole = json.loads(json.dumps(SAMPLES["partial_response"])) | {"event_type": "form_response"}
    whole["form_response"]["submitted_at"] = "2026-01-18T18:17:02Z"
    assert part.external_id == response(whole).external_id
    assert part.version < response(whole).version
    assert "partial" not in response(whole).attributes


@pytest.mark.parametrize("kind", ["form_viewed", "FORM_DELETED"])
def test_another_event_is_ignored_with_its_name(kind: str) -> None:
    body = SAMPLES["one_open_answer"] | {"event_type": kind}
    assert items(body) == [Ignore(f"{kind.casefold()} holds no feedback")]


def test_a_response_without_a_token_is_unreadable() -> None:
    body = answered(("long_text", "text", "words"), token=None)
    with pytest.raises(Unreadable, match=r"form_response\.token: there is none"):
        items(body)


def test_an_event_without_an_id_is_named_by_its_bytes() -> None:
    body = json.dumps({**SAMPLES["one_open_answer"], "event_id": None}).encode()
    answer = Typeform().receive(Request(body=body), Connection(source="typeform"))
    assert isinstance(answer, Events)
    assert answer.items[0].id == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("scale", ["7", "7-1", "1-1", "one-two", "1-7 stars"])
def test_a_scale_that_is_none_is_refused(scale: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        read_settings(TypeformSettings, {"scale": scale})
    assert refusal.value.field == "scale"
