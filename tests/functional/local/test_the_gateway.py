"""The local HTTP server answers as the HTTP API does, whatever a sender does to it."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.application import Application
from local.stack import Stack

MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def address(shared_project, tmp_path_factory) -> Iterator[tuple[str, int]]:
    settings = {"STUB_RECORD": str(tmp_path_factory.mktemp("gateway") / "record")}
    with Stack(project=shared_project) as stack, Application(stack, settings, shared_project) as app:
        parts = urllib.parse.urlsplit(app.url)
        yield parts.hostname or "", parts.port or 0


@pytest.fixture
def connection(address) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(*address, timeout=20)
    yield connection
    connection.close()


def ask(connection, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read() or b"null")


def raw(address, request: bytes) -> bytes:
    """The whole answer to these bytes, until the server ends the connection."""
    with socket.create_connection(address, timeout=20) as client:
        client.sendall(request)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
        return answer


def test_a_body_arrives_whole_whatever_its_type(connection):
    for content_type in ("application/json", "text/csv", "application/octet-stream", "application/gzip"):
        body = bytes(range(256)) * 10
        status, answer = ask(connection, "POST", "/echo/x", body, Content_Type=content_type)
        assert (status, answer["length"]) == (200, 2560)


def test_a_body_in_chunks_arrives_whole(connection):
    status, answer = ask(
        connection, "POST", "/echo/x", iter([b"abc", b"d" * 70000]), Content_Type="text/plain"
    )
    assert (status, answer["length"]) == (200, 70003)


def test_a_path_parameter_is_decoded(connection):
    assert ask(connection, "POST", "/echo/a%20b%2Fc", b"x", Content_Type="text/plain")[1]["name"] == "a b/c"


def test_each_request_has_an_id(connection):
    ids = {
        ask(connection, "POST", "/echo/x", b"x", Content_Type="text/plain")[1]["request_id"] for _ in range(2)
    }
    assert len(ids) == 2


def test_an_unknown_path_is_not_found(connection):
    assert ask(connection, "GET", "/nothing/here") == (404, {"message": "Not Found"})
    assert ask(connection, "GET", "/nothing/here", Authorization="Bearer x") == (
        404,
        {"message": "Not Found"},
    )


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "QUERY", "NONSENSE"])
def test_a_method_that_no_route_can_have_is_not_found(connection, method):
    assert ask(connection, method, "/health") == (404, {"message": "Not Found"})
    assert ask(connection, method, "/echo/x", b"a body") == (404, {"message": "Not Found"})
    assert ask(connection, "GET", "/health")[0] == 200


@pytest.mark.parametrize("line", [b"GET /health HTTP/9.9", b"GET", b"GET /health HTTP/1.1 x", b"\x00"])
def test_a_line_that_is_no_request_is_refused_without_html(address, line):
    answer = raw(address, line + b"\r\nHost: x\r\n\r\n")
    assert b"<html" not in answer.lower()
    assert b'{"message"' in answer or not answer


def test_head_sends_no_body_and_the_connection_goes_on(connection):
    assert ask(connection, "HEAD", "/health") == (200, None)
    assert ask(connection, "GET", "/health")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: -1",
        b"Content-Length: ten",
        b"Content-Length: 1\r\nContent-Length: 2",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
    ],
)
def test_a_malformed_length_is_refused(address, headers):
    answer = raw(address, b"POST /echo/x HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "chunks", [b"zz\r\nabc\r\n0\r\n\r\n", b"-3\r\nabc", b"3\r\nabcdef", b"f" * 2000 + b"\r\n"]
)
def test_malformed_chunks_are_refused(address, chunks):
    head = b"POST /echo/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert raw(address, head + chunks).startswith(b"HTTP/1.1 400 ")


def test_too_large_a_body_is_refused_before_it_is_sent(address):
    head = b"POST /echo/x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999999999\r\n\r\n"
    answer = raw(address, head)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer


def test_too_large_a_body_is_refused_to_a_sender_who_sends_it_first(connection):
    status, answer = ask(connection, "POST", "/echo/x", b"x" * (8 * MEGABYTE), Content_Type="text/plain")
    assert (status, answer) == (413, {"message": "Request Entity Too Large"})


def test_chunks_without_end_are_refused(address):
    head = b"POST /echo/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
    assert raw(address, head + chunk * 7).startswith(b"HTTP/1.1 413 ")


def test_a_sender_who_hangs_up_in_the_body_troubles_nobody(address, connection):
    with socket.create_connection(address) as client:
        client.sendall(b"POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc")
    assert ask(connection, "GET", "/health")[0] == 200


def test_fifty_at_once_are_all_answered(address):
    def post(number: int) -> int:
        connection = http.client.HTTPConnection(*address, timeout=20)
        try:
            return ask(connection, "POST", f"/echo/{number}", b"x", Content_Type="text/plain")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(post, range(50))) == [200] * 50
