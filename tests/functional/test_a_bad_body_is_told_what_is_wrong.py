"""Bodies and heads as broken tools and attackers send them: told what is wrong, never a 500; what is genuine
is kept."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse
from datetime import UTC, datetime

import pytest

from local.application import Application
from plugins.sources.standard_webhooks import StandardWebhooks
from tests.functional.client import KEY, SECRET, Client, signed
from tests.functional.problems import OTHER_SECRET, assert_problem
from triggeriq.signing import sign

BODY = json.dumps({"type": "x", "data": {"id": "1", "text": "Hello"}}).encode()
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
    wrong = signed("msg_1", BODY, OTHER_SECRET)["webhook-signature"]
    headers = [f"{name}: {value}" for name, value in given.items() if name != "webhook-signature"]
    headers += [f"webhook-signature: {wrong}", f"Content-Length: {len(BODY)}"]
    request = head(
        "POST", f"/webhooks/standard_webhooks/{connection}", *headers, f"webhook-signature: {wrong}"
    )
    assert raw(running.url, request + BODY) == 401
