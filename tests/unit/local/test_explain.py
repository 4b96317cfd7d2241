"""`make explain`: what it reads, that it asks for the secret, and that it tells none."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local.explain import Case, Wrong, answer, parsed, read, secrets, told
from plugins.sources.zendesk import Zendesk
from triggeriq import Request
from triggeriq.explain import Explanation
from triggeriq.signing import signed

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = "a-secret-of-the-tests-zqjx"
BODY = b'{"ticket_id": "7",\n\n "description": "Hello"}'
(ROW,) = Zendesk.verification


def written(request: Request, end: str = "\n") -> bytes:
    """As HTTP writes it."""
    lines = [
        f"{request.method} /webhooks/zendesk",
        *(f"{n.title()}: {v}" for n, v in request.headers.items()),
    ]
    return end.join([*lines, "", ""]).encode() + request.body


def genuine(now: datetime = NOW) -> Request:
    return signed(ROW, KEY, Request(body=BODY), now)


def explained(environment: dict[str, str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run(
        [sys.executable, "-m", "local.explain"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert KEY.encode() not in done.stdout + done.stderr
    assert genuine().headers[ROW.header.lower()][:10].encode() not in done.stdout + done.stderr
    return done


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_request_is_read_byte_for_byte(end: str) -> None:
    request = parsed(written(genuine(), end))
    assert (request.method, request.body, request.headers) == ("POST", BODY, genuine().headers)


@pytest.mark.parametrize(
    ("first", "host", "url"),
    [
        ("POST /webhooks/x?a=1", "Host: api.example.com\n", "https://api.example.com/webhooks/x?a=1"),
        ("POST /webhooks/x HTTP/1.1", "Host: a.example:8443\n", "https://a.example:8443/webhooks/x"),
        ("POST https://a.example/x", "", "https://a.example/x"),
        ("POST /webhooks/x", "", ""),
    ],
)
def test_the_address_is_that_of_its_host(first: str, host: str, url: str) -> None:
    assert parsed(f"{first}\n{host}\n{{}}".encode()).url == url


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"POST /\nA: b", "no empty line"),
        (b"POST /\nA: b\nnonsense\n\n", "line 3 of the request is no header"),
        (b"POST /\n\xff: b\n\n", "not UTF-8"),
    ],
)
def test_what_is_no_request_is_told(raw: bytes, message: str) -> None:
    with pytest.raises(Wrong, match=message):
        parsed(raw)


def test_what_stands_beside_a_golden_request_counts_and_the_environment_before_it(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_bytes(written(genuine()))
    said = {"secret": KEY, "now": "2026-01-02T03:04:05Z", "url": "https://a.example/x", "items": []}
    (tmp_path / "a.json").write_text(json.dumps(said))
    case = read({"REQUEST": str(tmp_path / "a.http")})
    assert (case.request.url, case.said["now"]) == ("https://a.example/x", "2026-01-02T03:04:05Z")
    assert secrets({}, case.said) == (KEY,)
    assert answer(Zendesk(), case, (KEY,), None) == Explanation(True)
    case = read(
        {
            "REQUEST": str(tmp_path / "a.http"),
            "URL": "https://b.example",
            "NOW": "2026-01-02T04:04:05",
            "SETTINGS": '{"a": 1}',
            "CONNECTION": "shop",
        }
    )
    assert (case.request.url, case.said["settings"], case.said["connection"]) == (
        "https://b.example",
        {"a": 1},
        "shop",
    )
    late = answer(Zendesk(), case, (KEY,), None)
    assert (late.reason, str(late.detail).endswith("apart from that the signature fits")) == ("stale", True)


def test_several_secrets_are_a_line_each_and_never_on_the_command_line() -> None:
    assert secrets({"EXPLAIN_SECRET": f"new\n{KEY}\n"}, {}) == ("new", KEY)
    case = Case(genuine(), {"now": NOW.isoformat()})
    assert told(answer(Zendesk(), case, ("new", KEY), None)).startswith("genuine: secret 2 of 2 proved it, ")
    with pytest.raises(Wrong, match="stands on make's command line"):
        secrets({"EXPLAIN_SECRET": KEY, "MAKEFLAGS": f" -- EXPLAIN_SECRET={KEY} SOURCE=zendesk"}, {})


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SOURCE": "zendes"}, "SOURCE is none of app_store, csv, "),
        ({"SOURCE": "zendesk"}, "REQUEST names no file"),
        ({"SOURCE": "zendesk", "REQUEST": "/nowhere/a.http"}, "No such file"),
        ({"SOURCE": "zendesk", "REQUEST": "-", "SETTINGS": "{"}, "-: Expecting"),
        (
            {"SOURCE": "intercom", "REQUEST": "-", "SETTINGS": '{"a": 1}'},
            "SETTINGS: settings: intercom has no",
        ),
        ({"SOURCE": "zendesk", "REQUEST": "-", "SETTINGS": '{"a": 1}'}, "SETTINGS: settings.a: there is no"),
        ({"SOURCE": "zendesk", "REQUEST": "-"}, "set the environment variable EXPLAIN_SECRET"),
        ({"SOURCE": "zendesk", "REQUEST": "-", "EXPLAIN_SECRET": "k", "NOW": "soon"}, "NOW is no time"),
    ],
)
def test_what_is_wrong_with_the_question_is_told_in_a_line(environment: dict[str, str], message: str) -> None:
    done = explained(environment, written(genuine()))
    assert done.returncode == 1
    assert done.stderr.startswith(b"triggeriq: ")
    assert message in done.stderr.decode()
    assert len(done.stderr.splitlines()) == 1


def test_the_command_says_why_and_ends_with_1_or_that_it_is_genuine_and_ends_with_0() -> None:
    environment = {"SOURCE": "zendesk", "REQUEST": "-", "EXPLAIN_SECRET": KEY, "NOW": "2026-01-02T03:04:05Z"}
    done = explained(environment, written(genuine()))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"genuine\n", b"")
    done = explained(environment, written(genuine()) + b"\n")
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout.startswith(
        b"mismatch: the signature was made over the body without its final line end. "
    )


def test_the_secret_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "a.http").write_bytes(written(genuine(datetime.now(UTC) + timedelta(seconds=60))))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "local.explain"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SOURCE": "zendesk", "REQUEST": str(tmp_path / "a.http")},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    ) as asking:
        shown = os.read(ours, 1000)
        os.write(ours, f"{KEY}\n".encode())
        out, _ = asking.communicate(timeout=60)
    os.close(theirs)
    while True:
        try:
            more = os.read(ours, 1000)
        except OSError:
            break
        shown += more
        if not more:
            break
    os.close(ours)
    assert out == b"genuine\n"
    assert b"The connection's secret (it is not shown): " in shown
    assert KEY.encode() not in shown
