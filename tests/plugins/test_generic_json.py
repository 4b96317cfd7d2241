"""Any JSON, proven as the settings say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.generic_json import LOOKED_AT, GenericJson, GenericJsonSettings
from tests.unit.triggeriq.providers import PROVIDERS
from triggeriq import (
    Answered,
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    InvalidSetting,
    NotVerified,
    Received,
    Redacted,
    Request,
    Unreadable,
)
from triggeriq.settings import read_settings
from triggeriq.signing import signed
from triggeriq.testing import WebhookContract

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "generic_json"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = b'{"id": 9, "message": "Where is my order?"}'


class TestGenericJson(WebhookContract):
    source = GenericJson
    golden = GOLDEN


@pytest.mark.parametrize(
    "settings",
    [
        {"header": "X-Hmac", "algorithm": "sha512", "encoding": "base64", "prefix": "sha512="},
        {"timestamp_header": "X-Time", "timestamp_form": "iso8601", "signed": "v0:{timestamp}:{body}"},
        {"timestamp_header": "X-Time", "timestamp_form": "epoch_ms", "id_header": "X-Id"},
        {"id_header": "X-Id", "key_form": "hex"},
        {"signed": "{method}{url}{body}"},
        {"verification": "bearer"},
        {"verification": "api_key", "place": "json", "header": "auth.token"},
        {
            "covers_body": False,
            "place": "json",
            "header": "auth.signature",
            "timestamp_header": "auth.time",
            "id_header": "auth.token",
        },
    ],
)
def test_a_sender_proves_itself_as_the_settings_say(settings: dict[str, Any]) -> None:
    made = read_settings(GenericJsonSettings, settings)
    url = "https://api.example.com/webhooks/generic_json/shop"
    request = signed(made.scheme(), "ab" * 16, Request(body=BODY, url=url), NOW)
    for secret, refused in (("ab" * 16, ""), ("ac" * 16, "mismatch")):
        connection = Connection(source="generic_json", secrets=(secret,), settings=made)
        if refused:
            with pytest.raises(NotVerified, match=refused):
                GenericJson().verify(request, connection, NOW)
        else:
            assert GenericJson().verify(request, connection, NOW).secret == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_row_of_a_known_sender_of_json_can_be_said(provider: str) -> None:
    row = PROVIDERS[provider]
    if row.place == "form" or b"{form}" in row.signed:
        pytest.skip("it sends forms, and no JSON")
    settings = {
        "header": row.header,
        "place": row.place,
        "more_headers": list(row.more_headers),
        "prefix": row.prefix,
        "separator": row.separator,
        "algorithm": row.algorithm,
        "encoding": row.encoding,
        "key_form": row.key_form,
        "signed": row.signed.decode(),
        "covers_body": row.covers_body,
        "timestamp_header": row.timestamp_header,
        "timestamp_prefix": row.timestamp_prefix,
        "timestamp_form": row.timestamp_form,
        "tolerance_seconds": min(row.tolerance, 3600),
        "id_header": row.id_header,
    }
    said = read_settings(GenericJsonSettings, settings).scheme()
    assert replace(said, tolerance=row.tolerance, refused_secrets=row.refused_secrets) == row


@pytest.mark.parametrize(
    ("settings", "signed"),
    [
        ({}, b"{body}"),
        ({"timestamp_header": "X-Time"}, b"{timestamp}.{body}"),
        ({"id_header": "X-Id"}, b"{id}.{body}"),
        ({"id_header": "X-Id", "timestamp_header": "X-Time"}, b"{id}.{timestamp}.{body}"),
        ({"id_header": "X-Id", "timestamp_header": "X-Time", "covers_body": False}, b"{id}.{timestamp}"),
    ],
)
def test_what_there_is_is_signed(settings: dict[str, Any], signed: bytes) -> None:
    assert GenericJsonSettings(**settings).scheme().signed == signed


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
        ({"signed": "{body}{nonsense}"}, "signed"),
        ({"signed": "{timestamp}", "timestamp_header": "X-Time"}, "signed"),
        ({"covers_body": False}, "signed"),
        ({"place": "json"}, "signed"),
        ({"header": "X Header"}, "header"),
        ({"tolerance_seconds": 3601}, "tolerance_seconds"),
        ({"fields": {"nonsense": "a"}}, "fields.nonsense"),
        ({"means": {"nonsense": "a=b"}}, "means.nonsense"),
        ({"means": {"deleted": ""}}, "means.deleted"),
        ({"means": {"deleted": "a..b=c"}}, "means.deleted"),
        ({"means": {"staff": "=agent"}}, "means.staff"),
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


def told(value: Any, **settings: Any) -> list[Any]:
    connection = Connection(source="generic_json", settings=read_settings(GenericJsonSettings, settings))
    received = Received(id="e", received_at=NOW, body=json.dumps(value).encode())
    return list(GenericJson().transform(received, connection))


@pytest.mark.parametrize(
    ("condition", "value", "is_met"),
    [
        ("action=deleted", {"action": "deleted"}, True),
        ("action=deleted", {"action": " DELETED "}, True),
        ("action=deleted|removed", {"action": "removed"}, True),
        ("action = deleted | removed", {"action": "removed"}, True),
        ("action=deleted", {"action": "created"}, False),
        ("action=deleted", {}, False),
        ("state.gone=true", {"state": {"gone": True}}, True),
        ("state.gone=false", {"state": {"gone": False}}, True),
        ("state.gone=true", {"state": {"gone": "true"}}, True),
        ("status=3", {"status": 3}, True),
        ("status=3", {"status": "3"}, True),
        ("deleted_at", {"deleted_at": "2026-01-01T00:00:00Z"}, True),
        ("deleted_at", {"deleted_at": None}, False),
        ("deleted_at", {"deleted_at": ""}, False),
        ("is_deleted", {"is_deleted": 1}, True),
        ("is_deleted", {"is_deleted": 0}, False),
        ("is_deleted", {"is_deleted": False}, False),
        ("is_deleted", {"is_deleted": "false"}, False),
        ("tombstone", {"tombstone": {"by": "x"}}, True),
        ("tombstone", {"tombstone": {}}, False),
    ],
)
def test_a_value_may_mean_that_it_was_deleted(condition: str, value: dict[str, Any], is_met: bool) -> None:
    (found,) = told({"id": "7", "text": "words", **value}, means={"deleted": condition})
    assert isinstance(found, Redacted if is_met else Feedback)
    if is_met:
        assert found.external_id == "7"


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ({}, NOW),
        ({"created_at": "2025-01-01T00:00:00Z"}, NOW),
        ({"updated_at": "2026-01-01T00:00:00Z"}, datetime(2026, 1, 1, tzinfo=UTC)),
        ({"deleted_at": "2025-12-31T00:00:00Z", "updated_at": 1}, datetime(2025, 12, 31, tzinfo=UTC)),
    ],
)
def test_it_is_deleted_as_of_the_time_that_is_told(value: dict[str, Any], at: datetime) -> None:
    body = {"id": "7", "text": "words", "deleted_at": True, **value}
    assert told(body, means={"deleted": "deleted_at"}) == [Redacted(external_id="7", at=at)]


def test_what_is_around_the_object_counts_too() -> None:
    body = {"action": "deleted", "timestamp": "2026-01-01T00:00:00Z", "comments": [{"id": 7}, {"id": 8}]}
    gone = told(body, items="comments", means={"deleted": "action=deleted"})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert gone == [Redacted(external_id="7", at=at), Redacted(external_id="8", at=at)]


def test_a_deletion_names_a_feedback_or_a_thread() -> None:
    means = {"deleted": "gone"}
    assert told({"thread": "t", "gone": 1}, means=means) == [Redacted(thread="t", at=NOW)]
    with pytest.raises(Unreadable, match="has no id"):
        told({"gone": 1}, means=means)
    assert [type(one) for one in told([{"gone": 1}, {"id": 1, "gone": 1}], means=means)] == [Bad, Redacted]


def test_of_staff_no_word_is_kept() -> None:
    means = {"staff": "author.role=agent"}
    body = {
        "id": 1,
        "thread": "t",
        "text": "We are on it",
        "author": {"role": "Agent"},
        "created_at": 1767323045,
    }
    assert told(body, means=means) == [Answered(thread="t", at=NOW)]
    assert told({**body, "thread": None}, means=means) == [Ignore("by staff, in no thread")]
    assert [type(one) for one in told({**body, "author": {"role": "customer"}}, means=means)] == [Feedback]


def test_of_what_is_private_nothing_else_is_asked() -> None:
    means = {"private": "internal", "staff": "by=agent", "deleted": "gone"}
    body = {"id": 1, "thread": "t", "text": "a note", "internal": True, "by": "agent", "gone": True}
    assert told(body, means=means) == [Ignore("private")]


def test_words_that_come_back_after_a_deletion_are_no_repeat() -> None:
    said, gone = {"id": "7", "text": "words"}, {"id": "7", "gone": True}
    assert about(said) == about(gone, means={"deleted": "gone"}) == "7"
    assert about({"thread": "t", "gone": True}, means={"deleted": "gone"}) is None


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
        {"type": "unsubscribe", "data": {"email": "a@example.com"}},
        {"object_type": "email", "metric": "opened", "data": {"subject": "hello"}},
        {"object_type": "customer", "metric": "subscribed"},
        {"meta": {"eventName": "prospect.updated"}, "data": {"id": 3}},
        {"meta": {"eventName": "mailing.created"}, "data": {"id": 3}},
        {"type": "email.delivered", "subject": "Thanks for joining!"},
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
        {"meta": {"eventName": "review.created"}},
        {"meta": "user.created"},
        {"object_type": "survey", "metric": "answered"},
        {"metric": "email.sent"},
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
