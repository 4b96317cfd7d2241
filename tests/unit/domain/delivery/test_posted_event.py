"""Events as they are posted, in each form; and what is none."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.event import OURS, CloudEvent
from chalicelib.domain.delivery.posted_event import MEMBERS_MOST, MOST, Poster, posted_events
from chalicelib.errors import Forbidden, Invalid, InvalidShape, Refused, WrongType

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
BY = Poster("acme", (), NOW, made_id=lambda number: f"made-{number}")
STRUCTURED = {"content-type": "application/cloudevents+json; charset=utf-8"}
BATCH = {"content-type": "application/cloudevents-batch+json"}
JSON = {"content-type": "application/json"}
WHOLE = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "order.paid"}
BINARY = {f"ce-{name}": value for name, value in WHOLE.items()}


def read(value: Any, headers: Mapping[str, str] = JSON, by: Poster = BY) -> tuple[CloudEvent, ...]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return posted_events(headers, body, by)


def one(value: Any, headers: Mapping[str, str] = JSON, by: Poster = BY) -> CloudEvent:
    (event,) = read(value, headers, by)
    return event


def faults(value: Any, headers: Mapping[str, str] = JSON) -> list[str]:
    with pytest.raises(InvalidShape) as refused:
        read(value, headers)
    return [fault["field"] for fault in refused.value.errors]


# ---- forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [STRUCTURED, JSON, {}])
def test_a_cloud_event_is_taken_with_all_that_it_says(headers: Mapping[str, str]) -> None:
    sent = WHOLE | {
        "subject": "42 ä", "time": "2026-02-01T10:00:00.5+02:00", "datacontenttype": "application/json",
        "dataschema": "https://a.example/order", "tenant": "one", "retry": 3, "vip": True,
        "data": {"n": [1, None]},
    }  # fmt: skip
    event = one(sent, headers)
    assert event.identity == ("acme", "/shop", "e1")
    assert event.as_json() == sent | {"time": "2026-02-01T08:00:00.500000Z"}
    assert event.bus_source == "partner.acme"
    assert event.connections == ()


def test_the_short_form_is_completed() -> None:
    event = one({"type": "order.paid", "data": 1})
    assert (event.id, event.source, event.subject, event.time) == ("made-0", "partner.acme", "", NOW)
    said = {
        "type": "a",
        "data": "x",
        "id": "i",
        "source": "s",
        "subject": "u",
        "time": "2026-01-01T00:00:00Z",
    }
    event = one(said)
    assert (event.id, event.source, event.subject, event.data) == ("i", "s", "u", "x")
    assert event.time == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_source_that_is_made_of_an_owner_is_a_uri_reference() -> None:
    assert one({"type": "a"}, by=BY._replace(owner="Über uns/1")).source == "partner.%C3%9Cber%20uns%2F1"


def test_an_event_of_a_restricted_poster_carries_his_connections() -> None:
    by = BY._replace(connections=("csv/a", "zendesk/*"))
    assert one({"type": "a"}, by=by).connections == ("csv/a", "zendesk/*")


def test_headers_are_attributes_and_the_body_is_the_data() -> None:
    headers = BINARY | JSON | {"ce-tenant": "one", "ce-time": "2026-01-01T00:00:00Z"}
    event = one({"n": 1}, headers)
    assert (event.id, event.source, event.type, event.data) == ("e1", "/shop", "order.paid", {"n": 1})
    assert event.more == {"tenant": "one", "datacontenttype": "application/json"}


@pytest.mark.parametrize(
    ("content_type", "body", "more"),
    [
        ("text/plain", b"hi", {"datacontenttype": "text/plain", "data_base64": "aGk="}),
        ("image/png", b"\x89\xff", {"datacontenttype": "image/png", "data_base64": "if8="}),
        (None, b"hi", {"datacontenttype": "application/octet-stream", "data_base64": "aGk="}),
        ("image/png", b"", {"datacontenttype": "image/png"}),
        (None, b'"\\u0000"', {"datacontenttype": "application/octet-stream", "data_base64": "Ilx1MDAwMCI="}),
        (None, b"", {}),
    ],
)
def test_a_body_of_any_kind_is_kept(content_type: str | None, body: bytes, more: Any) -> None:
    headers = BINARY | ({"content-type": content_type} if content_type else {})
    event = one(body, headers)
    assert (event.data, event.more) == (None, more)


def test_a_body_of_no_kind_is_taken_for_json_if_it_is_that() -> None:
    """CloudEvents' own library for Python names no kind of a dict."""
    event = one({"n": 1}, BINARY)
    assert (event.data, dict(event.more)) == ({"n": 1}, {})


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        ("plain", "plain"),
        ('"quoted \\"text\\" \\\\ here"', 'quoted "text" \\ here'),
        ('"%22"', '"'),
        ("%2525", "%25"),  # one round alone
        ("100%", "100%"),
        ("%e2%82%ac", "€"),
        ("€", "€"),
        ('"', '"'),
    ],
)
def test_a_header_is_decoded_as_the_http_binding_says(header: str, text: str) -> None:
    assert one(b"", BINARY | {"ce-subject": header}).subject == text


@pytest.mark.parametrize("header", ["%C0%A0", "%ff", "%ED%A0%80"])
def test_a_header_whose_bytes_are_no_utf8_is_refused(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(b"", BINARY | {"ce-subject": header})
    assert refused.value.field == "ce-subject"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=50))
def test_what_is_encoded_for_a_header_comes_back(text: str) -> None:
    encoded = "".join(
        char if "!" <= char <= "~" and char not in '"%' else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in text
    )
    assert one(b"", BINARY | {"ce-subject": encoded}).subject == text


@pytest.mark.parametrize("headers", [BATCH, JSON])
def test_a_batch_is_as_many_events_in_their_order(headers: Mapping[str, str]) -> None:
    events = read([WHOLE | {"id": f"e{number}"} for number in range(MOST)], headers)
    assert [event.id for event in events] == [f"e{number}" for number in range(MOST)]
    assert read([], headers) == ()


def test_a_list_may_mix_short_and_whole_ones_and_each_gets_an_id_of_its_own() -> None:
    assert [event.id for event in read([{"type": "a"}, WHOLE, {"type": "a"}])] == ["made-0", "e1", "made-2"]


def test_what_is_null_is_not_said() -> None:
    event = one(WHOLE | {"subject": None, "time": None, "data": None, "tenant": None}, STRUCTURED)
    assert (event.subject, event.time, event.data, dict(event.more)) == ("", NOW, None, {})


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01t00:00:00z", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-01-01T00:00:00.123456789-08:00", datetime(2026, 1, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_by_rfc_3339(text: str, time: datetime) -> None:
    assert one({"type": "a", "time": text}).time == time


def test_its_own_owner_may_be_said() -> None:
    event = one(WHOLE | {"owner": "acme"})
    assert (event.owner, dict(event.more)) == ("acme", {})


def test_the_body_of_an_event_can_be_read_again_as_it_was() -> None:
    from chalicelib.domain.delivery.stored_event import StoredEvent

    for sent in (
        WHOLE | {"subject": "x", "data": {"a": 1.5}, "tenant": "one", "traceparent": "00-ab"},
        WHOLE | {"data_base64": "aGk=", "datacontenttype": "text/plain", "time": "2026-01-01T00:00:00.5Z"},
    ):
        event = one(sent)
        assert StoredEvent.of(event, NOW).as_event().body == event.body


# ---- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "type"),
        ({"data": 1}, "type"),
        ({"type": None}, "type"),
        ({"type": ""}, "type"),
        ({"type": 5}, "type"),
        ({"type": "a b"}, "type"),
        ({"type": "x" * 129}, "type"),
        ({"type": "a\n"}, "type"),
        ({"type": "a", "id": "with.dot"}, "id"),
        ({"type": "a", "id": "x" * 201}, "id"),
        ({"type": "a", "id": ""}, "id"),
        ({"type": "a", "id": 7}, "id"),
        ({"type": "a", "id": "ü"}, "id"),
        ({"type": "a", "source": ""}, "source"),
        ({"type": "a", "source": "a b"}, "source"),
        ({"type": "a", "source": "%zz"}, "source"),
        ({"type": "a", "source": "x" * 1001}, "source"),
        ({"type": "a", "subject": ""}, "subject"),
        ({"type": "a", "subject": "a\u0007"}, "subject"),
        ({"type": "a", "subject": "\ufdd0"}, "subject"),
        ({"type": "a", "subject": "x" * 1001}, "subject"),
        ({"type": "a", "time": "yesterday"}, "time"),
        ({"type": "a", "time": "2026-01-01"}, "time"),
        ({"type": "a", "time": "2026-01-01T00:00:00"}, "time"),
        ({"type": "a", "time": "2026-02-30T00:00:00Z"}, "time"),
        ({"type": "a", "time": "9999-12-31T23:59:59-10:00"}, "time"),
        ({"type": "a", "time": 1767225600}, "time"),
        ({"type": "a", "colour": "red"}, "colour"),
        ({"type": "a", "data_base64": "aGk="}, "data_base64"),
        (WHOLE | {"specversion": "0.3"}, "specversion"),
        (WHOLE | {"specversion": 1.0}, "specversion"),
        (WHOLE | {"data": 1, "data_base64": "aGk="}, "data_base64"),
        (WHOLE | {"data_base64": "a"}, "data_base64"),
        (WHOLE | {"data_base64": 5}, "data_base64"),
        (WHOLE | {"data_base64": "ä==="}, "data_base64"),
        (WHOLE | {"datacontenttype": "json"}, "datacontenttype"),
        (WHOLE | {"datacontenttype": "text/xml", "data": {}}, "data"),
        (WHOLE | {"dataschema": "/relative"}, "dataschema"),
        (WHOLE | {"Tenant": "x"}, "Tenant"),
        (WHOLE | {"with-dash": "x"}, "with-dash"),
        (WHOLE | {"x" * 21: "x"}, "x" * 21),
        (WHOLE | {"tenant": {}}, "tenant"),
        (WHOLE | {"tenant": []}, "tenant"),
        (WHOLE | {"tenant": 1.5}, "tenant"),
        (WHOLE | {"tenant": 2**31}, "tenant"),
        (WHOLE | {"tenant": ""}, "tenant"),
        ({name: value for name, value in WHOLE.items() if name != "source"}, "source"),
        ({name: value for name, value in WHOLE.items() if name != "id"}, "id"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_field(sent: Any, field: str) -> None:
    assert faults(sent) == [field]
    assert faults([{"type": "a"}, sent]) == [f"events.1.{field}"]


def test_an_event_of_too_many_members_is_refused() -> None:
    many = {f"x{number}": 1 for number in range(MEMBERS_MOST)}
    assert faults(WHOLE | many) == [""]


def test_what_was_sent_is_not_repeated() -> None:
    with pytest.raises(InvalidShape) as refused:
        read({"type": "a", "id": "my.secret", "subject": "my\u0007secret"})
    assert "secret" not in str(refused.value) + str(refused.value.errors)


def test_every_fault_of_a_batch_is_named() -> None:
    assert faults([{"type": "a"}, {}, {"type": "a", "id": "."}, {"type": 1, "time": ""}]) == [
        "events.1.type", "events.2.id", "events.3.type", "events.3.time"
    ]  # fmt: skip
    assert len(faults([{}] * 50)) == 20


@pytest.mark.parametrize(
    ("headers", "field"),
    [
        ({"ce-type": "a"}, "ce-specversion"),
        (BINARY | {"ce-id": "a.b"}, "ce-id"),
        (BINARY | {"ce-time": "now"}, "ce-time"),
        (BINARY | {"content-type": "nonsense"}, "Content-Type"),
        (BINARY | {"ce-some-thing": "x"}, "ce-some-thing"),
    ],
)
def test_a_fault_in_a_header_is_told_by_the_header(headers: Mapping[str, str], field: str) -> None:
    with pytest.raises(InvalidShape) as refused:
        read(b"", headers)
    assert refused.value.field == field


@pytest.mark.parametrize("header", ["ce-datacontenttype", "ce-data", "ce-data_base64"])
def test_what_the_body_says_stands_in_no_header(header: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(b"", BINARY | {header: "text/plain"})
    assert refused.value.field == header


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"", JSON), (b"{", JSON), (b"5", JSON), (b'"x"', STRUCTURED), (b"[]", STRUCTURED), (b"{}", BATCH),
        (b"[5]", JSON), (b"[[]]", BATCH), (b'{"type": "a", "data": NaN}', JSON), (b"\xff", BINARY | JSON),
        (b'\xef\xbb\xbf{"type": "a"}', JSON), (b'{"type": "a", "data": "\\u0000"}', JSON),
        (b'{"type": "a", "data": "\\ud800"}', JSON),
        (b'{"type": "a", "data": ' + b"[" * 50 + b"]" * 50 + b"}", JSON),
        (b'{"type": "a", "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", JSON),
    ],
)  # fmt: skip
def test_what_is_no_json_of_events_is_refused(body: bytes, headers: Mapping[str, str]) -> None:
    with pytest.raises(Invalid):
        read(body, headers)


def test_one_more_than_a_batch_may_hold_is_refused() -> None:
    with pytest.raises(Invalid, match="101 events; send at most 100"):
        read([{"type": "a"}] * (MOST + 1))


def test_whole_events_are_asked_for_where_they_are_promised() -> None:
    assert faults({"type": "a"}, STRUCTURED) == ["specversion", "id", "source"]
    assert faults([{"type": "a"}], BATCH) == [f"events.0.{name}" for name in ("specversion", "id", "source")]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/cloudevents+avro",
        "application/xml",
        "",
    ],
)
def test_another_content_type_is_told_which_there_are(content_type: str) -> None:
    with pytest.raises(WrongType, match="application/cloudevents"):
        read(WHOLE, {"content-type": content_type})


@pytest.mark.parametrize("type", [*(f"{beginning}x" for beginning in OURS), "Ticket.created", "ALERT.OPENED"])
def test_a_type_of_ours_is_forbidden(type: str) -> None:
    with pytest.raises(Forbidden, match=r"^type: "):
        read({"type": type})
    with pytest.raises(Forbidden, match=r"^events\.1\.type: "):
        read([{"type": "a"}, {"type": type}])
    with pytest.raises(Forbidden, match=r"^ce-type: "):
        read(b"", BINARY | {"ce-type": type})


def test_types_that_only_look_like_ours_are_not() -> None:
    assert [one({"type": type}).type for type in ("tickets.sold", "ticket", "my.ticket.created")]


@pytest.mark.parametrize("owner", ["triggeriq", "another", "ACME"])
def test_another_owner_s_event_is_forbidden(owner: str) -> None:
    with pytest.raises(Forbidden, match=r"^owner: "):
        read({"type": "a", "owner": owner})
    with pytest.raises(Forbidden, match=r"^events\.0\.owner: "):
        read([WHOLE | {"owner": owner}])


def test_nobody_posts_as_us() -> None:
    with pytest.raises(Forbidden):
        read({"type": "a"}, by=BY._replace(owner="triggeriq"))


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
MEMBERS = st.sampled_from([*WHOLE, "data", "data_base64", "time", "subject", "owner", "datacontenttype"])


@given(
    st.dictionaries(
        MEMBERS | st.text(max_size=22), JSONS | st.sampled_from([*WHOLE.values(), "aGk="]), max_size=9
    ),
    st.sampled_from([STRUCTURED, JSON, BINARY | JSON, BINARY]),
)
def test_whatever_comes_is_an_event_or_refused(value: Any, headers: Mapping[str, str]) -> None:
    try:
        (event,) = posted_events(headers, json.dumps(value).encode(), BY)
    except Refused:
        return
    assert event.owner == "acme"
    assert json.loads(event.body)["specversion"] == "1.0"


@given(
    st.binary(max_size=200), st.dictionaries(st.sampled_from([*BINARY, "content-type", "ce-x"]), st.text())
)
def test_whatever_bytes_and_headers_come_nothing_breaks(body: bytes, headers: Mapping[str, str]) -> None:
    try:
        posted_events(headers, body, BY)
    except Refused:
        return


def test_base64_stays_what_it_is() -> None:
    assert one(WHOLE | {"data_base64": base64.b64encode(bytes(300)).decode()}).more["data_base64"]
