"""Golden requests are read byte for byte, and refused where they hold what is nobody's business."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from triggeriq.testing import Delivery
from triggeriq.testing.golden import load, save, uploads
from triggeriq.testing.private import faults_of, is_random

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OWN = "a-secret-of-the-tests"


def written(folder: Path, raw: bytes, **said: Any) -> Path:
    """A golden request with these bytes. said: beside what each needs."""
    (folder / "one.http").write_bytes(raw)
    whole = {"now": "2026-01-02T03:04:05Z", "secret": OWN, "items": [], **said}
    (folder / "one.json").write_text(json.dumps(whole))
    return folder


def delivery(**fields: Any) -> Delivery:
    given = {"name": "one", "body": b"{}", "headers": {"x": "y"}, "now": NOW, "expect": (), **fields}
    return Delivery(**given)


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\r\n\r\nx", b"\xff\x00", b"a: b\n\nc", "ß\r\n".encode()])
@pytest.mark.parametrize("query", [{}, {"a": "1", "b c": "ä&="}])
def test_what_was_saved_is_read_byte_for_byte(body: bytes, query: dict[str, str], tmp_path: Path) -> None:
    given = delivery(body=body, query=query, method="PUT", url="https://x.example/y", secret=OWN)
    save(tmp_path, given, [])
    assert load(tmp_path) == (given,)


def test_lines_may_end_as_http_ends_them(tmp_path: Path) -> None:
    written(tmp_path, b"GET /webhooks/x?a=b HTTP/1.1\r\nX-Y:  z \r\n\r\nbody\n\nmore")
    (read,) = load(tmp_path)
    assert (read.method, read.query, read.headers) == ("GET", {"a": "b"}, {"x-y": "z"})
    assert read.body == b"body\n\nmore"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    save(tmp_path, delivery(), [])
    with pytest.raises(FileExistsError):
        save(tmp_path, delivery(body=b"other"), [])
    assert load(tmp_path)[0].body == b"{}"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"POST /x", "no empty line"),
        (b"POST /x\nno header\n\n", "'no header' is no header"),
        (b"POST /x\nx: \xff\n\n", "can't decode byte 0xff"),
    ],
)
def test_a_request_that_is_none_is_named(raw: bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"(?s)the golden request .*one\.http: .*{why}"):
        load(written(tmp_path, raw))


@pytest.mark.parametrize("said", [{"items": None}, {"now": "yesterday"}, {"now": 5}])
def test_what_it_should_become_must_be_said(said: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"the golden request .*one\.http"):
        load(written(tmp_path, b"POST /x\n\n{}", **said))


def test_an_empty_folder_holds_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no golden request"):
        load(tmp_path)
    with pytest.raises(ValueError, match="there is no golden file"):
        uploads(tmp_path)


def joined(*parts: str) -> str:
    """So that no search for secrets finds them here."""
    return "".join(parts)


REAL = {
    "a private key": joined("-----BEGIN RSA ", "PRIVATE KEY-----"),
    "an AWS access key": joined("AKIA", "Z7QK3M2L9X8W4V5T"),
    "a GitHub token": joined("ghp", "_16C7e42F292c6912E7710c838347Ae178B4a"),
    "a Slack token": joined("xoxb", "-123456789012-abcdefGHIJKL"),
    "a Slack webhook's address": joined("https://hooks.slack", ".com/services/T0123456/B0123456/abcdefgh"),
    "a Stripe key": joined("sk_live", "_4eC39HqLyjWDarjtT1zdp7dc"),
    "a Google API key": joined("AIza", "SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"),
    "a SendGrid key": joined("SG", ".ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc"),
    "a webhook's secret": joined("whsec", "_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
    "a JSON web token": joined("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N"),
    "a bearer's token": joined("Bearer ", "mF_9.B5f-4.1JqMfF_9zzz"),
    "a user's password": joined("Basic ", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
    "may be a person's address": joined("ada.lovelace", "@gmail.com"),
}


@pytest.mark.parametrize("place", ["a header", "the body", "what is expected", "a form", "an escape"])
@pytest.mark.parametrize("kind", REAL)
def test_what_is_private_is_refused_by_name(kind: str, place: str, tmp_path: Path) -> None:
    private, said = REAL[kind], {}
    raw = b"POST /x\n\n{}"
    if place == "a header":
        raw = f"POST /x\nauthorization: {private}\n\n{{}}".encode()
    elif place == "the body":
        raw = f'POST /x\n\n{{"note": "it was {private}."}}'.encode()
    elif place == "what is expected":
        said = {"items": [{"feedback": {"external_id": "1", "text": private}}]}
    elif place == "a form":
        raw = b"POST /x\n\nnote=" + private.replace("@", "%40").replace(" ", "+").encode()
    else:
        raw = b'POST /x\n\n{"note": "' + private.replace("@", "\\u0040").encode() + b' \\u00e9"}'
    if place == "a form" and "@" not in private:
        raw += b"%40"
    with pytest.raises(ValueError, match=rf"one\.http: .*private: .*{kind}") as refusal:
        load(written(tmp_path, raw, **said))
    assert private not in str(refusal.value)


@pytest.mark.parametrize(
    "harmless",
    [
        "git@github.com:octocat/Hello-World.git",
        "12345+octocat@users.noreply.github.com",
        "https://cdn.example/icon@2x.png",
        "ines@example.com, tom@mail.acme.example",
        "@octocat said: mail me at 10@12:30",
        f"Bearer {OWN}",
        "Basic " + base64.b64encode(OWN.encode()).decode(),
        "the bearer of this letter",
        "basic auth is enough",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "risk_lively_and_more_words",
        "0ef1a1be6d2b4d1e9f6d0a3d2c1b0a99ef01",
    ],
)
def test_what_is_nobody_s_is_let_through(harmless: str, tmp_path: Path) -> None:
    assert len(load(written(tmp_path, f'POST /x\n\n{{"note": "{harmless}"}}'.encode()))) == 1


@pytest.mark.parametrize(
    "secret",
    [
        "9f742231b10e8888abcd99aaaccc85a5",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "xK9dPq2Lm4Zr8Tv1Wc6Yb3Nf",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
    ],
)
def test_a_secret_that_a_machine_made_is_refused(secret: str, tmp_path: Path) -> None:
    assert is_random(secret)
    with pytest.raises(ValueError, match="looks like a real one"):
        load(written(tmp_path, b"POST /x\n\n{}", secret=secret))


@pytest.mark.parametrize(
    "secret",
    [
        *("", "sesame", OWN, "user:password", "It's a Secret to Everybody"),
        *("testsecret1234567890", "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="),
        "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes.").decode(),
        b"a secret of the tests".hex(),
    ],
)
def test_a_secret_that_reads_as_words_is_the_tests_own(secret: str) -> None:
    assert faults_of(f"x-signature: {secret}", secret) == []


@pytest.mark.parametrize(
    "text", ["a@" * 50_000, "a." * 50_000 + "@", "eyJ" * 30_000, "Bearer " * 15_000, "a" * 100_000]
)
def test_a_long_text_is_looked_through_in_time(text: str) -> None:
    assert faults_of(text) is not None


def test_golden_files_lie_beside_golden_requests(tmp_path: Path) -> None:
    written(tmp_path, b"POST /x\n\n{}")
    (tmp_path / "page.json").write_bytes(b'{"data": []}')
    (tmp_path / "page.json.json").write_text('{"items": [], "unreadable": "words"}')
    (tmp_path / "rows.csv").write_bytes(b"id,text\r\n")
    (tmp_path / "rows.csv.json").write_text('{"items": [{"bad": {"where": "line 1"}}], "settings": {"a": 1}}')
    page, rows = uploads(tmp_path)
    assert (page.name, page.body, page.unreadable) == ("page.json", b'{"data": []}', "words")
    assert (rows.name, rows.settings, len(rows.expect)) == ("rows.csv", {"a": 1}, 1)
    assert len(load(tmp_path)) == 1
