"""What strangers, tools and attackers send: told what is wrong, never a 500, never a secret."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import urllib.parse
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.application import Application
from plugins.sources.standard_webhooks import StandardWebhooks
from tests.functional.client import KEY, SECRET, Answer, Client, signed
from tests.functional.stores import Stores
from triggeriq.signing import sign

OTHER = "whsec_" + base64.b64encode(b"another secret of the same length").decode()
BODY = json.dumps({"type": "x", "data": {"id": "1", "text": "Hello"}}).encode()
NOBODY = "00000000-0000-4000-8000-000000000000"


def assert_problem(answer: Answer, status: int) -> Any:
    """RFC 9457, with nothing in it that was to be kept secret."""
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json
    assert problem["status"] == status
    assert problem["type"].startswith("urn:triggeriq:problem:")
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"]
    for secret in (SECRET, OTHER):
        assert secret.removeprefix("whsec_").encode() not in answer.body
    return problem


# ---- signatures ------------------------------------------------------------------------------------


def without(name: str, headers: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def an_hour_off(hours: int) -> dict[str, str]:
    return signed("msg_1", BODY, at=datetime.now(UTC) + timedelta(hours=hours))


def claiming(time: str) -> dict[str, str]:
    return {**signed("msg_1", BODY), "webhook-timestamp": time}


SIGNATURES = {
    "no headers": ("missing", dict),
    "no signature": ("missing", lambda: without("webhook-signature", signed("msg_1", BODY))),
    "no time": ("missing", lambda: without("webhook-timestamp", signed("msg_1", BODY))),
    "no id": ("missing", lambda: without("webhook-id", signed("msg_1", BODY))),
    "an empty signature": ("missing", lambda: {**signed("msg_1", BODY), "webhook-signature": "  "}),
    "no base64": ("malformed", lambda: {**signed("msg_1", BODY), "webhook-signature": "v1,???"}),
    "another version": ("malformed", lambda: {**signed("msg_1", BODY), "webhook-signature": "v9,AAAA"}),
    "a short one": ("malformed", lambda: {**signed("msg_1", BODY), "webhook-signature": "v1,AAAA"}),
    "a word as time": ("malformed", lambda: claiming("now")),
    "a time without end": ("malformed", lambda: claiming("9" * 400)),
    "a negative time": ("malformed", lambda: claiming("-1")),
    "Arabic digits": ("malformed", lambda: claiming(urllib.parse.quote("١٢٣"))),
    "an hour ago": ("stale", lambda: an_hour_off(-1)),
    "in an hour": ("stale", lambda: an_hour_off(1)),
    "another time than signed": ("mismatch", lambda: claiming(str(int(datetime.now(UTC).timestamp()) + 7))),
    "another id than signed": ("mismatch", lambda: {**signed("msg_1", BODY), "webhook-id": "msg_2"}),
    "another body than signed": ("mismatch", lambda: signed("msg_1", BODY + b" ")),
    "another connection's secret": ("mismatch", lambda: signed("msg_1", BODY, OTHER)),
}


@pytest.mark.parametrize("case", SIGNATURES)
def test_a_bad_signature_is_refused_with_one_word(client: Client, connection: str, case: str) -> None:
    reason, headers = SIGNATURES[case]
    client.connect("standard_webhooks", connection, SECRET)
    client.connect("standard_webhooks", f"{connection[:57]}-other", OTHER)
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", BODY, headers())
    problem = assert_problem(answer, 401)
    assert problem["reason"] == reason
    expected = signed("msg_1", BODY)["webhook-signature"].removeprefix("v1,")
    assert expected.encode() not in answer.body
    assert client.quarantined(connection) == []


def test_a_connection_without_a_secret_lets_nobody_in(client: Client, connection: str) -> None:
    answer = client.call("PUT", f"/connections/standard_webhooks/{connection}", {"secrets": []})
    assert answer.status == 200
    sent = client.send(
        "POST", f"/webhooks/standard_webhooks/{connection}", BODY, signed("msg_1", BODY, SECRET)
    )
    assert assert_problem(sent, 401)["reason"] == "missing"


@pytest.mark.parametrize("source", ["csv", "app_store", "inbound_email"])
def test_a_source_of_files_takes_no_webhook(client: Client, connection: str, source: str) -> None:
    assert client.call("PUT", f"/connections/{source}/{connection}", {}).status == 200
    type = {"csv": "text/csv", "inbound_email": "message/rfc822"}.get(source, "application/json")
    answer = client.send("POST", f"/webhooks/{source}/{connection}", BODY, {"Content-Type": type})
    assert assert_problem(answer, 401)["reason"] == "missing"


# ---- bodies ----------------------------------------------------------------------------------------

UNREADABLE = {
    "not JSON": b"hello",
    "nothing": b"",
    "cut off": b'{"data": {"text": "he',
    "a list": b"[]",
    "a number": b"1",
    "no feedback": b'{"data": {"colour": "red"}}',
    "data that is text": b'{"data": "text"}',
    "NaN": b'{"data": {"text": "a", "rating": NaN}}',
    "infinity": b'{"data": {"text": "a", "rating": 1e999}}',
    "100,000 brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 braces": b'{"data":' * 50_000,
    "a number of 5,000 digits": b'{"data": {"text": "a", "rating": ' + b"9" * 5_000 + b"}}",
    "invalid UTF-8": b'{"data": {"text": "\xff\xfe"}}',
    "UTF-16": '{"data": {"text": "a"}}'.encode("utf-16"),
    "a zip bomb's head": b"\x1f\x8b\x08\x00",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_genuine_body_that_cannot_be_read_is_422_and_kept(
    client: Client, connection: str, case: str
) -> None:
    client.connect("standard_webhooks", connection)
    body = UNREADABLE[case]
    # By our own signer: the libraries sign only text.
    headers = sign(StandardWebhooks.verification[0], SECRET, body, datetime.now(UTC))
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", body, headers)
    problem = assert_problem(answer, 422)
    assert [item["id"] for item in client.quarantined(connection)] == [problem["kept"]]


def test_what_no_store_keeps_is_taken_out_and_the_rest_becomes_a_ticket(
    client: Client, connection: str
) -> None:
    client.connect("standard_webhooks", connection)
    body = (
        b'{"type": "x", "data": {"id": "a\\u0000b", "text": "NUL \\u0000, half a pair \\ud800, bell \\u0007."'
        b', "title": "\\udfff", "author": {"name": "\\u0000"}, "url": "javascript:alert(1)",'
        b' "odd\\u0000name": {"deep\\ud800": ["\\u0000"]}}}'
    )
    assert client.signed_webhook(connection, "msg_1", body).status == 202
    (ticket,) = client.wait_for_tickets(connection)
    assert ticket["text"] == "NUL , half a pair , bell ."
    assert (ticket["author"]["name"], ticket["url"]) == (None, None)


def test_a_very_long_feedback_is_bounded(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    data = {"id": "x" * 5_000, "text": "😀" * 100_000, "title": "t" * 50_000, "tags": ["y" * 9_000] * 9}
    body = json.dumps({"type": "x", "data": data}, ensure_ascii=False).encode()
    assert client.signed_webhook(connection, "msg_1", body).status == 202
    (ticket,) = client.wait_for_tickets(connection)
    assert len(ticket["text"]) <= 40_000
    assert len(ticket["title"]) <= 500
    assert len(ticket["external_id"]) <= 500


@pytest.mark.parametrize(
    "path", ["/webhooks/standard_webhooks/{}", "/connections/standard_webhooks/{}", "/triage/preview"]
)
def test_more_than_a_megabyte_is_too_large(client: Client, connection: str, path: str) -> None:
    client.connect("standard_webhooks", connection)
    method = "PUT" if path.startswith("/conn") else "POST"
    body = b'{"x": "' + b"a" * 1_000_000 + b'"}'
    headers = {"X-Api-Key": KEY, **signed("msg_1", body)}
    assert_problem(client.send(method, path.format(connection), body, headers), 413)


def test_just_under_a_megabyte_is_taken(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    frame = b'{"data": {"text": "Hello", "padding": "%s"}}'
    body = frame % (b"a" * (1_000_000 - len(frame) + 2))
    assert len(body) == 1_000_000
    assert client.signed_webhook(connection, "msg_1", body).status == 202


def test_a_wrong_content_type_is_told_the_right_one(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    headers = {**signed("msg_1", BODY), "Content-Type": "text/html"}
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", BODY, headers)
    assert "application/json" in assert_problem(answer, 415)["detail"]
    answer = client.send(
        "POST", "/triage/preview", b"items=1", {"X-Api-Key": KEY, "Content-Type": "text/xml"}
    )
    assert "application/json" in assert_problem(answer, 415)["detail"]


def raw(url: str, request: bytes) -> int:
    """The status that the bytes of a request get."""
    parts = urllib.parse.urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        answer.read()
        answer.close()
        return answer.status


def head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_body_in_chunks_is_one_body(client: Client, running: Application, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    headers = [f"{name}: {value}" for name, value in signed("msg_1", BODY).items()]
    path = f"/webhooks/standard_webhooks/{connection}"
    chunks = b"".join(
        b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (BODY[:9], BODY[9:20], BODY[20:], b"")
    )
    assert raw(running.url, head("POST", path, *headers, "Transfer-Encoding: chunked") + chunks) == 202
    client.wait_for_tickets(connection)


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: x"],
        ["Content-Length: -5"],
        ["Content-Length: 99999999999999999999"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["X-Api-Key: a", "X-Api-Key: b"],
        ["Content-Type: \xff\xfe"],
        ["X-Long: " + "x" * 9_000],
        ["Cookie: " + "a=b; " * 1_000],
    ],
)
def test_odd_headers_harm_nobody(client: Client, running: Application, headers: list[str]) -> None:
    request = head("POST", "/webhooks/standard_webhooks/nobody", *headers) + b"0\r\n\r\n"
    assert raw(running.url, request) in range(400, 500)
    assert client.get("/health")["status"] == "ok"


def test_a_header_given_twice_proves_nothing(client: Client, running: Application, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    given = signed("msg_1", BODY)
    wrong = signed("msg_1", BODY, OTHER)["webhook-signature"]
    headers = [f"{name}: {value}" for name, value in given.items() if name != "webhook-signature"]
    headers += [f"webhook-signature: {wrong}", f"Content-Length: {len(BODY)}"]
    request = head(
        "POST", f"/webhooks/standard_webhooks/{connection}", *headers, f"webhook-signature: {wrong}"
    )
    assert raw(running.url, request + BODY) == 401


# ---- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/nobody"),
        ("POST", "/webhooks/standard_webhooks/nobody-made-it"),
        ("POST", "/webhooks/standard_webhooks/UPPER"),
        ("POST", "/webhooks/standard_webhooks/..%2f..%2fetc"),
        ("POST", "/webhooks/standard_webhooks/%00"),
        ("POST", "/webhooks/standard_webhooks/" + "x" * 65),
        ("GET", f"/tickets/{NOBODY}"),
        ("GET", "/tickets/1"),
        ("GET", "/tickets/%F0%9F%98%80"),
        ("GET", f"/tickets/%7B{NOBODY}%7D"),
        ("GET", f"/tickets/{NOBODY}/history"),
        ("GET", f"/tickets/{NOBODY}/feedback"),
        ("PATCH", f"/tickets/{NOBODY}"),
        ("GET", "/imports/nothing"),
        ("GET", "/imports/nothing/bad-rows"),
        ("DELETE", "/imports/nothing"),
        ("GET", "/quarantine/nothing"),
        ("POST", "/quarantine/nothing/replay"),
        ("GET", "/connections/nobody/default"),
        ("PUT", "/connections/nobody/default"),
        ("DELETE", "/connections/zendesk/nothing"),
        ("POST", "/sources/nobody/preview"),
        ("GET", "/configurations/nothing"),
        ("PUT", "/configurations/nothing"),
        ("DELETE", "/api-keys/nothing"),
    ],
)
def test_what_is_not_there_is_404(client: Client, method: str, path: str) -> None:
    values: dict[str, Any] = {"PATCH": {"status": "open"}, "PUT": {"settings": {}}, "POST": {}}
    assert_problem(client.call(method, path, values.get(method)), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1e1", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=!!", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=W1siYSJdLCAiYiJd", "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b'["9999-99-99", "x"]').decode().rstrip("="), "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b"[" * 700).decode().rstrip("="), "cursor"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("until=9999-12-31T23:59:59-14:00", "until"),
        ("status=lost", "status"),
        ("priority=", "priority"),
        ("source=Zendesk", "source"),
        ("since=yesterday", "since"),
        ("since=2026-13-01", "since"),
        ("until=0000-00-00", "until"),
        ("until=1", "until"),
        ("needs_review=perhaps", "needs_review"),
        ("q=", "q"),
        ("q=%00", "q"),
        ("q=" + "x" * 501, "q"),
        ("colour=red", "colour"),
    ],
)
def test_an_odd_parameter_is_400_with_its_name(client: Client, query: str, field: str) -> None:
    assert assert_problem(client.call("GET", f"/tickets?{query}"), 400)["field"] == field


@pytest.mark.parametrize("path", ["/imports", "/quarantine", "/dlq", "/connections", "/api-keys"])
@pytest.mark.parametrize(
    "query",
    ["limit=0", "cursor=nonsense", "cursor=WyIiXQ", "cursor=WyJ4Il0", "cursor=WyJ4IHkiLCJ4Il0", "colour=red"],
)
def test_every_list_checks_its_parameters(client: Client, path: str, query: str) -> None:
    assert assert_problem(client.call("GET", f"{path}?{query}"), 400)["field"] == query.partition("=")[0]


@pytest.mark.parametrize("change", [{}, {"status": "gone"}, {"tags": "x"}, {"id": "x"}, {"tags": ["x"] * 51}])
def test_an_odd_change_is_refused(client: Client, change: dict[str, Any]) -> None:
    assert_problem(client.call("PATCH", f"/tickets/{NOBODY}", change), 400)


@pytest.mark.parametrize("connections", [[], None, "csv/*", ["csv"], ["*/*"], ["csv/A"], [5], ["csv/*"] * 51])
def test_an_odd_restriction_of_a_key_is_refused(client: Client, connections: Any) -> None:
    asked = {"scopes": ["read"], "owner": "nobody", "connections": connections}
    answer = assert_problem(client.call("POST", "/api-keys", asked), 400)
    assert answer["field"] in ("connections", "connections[0]")


@pytest.mark.parametrize("tag", ["3", '"3', "W/3", '"3" "4"', "\xe9"])
def test_an_odd_if_match_is_refused(client: Client, connection: str, tag: str) -> None:
    client.connect("standard_webhooks", connection)
    client.webhook(connection, "msg_1", {"id": "1", "text": "Hello"})
    (ticket,) = client.wait_for_tickets(connection)
    answer = client.call("PATCH", f"/tickets/{ticket['id']}", {"status": "open"}, If_Match=tag)
    assert assert_problem(answer, 400)["field"] == "If-Match"


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", "/tickets"), ("PUT", "/health"), ("GET", "/webhooks/zendesk"), ("PATCH", "/health")],
)
def test_a_wrong_method_is_told_the_right_ones(client: Client, method: str, path: str) -> None:
    answer = client.call(method, path)
    assert_problem(answer, 405)
    assert answer.headers["allow"]


# ---- anything --------------------------------------------------------------------------------------

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
ROUTES = [
    ("GET", "/tickets"), ("PATCH", "/tickets/{}"), ("POST", "/tickets/{}/merge"),
    ("POST", "/tickets/{}/split"),
    ("GET", "/tickets/{}/history"), ("GET", "/tickets/{}/feedback"),
    ("PUT", "/connections/generic_json/{}"), ("POST", "/sources/{}/preview"),
    ("POST", "/sources/zendesk/preview"), ("POST", "/sources/csv/preview"), ("POST", "/triage/preview"),
    ("PUT", "/configurations/{}"), ("GET", "/imports/{}/bad-rows"), ("DELETE", "/imports/{}"),
    ("GET", "/quarantine"), ("POST", "/quarantine/{}/replay"), ("GET", "/dlq"), ("POST", "/api-keys"),
    ("DELETE", "/api-keys/{}"), ("POST", "/webhooks/{}"), ("POST", "/webhooks/fuzz_generic/{}"),
]  # fmt: skip
PARTS = ["id", "text", "title", "rating", "tags", "author", "created_at", "url", "thread", "x"]
FIELDS = [
    "status", "assignee", "priority", "category", "tags", "tickets", "feedback", "secrets", "settings",
    "owner",
    "headers", "body_base64", "connection", "items", "value", "scopes", "expires_at", "limit", "cursor", "q",
    "since", "source", "verification", "fields", "text", "rating", "connections",
]  # fmt: skip


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    part=NAMES.filter(bool) | st.just(NOBODY),
    query=st.dictionaries(st.sampled_from(FIELDS) | NAMES, st.text(max_size=20), max_size=3),
    body=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4).map(json.dumps).map(str.encode)
    | VALUES.map(json.dumps).map(str.encode)
    | st.binary(max_size=60),
)
def test_nothing_is_a_defect_of_ours(
    client: Client, route: tuple[str, str], part: str, query: dict[str, str], body: bytes
) -> None:
    method, path = route
    address = path.format(urllib.parse.quote(part, safe=""))
    if query:
        address += "?" + urllib.parse.urlencode(query, errors="replace")
    answer = client.send(method, address, body, {"X-Api-Key": KEY, "Content-Type": "application/json"})
    assert answer.status < 500
    if answer.status >= 400:
        assert_problem(answer, answer.status)


@pytest.fixture
def open_door(client: Client, connection: str) -> str:
    """A connection that takes anything, so that what is sent comes as far as it can."""
    client.connect("generic_json", connection, "k", verification="api_key")
    return connection


def test_whatever_a_partner_says_is_taken_or_kept(client: Client, open_door: str, stores: Stores) -> None:
    dead = stores.dead()

    @settings(max_examples=60)
    @given(body=st.dictionaries(st.sampled_from(PARTS), VALUES, max_size=6))
    def say(body: dict[str, Any]) -> None:
        headers = {"X-Api-Key": "k", "Content-Type": "application/json"}
        answer = client.send(
            "POST", f"/webhooks/generic_json/{open_door}", json.dumps(body).encode(), headers
        )
        assert answer.status in (202, 422)

    say()
    stores.wait_until_quiet()
    assert stores.dead() == dead
