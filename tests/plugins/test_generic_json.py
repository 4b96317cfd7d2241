"""Any JSON, proven as the settings say."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from plugins.sources.generic_json import LOOKED_AT, GenericJson, GenericJsonSettings
from triggeriq import (
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    InvalidSetting,
    NotVerified,
    Received,
    Request,
    Unreadable,
)
from triggeriq.settings import read_settings
from triggeriq.signing import sign
from triggeriq.testing import Delivery, WebhookContract

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = json.dumps(
    {"id": 9, "message": "Where is my order?", "author": "Jo Doe", "email": "jo@example.com"}
).encode()
DEEP = json.dumps(
    {"payload": {"reviews": [{"t": {"said": "Great"}, "stars": "5"}, {"t": {"said": "Bad"}, "stars": 1}]}}
).encode()
WORDS = {
    "external_id": "9",
    "text": "Where is my order?",
    "author.name": "Jo Doe",
    "author.email": "jo@example.com",
}


def delivery(
    name: str,
    secret: str,
    body: bytes = BODY,
    expect: tuple[Any, ...] = (WORDS,),
    connection: str = "default",
    **settings: Any,
) -> Delivery:
    scheme = GenericJsonSettings(**settings).scheme()
    return Delivery(
        name=name,
        body=body,
        headers=sign(scheme, secret, body, NOW),
        secret=secret,
        now=NOW,
        settings=settings,
        connection=connection,
        event=hashlib.sha256(body).hexdigest(),
        expect=expect,
    )


class TestGenericJson(WebhookContract):
    source = GenericJson
    deliveries = (
        delivery("hmac as it comes", "key"),
        delivery(
            "hmac in base64", "key", header="X-Hmac", algorithm="sha512", encoding="base64", prefix="sha512="
        ),
        delivery("hmac with a time", "key", timestamp_header="X-Time"),
        delivery(
            "hmac with an ISO time",
            "key",
            timestamp_header="X-Time",
            timestamp_form="iso8601",
            signed="v0:{timestamp}:{body}",
        ),
        delivery("api key", "an-api-key", verification="api_key"),
        delivery("bearer", "a-token", verification="bearer"),
        delivery("basic", "user:pass:word", verification="basic"),
        delivery("secret name", "", connection="x" * 32, verification="secret_name"),
        delivery(
            "a list deep inside, by a field map",
            "key",
            DEEP,
            (
                {
                    "external_id": hashlib.sha256(DEEP).hexdigest() + "-0",
                    "text": "Great",
                    "rating": 5,
                    "kind": "review",
                },
                {"external_id": hashlib.sha256(DEEP).hexdigest() + "-1", "text": "Bad", "rating": 1},
            ),
            items="payload.reviews",
            fields={"text": "t.said"},
        ),
    )


def test_without_settings_nothing_is_let_in() -> None:
    with pytest.raises(NotVerified, match="missing"):
        GenericJson().verify(Request(body=BODY), Connection(source="generic_json", secrets=("key",)), NOW)


def test_a_short_name_is_no_secret() -> None:
    settings = GenericJsonSettings(verification="secret_name")
    connection = Connection(source="generic_json", name="x" * 31, settings=settings)
    with pytest.raises(NotVerified, match="missing"):
        GenericJson().verify(Request(body=BODY), connection, NOW)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"verification": "none"}, "verification"),
        ({"timestamp_header": "X-Time", "signed": "{body}"}, "signed"),
        ({"signed": "{timestamp}.{body}"}, "signed"),
        ({"signed": "nothing"}, "signed"),
        ({"signed": "{id}.{body}"}, "signed"),
        ({"header": "X Header"}, "header"),
        ({"tolerance_seconds": 3601}, "tolerance_seconds"),
        ({"fields": {"nonsense": "a"}}, "fields.nonsense"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_settings_that_can_not_be_are_refused_by_name(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        read_settings(GenericJsonSettings, settings)
    assert refusal.value.field == field


def test_one_bad_item_of_a_list_spares_the_rest() -> None:
    body = b'[{"text": "good"}, 7, {"no": "words"}]'
    received = Received(id="e", received_at=NOW, body=body)
    good, *bad = GenericJson().transform(received, Connection(source="generic_json"))
    assert good.text == "good"
    assert [(item.where, isinstance(item, Bad)) for item in bad] == [("[1]", True), ("[2]", True)]


def test_a_list_of_nothing_but_bad_items_is_unreadable() -> None:
    with pytest.raises(Unreadable, match=r"\[0\]: an object"):
        GenericJson().receive(Request(body=b"[1, 2]"), Connection(source="generic_json"))


def test_an_empty_list_is_ignored() -> None:
    assert isinstance(GenericJson().receive(Request(body=b"[]"), Connection(source="generic_json")), Ignore)


def about(value: Any, **settings: Any) -> str | None:
    connection = Connection(source="generic_json", settings=GenericJsonSettings(**settings))
    answer = GenericJson().receive(Request(body=json.dumps(value).encode()), connection)
    assert isinstance(answer, Events)
    return answer.items[0].about


@pytest.mark.parametrize(
    ("value", "settings", "thing"),
    [
        ({"id": "38", "text": "first"}, {}, "38"),
        ({"id": 38, "text": "first"}, {}, "38"),
        ([{"id": "38", "text": "first"}], {}, "38"),
        (
            {"review": {"key": 7, "said": "x"}},
            {"items": "review", "fields": {"id": "key", "text": "said"}},
            "7",
        ),
        ({"text": "first"}, {}, None),
        ([{"text": "first"}], {}, None),
        ([{"id": "38", "text": "first"}, {"text": "second"}], {}, None),
        ([{"id": "38", "text": "first"}, {"id": "39"}], {}, "38"),
    ],
)
def test_an_event_says_what_it_is_about(value: Any, settings: dict[str, Any], thing: str | None) -> None:
    assert about(value, **settings) == thing


def test_a_list_is_about_all_that_is_in_it() -> None:
    one, two, edited = (
        about([{"id": first, "text": "a"}, {"id": "b", "text": text}])
        for first, text in (("a", "x"), ("c", "x"), ("a", "y"))
    )
    assert one == edited != two
    assert one is not None


@pytest.mark.parametrize(
    "value",
    [
        {"type": "user.created", "data": {"name": "Bo"}},
        {"event": "order_paid", "amount": 3},
        {"event_type": "email_delivered", "email": "a@example.com"},
        {"eventType": "CustomerCreated"},
        {"topic": "orders/create", "id": 7},
    ],
)
def test_an_event_of_another_kind_is_ignored(value: dict[str, Any]) -> None:
    connection = Connection(source="generic_json", settings=GenericJsonSettings())
    body = json.dumps(value).encode()
    answer = GenericJson().receive(Request(body=body), connection)
    assert isinstance(answer, Ignore)
    assert list(GenericJson().transform(Received(id="e", received_at=NOW, body=body), connection)) == [answer]


def test_events_of_another_kind_in_a_list_are_ignored() -> None:
    connection = Connection(source="generic_json", settings=GenericJsonSettings())
    others = [{"event": "email.delivered", "email": "a@example.com"}, {"event": "user.created"}]
    assert isinstance(GenericJson().receive(Request(body=json.dumps(others).encode()), connection), Ignore)
    body = json.dumps([*others, {"id": "1", "text": "It crashes"}]).encode()
    assert isinstance(GenericJson().receive(Request(body=body), connection), Events)
    found = GenericJson().transform(Received(id="e", received_at=NOW, body=body), connection)
    assert [type(item) for item in found] == [Ignore, Ignore, Feedback]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "review.created", "data": {}},
        {"type": "bug"},
        {"event": {"name": "user.created"}},
        {"event": "Summer Fair", "opinion": "Too loud"},
        {"id": 1},
        [{"type": "user.created"}, {"id": 1}],
    ],
)
def test_what_may_be_feedback_must_be_readable(value: Any) -> None:
    with pytest.raises(Unreadable, match="no feedback in it"):
        about(value)


def test_a_body_of_very_many_objects_is_taken_without_looking_at_each() -> None:
    """They may be bad, all of them: ingest says so of each."""
    body = json.dumps([7] * (LOOKED_AT + 1)).encode()
    connection = Connection(source="generic_json")
    received = GenericJson().receive(Request(body=body), connection)
    assert received == Events(Event(hashlib.sha256(body).hexdigest()))
    with pytest.raises(Unreadable):
        GenericJson().receive(Request(body=json.dumps([7] * LOOKED_AT).encode()), connection)
