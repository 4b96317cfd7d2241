"""What comes to a local receiver is verified, answered as asked, and shown so that it harms no terminal."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from standardwebhooks import Webhook

from local.listen import lines_of, types
from local.receiver import Received, Receiver
from local.state import PROJECT

SECRET = "whsec_" + base64.b64encode(b"a" * 24).decode()
AT = datetime(2026, 3, 1, 9, 30, 0, 7_000, tzinfo=UTC)
BODY = json.dumps({"type": "ticket.created", "data": {"id": "t-1", "title": "It crashes"}}).encode()


def signed(body: bytes, id: str = "e-1", secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body.decode()),
    }


def post(receiver: Receiver, body: bytes, headers: Mapping[str, str]) -> int:
    connection = http.client.HTTPConnection(urlsplit(receiver.url).netloc, timeout=10)
    connection.request("POST", "/", body, dict(headers))
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_genuine_delivery_is_verified_and_answered_with_200() -> None:
    told: list[Received] = []
    with Receiver(told.append, secret=SECRET) as receiver:
        assert post(receiver, BODY, signed(BODY)) == 200
    assert [one._replace(at=AT) for one in told] == [Received(AT, "e-1", 1, BODY, None, 200)]
    assert told[0].event["type"] == "ticket.created"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({}, "Missing required headers"),
        (signed(BODY, secret="whsec_" + base64.b64encode(b"b" * 24).decode()), "No matching signature"),
        (signed(BODY + b" "), "No matching signature"),
        (signed(BODY, at=datetime(2020, 1, 1, tzinfo=UTC)), "too old"),
        ({**signed(BODY), "webhook-timestamp": "soon"}, "Invalid"),
        ({**signed(BODY), "webhook-signature": "v1"}, "can't be read"),
        ({**signed(BODY), "webhook-signature": "v1,a"}, "can't be read"),
    ],
)
def test_what_is_not_genuine_is_told_with_the_reason(headers: dict[str, str], why: str) -> None:
    told: list[Received] = []
    with Receiver(told.append, secret=SECRET) as receiver:
        assert post(receiver, BODY, headers) == 200
    assert told[0].wrong
    assert why in told[0].wrong


def test_a_body_that_is_no_text_is_not_verified() -> None:
    told: list[Received] = []
    with Receiver(told.append, secret=SECRET) as receiver:
        post(receiver, b"\xff", signed(BODY))
    assert told[0].wrong
    assert told[0].event == {}


def test_each_attempt_of_an_event_is_counted_and_answered_by_its_number() -> None:
    told: list[Received] = []
    with Receiver(told.append, lambda attempt: 500 if attempt <= 2 else 204, secret=SECRET) as receiver:
        answers = [post(receiver, BODY, signed(BODY)) for _ in range(3)]
        answers.append(post(receiver, BODY, signed(BODY, "e-2")))
    assert answers == [500, 500, 204, 500]
    assert [one.attempt for one in told] == [1, 2, 3, 1]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET / HTTP/1.1\r\n\r\n", b"501"),
    ],
)
def test_what_is_no_delivery_is_refused(request_: bytes, status: bytes) -> None:
    told: list[Received] = []
    with Receiver(told.append) as receiver:
        address = urlsplit(receiver.url)
        assert address.hostname
        assert address.port
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(request_)
            assert status in connection.recv(100)
    assert told == []


@pytest.mark.parametrize("secret", ["whsec_", "whsec_é", "whsec_a"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ and Base64"):
        Receiver(lambda received: None, secret=secret)


def test_it_is_shown_on_two_lines() -> None:
    assert lines_of(Received(AT, "e-1", 2, BODY, None, 200)) == (
        f"{AT.astimezone():%H:%M:%S}.007  ticket.created  e-1  attempt 2  verified  → 200\n"
        "              t-1  It crashes"
    )
    assert "NOT VERIFIED: No match  → 500" in lines_of(Received(AT, "e-1", 1, BODY, "No match", 500))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ({"type": "order.paid", "data": {"total": 3}}, '{"total": 3}'),
        ({"type": "order.paid", "subject": "o-7", "data": "words"}, "o-7  words"),
        ({"text": "A message for Slack"}, "no type"),
        ([1, 2], "[1, 2]"),
    ],
)
def test_whatever_comes_is_shown(body: object, shown: str) -> None:
    assert shown in lines_of(Received(AT, "e-1", 1, json.dumps(body).encode(), None, 200))


def test_nothing_that_comes_commands_the_terminal_or_fills_it() -> None:
    hostile = "\x1b]0;owned\x07\r\n\u202e" + "x" * 100_000
    body = json.dumps({"type": hostile, "subject": hostile, "data": {"title": hostile}}).encode()
    shown = lines_of(Received(AT, hostile, 1, body, hostile, 200))
    first, second = shown.split("\n")
    assert (first + second).isprintable()
    assert len(shown) < 2_000
    raw = lines_of(Received(AT, "e-1", 1, b"\x1b[2J" * 1_000, None, 200))
    assert raw.replace("\n", "").isprintable()


def test_colours_are_for_a_terminal_alone() -> None:
    received = Received(AT, "e-1", 1, BODY, None, 200)
    assert "\x1b[32mverified\x1b[0m" in lines_of(received, coloured=True)
    assert "\x1b" not in lines_of(received)


def test_types_are_separated_as_one_likes() -> None:
    assert types({"TYPES": "ticket.*, alert.opened order.paid"}) == ["ticket.*", "alert.opened", "order.paid"]
    assert types({}) == types({"TYPES": " "}) == ["*"]


def listen(*arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "local.listen", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_with_a_secret_it_listens_without_a_running_system_until_it_is_ended() -> None:
    process = listen("--fail-first", "1", SECRET=SECRET)
    assert process.stdout
    url = process.stdout.readline().split()[2].rstrip(";")
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    for status in (500, 200):
        connection.request("POST", "/", BODY, signed(BODY))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert told.count("verified") == 2
    assert "attempt 2  verified  → 200" in told


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"LOCAL_STATE": "/nonexistent"}, "nothing runs on the data in /nonexistent"),
        ({"SECRET": "whsec_"}, "whsec_ and Base64"),
        ({"MAKEFLAGS": " -- SECRET=whsec_AAAA"}, "where other users of this machine see it"),
    ],
)
def test_what_it_lacks_is_said_in_one_line(environment: dict[str, str], told: str) -> None:
    _, said = (process := listen(**environment)).communicate(timeout=20)
    assert process.returncode == 1
    assert told in said
    assert said.startswith("triggeriq: ")
    assert said.count("\n") == 1
