"""What strangers and tools send: refused with 400 and the field's name, never a 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.api.field_types import PageQuery
from chalicelib.domain.intake.feedback import LINE_LIMIT
from chalicelib.domain.page import to_cursor
from chalicelib.domain.strict_json import strict_json
from chalicelib.errors import Invalid
from tests.unit.api.fakes import TICKET_ID

BAD_JSON = {
    "not JSON": b"{",
    "nothing but spaces": b"   ",
    "NaN": b'{"items": [{"text": "a", "rating": NaN}]}',
    "infinity": b'{"items": [{"text": "a", "rating": -Infinity}]}',
    "a float too large": b'{"items": [{"text": "a", "rating": 1e999}]}',
    "100,000 brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "60 brackets": b'{"items": ' + b"[" * 60 + b"]" * 60 + b"}",
    "a number of 5,000 digits": b'{"items": [{"text": "a", "rating": ' + b"9" * 5_000 + b"}]}",
    "a fraction of 5,000 digits": b'{"items": [{"text": "a", "rating": 0.' + b"9" * 5_000 + b"}]}",
    "NUL": b'{"items": [{"text": "a\\u0000b"}]}',
    "a raw NUL": b'{"items": [{"text": "a\0b"}]}',
    "invalid UTF-8": b'{"items": [{"text": "\xff\xfe"}]}',
    "a lone surrogate": b'{"items": [{"text": "\\ud800"}]}',
    "a lone surrogate as a name": b'{"\\udfff": 1}',
    "UTF-16": '{"items": [{"text": "a"}]}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"items": [{"text": "a"}]}',
    "a list": b"[]",
    "a string": b'"items"',
    "null": b"null",
    "no items": b'{"items": []}',
    "items that are none": b'{"items": [1, null, "a"]}',
    "101 items": json.dumps({"items": [{"text": "a"}] * 101}).encode(),
    "a name that is none": b'{"items": [{"text": "a"}], "itms": []}',
    "a text that is a number": b'{"items": [{"text": 5}]}',
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_a_bad_body_is_400(api, body):
    answer = api("POST", "/triage/preview", body, Content_Type="application/json")
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["detail"]


def test_a_wrong_field_is_named(api):
    answer = api("POST", "/triage/preview", {"items": [{"text": "a"}, {"text": "a", "rating": "many"}]})
    assert answer.json["field"] == "items[1].rating"
    assert answer.json["errors"][0]["field"] == "items[1].rating"


@pytest.mark.parametrize(
    ("secrets", "field"),
    [
        ([""], "secrets[0]"), ([5], "secrets[0]"), (["s", {}], "secrets[1].value"), ("s", "secrets"),
        ([{"value": 5}], "secrets[0].value"), ([{"value": "s", "expires": 1}], "secrets[0].expires"),
        *(
            ([{"value": "s", "expires_at": time}], "secrets[0].expires_at")
            for time in ("soon", "", 0, 1893456000, 1.5, True, [], {}, "1893456000", "2030-02-30")
        ),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_as_it_was_sent(api, secrets, field):
    answer = api("PUT", "/connections/zendesk", {"secrets": secrets})
    assert [error["field"] for error in answer.json["errors"]] == [field]


@pytest.mark.parametrize("body", [[], {"tags": {}}, {"tags": None}, {"status": "lost"}, {}])
def test_what_is_wrong_is_said_in_the_terms_of_json(api, body):
    answer = api("PATCH", f"/tickets/{TICKET_ID}", body)
    assert answer.status == 400
    for term in ("TicketChange", "dictionary", "instance", "tuple", "Value error", "valid list"):
        assert term not in answer.text


def test_what_was_sent_is_not_repeated(api):
    answer = api("PUT", "/connections/zendesk", {"secrets": [{"value": "hush", "expires_at": "hush"}]})
    assert answer.status == 400
    assert "hush" not in answer.text


BAD_QUERIES = {
    "limit=0": "limit", "limit=101": "limit", "limit=-1": "limit", "limit=ten": "limit", "limit=": "limit",
    "limit=1e1": "limit", "limit=%D9%A1": "limit", "limit=1_0": "limit", "limit=%201": "limit",
    "limit=5&limit=6": "limit", "cursor=a.b": "cursor", "cursor=": "cursor", "cursor=%00": "cursor",
    "status=odd": "status", "category=odd": "category", "priority=OPEN": "priority",
    "sentiment=sad": "sentiment",
    "source=A": "source", "connection=a%20b": "connection", "needs_review=perhaps": "needs_review",
    "since=yesterday": "since", "since=1714550400": "since", "until=2024-13-01": "until",
    "since=0001-01-01T00:00:00%2B14:00": "since", "until=9999-12-31T23:59:59-14:00": "until",
    "q=": "q", "q=%00": "q", "tag=%20": "tag", "unknown=1": "unknown", "q=" + "x" * 501: "q",
}  # fmt: skip


@pytest.mark.parametrize(("query", "field"), BAD_QUERIES.items())
def test_an_odd_filter_is_400_with_its_name(api, query, field):
    answer = api("GET", f"/tickets?{query}")
    assert answer.status == 400
    assert answer.json["field"] == field


@pytest.mark.parametrize("path", ["/plugins", "/openapi.json", "/docs", "/sources"])
def test_a_parameter_that_an_address_does_not_have_is_named(api, path):
    assert api("GET", f"{path}?x=1").json["field"] == "x"


def test_a_cursor_that_no_list_gave_is_named(api, use):
    class Refusing:
        def search(self, wanted, limit, cursor, order):
            raise Invalid("cursor is none that a list gave", "cursor")

    use.tickets.read = Refusing()
    assert api("GET", "/tickets?cursor=abc").json["field"] == "cursor"


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(body):
    try:
        value = strict_json(body)
    except Invalid:
        value = None
    assert json.loads(json.dumps(value, allow_nan=False).encode()) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", max_size=3), inner,
    max_size=4),
)  # fmt: skip


@given(JSON)
def test_json_comes_in_as_it_is(value):
    assert strict_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize("character", ["x", "ж", "🚀", '"'])
def test_a_cursor_that_a_list_of_the_longest_ids_gave_is_taken(character):
    cursor = to_cursor("2026-03-01T12:00:00.000001+00:00", "s" * 64, "c" * 64, character * LINE_LIMIT)
    assert PageQuery(cursor=cursor).cursor == cursor


def test_what_takes_a_body_must_get_one_and_what_stood_stays(api, use):
    api("PUT", "/connections/zendesk", {"secrets": ["s"]})
    answer = api("PUT", "/connections/zendesk")
    assert answer.status == 400
    assert "secrets, settings, owner" in answer.json["detail"]
    assert len(use.intake.connections.held["zendesk", "default"].secrets) == 1
    assert api("PUT", "/configurations/priority").status == 400
    assert api("GET", "/configurations/priority").json["version"] == 0
    for method, path in (
        ("POST", "/api-keys"),
        ("POST", "/triage/preview"),
        ("PATCH", f"/tickets/{TICKET_ID}"),
    ):
        assert "send a JSON object with" in api(method, path).json["detail"]
    assert api("POST", "/dlq/redrive").status == 202
