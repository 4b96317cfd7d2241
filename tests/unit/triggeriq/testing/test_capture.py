"""A real request becomes a golden one: signed anew, without secrets and persons, and otherwise as it was."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.generic_json import GenericJson
from plugins.sources.standard_webhooks import StandardWebhooks
from plugins.sources.zendesk import Zendesk
from tests.unit.triggeriq.testing.outcomes import ROOT
from triggeriq import Feedback, Source
from triggeriq.testing import golden
from triggeriq.testing.capture import Captured, capture

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = {
    "type": "zen:event-type:ticket.comment_added",
    "id": "evt-1",
    "time": "2026-01-02T03:00:00Z",
    "subject": "zen:ticket:5158",
    "detail": {"id": "5158", "subject": "No luck", "requester_id": "8447388090494"},
    "event": {
        "comment": {
            "id": "990000000001",
            "body": "Marjorie Quill here, call me on +49 30 901820 or write to m.quill@quillworks.io.",
            "is_public": True,
            "author": {"id": "8447388090494", "name": "Marjorie Quill", "is_staff": False},
        }
    },
    "requester": {"email": "m.quill@quillworks.io", "phone": "+49 30 901820", "login": "mquill"},
    "link": "https://quillworks.zendesk.com/users/8447388090494?u=mquill",
    "api_token": "ghp" + "_16C7e42F292c6912E7710c838347Ae178B4a",
}
RAW = json.dumps(BODY, indent=1, ensure_ascii=False).encode()
HEAD = b"\r\n".join(
    (
        b"POST /webhooks/zendesk HTTP/1.1",
        b"Host: hooks.quillworks.io",
        b"Content-Type: application/json",
        b"X-Zendesk-Webhook-Signature: c29tZXRoaW5nIHJlYWw=",
        b"X-Zendesk-Webhook-Signature-Timestamp: 2025-01-01T00:00:00Z",
        b"X-Zendesk-Webhook-Id: 01GR",
        b"Authorization: Bearer abcdefghijklmnop1234",
        b"X-Forwarded-For: 203.0.113.9",
        b"",
        b"",
    )
)


def captured(source: type[Source] = Zendesk, raw: bytes = HEAD + RAW, **settings: Any) -> Captured:
    return capture(source(), raw, "one", NOW, settings)


def genuine(source: type[Source], made: Captured) -> bool:
    delivery = made.delivery
    connection = delivery.connected(source(), delivery.secret)
    return source().verify(delivery.request(), connection, NOW).secret == 0


def test_it_is_signed_anew() -> None:
    made = captured()
    assert genuine(Zendesk, made)
    assert made.delivery.headers["x-zendesk-webhook-signature-timestamp"] == "2026-01-02T03:04:05Z"


def test_what_only_led_here_is_left_out() -> None:
    assert set(captured().delivery.headers) == {
        "content-type",
        "x-zendesk-webhook-id",
        "x-zendesk-webhook-signature",
        "x-zendesk-webhook-signature-timestamp",
    }


def test_persons_and_secrets_are_gone_wherever_they_stand() -> None:
    made = captured()
    body = made.delivery.body.decode()
    for private in ("Marjorie", "Quill here", "quillworks.io.", "901820", "8447388090494", "mquill?", "ghp_"):
        assert private not in body, private
    said = json.loads(body)
    author, invented = said["event"]["comment"]["author"], said["detail"]["requester_id"]
    assert author["id"] == invented
    assert len(invented) == len("8447388090494")
    assert author["name"] in said["event"]["comment"]["body"]
    assert said["requester"]["email"] in said["event"]["comment"]["body"]
    assert said["link"].endswith(f"users/{invented}?u={said['requester']['login']}")


def test_secrets_are_known_by_what_they_are_called() -> None:
    raw = HEAD.replace(b" HTTP", b"?code=quillworks&page=quillworks+home HTTP").replace(
        b"X-Zendesk-Webhook-Id: 01GR", b"X-Quill-Token: open sesame"
    )
    body = {**BODY, "client_secret": "swordfish", "key": "PROJECT-1", "token": "short"}
    made = captured(raw=raw + json.dumps(body).encode())
    said = json.loads(made.delivery.body)
    assert made.delivery.query["code"].startswith("replaced-secret-")
    assert made.delivery.headers["x-quill-token"].startswith("replaced-secret-")
    assert said["client_secret"].startswith("replaced-secret-")
    assert (said["key"], said["token"]) == ("PROJECT-1", "short")


def test_a_repository_is_no_person_but_its_owner_may_be_one() -> None:
    body = {**BODY, "repository": {"full_name": "mquill/shop"}}
    said = json.loads(captured(raw=HEAD + json.dumps(body).encode()).delivery.body)
    assert said["repository"]["full_name"] == f"{said['requester']['login']}/shop"


def test_a_telephone_number_is_known_among_words() -> None:
    words = "Reach me at +44 (20) 7946-0958 until 2026-01-02T03:00:00+01:00, 1 + 20000000 times."
    body = {**BODY, "event": {"comment": {**BODY["event"]["comment"], "body": words}}}  # type: ignore[index]
    made = captured(raw=HEAD + json.dumps(body).encode())
    kept = json.loads(made.delivery.body)["event"]["comment"]["body"]
    assert "7946" not in kept
    assert kept.endswith(" until 2026-01-02T03:00:00+01:00, 1 + 20000000 times.")


def test_all_else_is_as_it_was() -> None:
    """Its white space, too."""
    made = captured()
    body = made.delivery.body.decode()
    for one in made.replaced:
        body = body.replace(one.new, one.old)
    assert body.encode() == RAW


def test_what_was_replaced_is_told() -> None:
    told = {one.kind: one.old for one in captured().replaced}
    assert told["email"] == "m.quill@quillworks.io"
    assert told["name"] in ("Marjorie Quill", "mquill")
    assert {"phone", "id", "secret"} <= told.keys()


def test_the_same_request_is_captured_the_same() -> None:
    assert captured() == captured()


ZOE = {"user": {"name": "Zoë Ünal", "id": 12345}, "text": "by Zoë Ünal, 12345 and 123456"}


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(
            {"user": {"name": "Zoë Ünal", "id": 12345}, "text": "by Zoë Ünal, 12345 and 123456"}
        ).encode(),
        json.dumps(
            {"user": {"name": "Zoë Ünal", "id": 12345}, "text": "by Zoë Ünal, 12345 and 123456"},
            ensure_ascii=False,
        ).encode(),
        b"user_name=Zo%C3%AB+%C3%9Cnal&user_id=12345&text=by+Zo%C3%AB+%C3%9Cnal+12345+and+123456",
    ],
)
def test_a_name_is_found_in_every_spelling(written: bytes) -> None:
    made = captured(GenericJson, written)
    body = made.delivery.body
    assert not any(
        part in body for part in (b"Zo%C3", b"Zo\\u00eb", "Zoë".encode(), b'"id": 12345}', b"user_id=12345")
    )
    assert b"123456" in body


@pytest.mark.parametrize(
    "document",
    [
        {"by": {"name": "Marta Novak"}},
        {"whoever": {"name": "Marta Novak", "email": "marta@novak-soft.cz"}},
        {"data": [{"firstName": "Marta Novak", "city": "Brno-Novak"}]},
        {"comment": {"createdBy": {"Display-Name": "Marta Novak"}}},
        {"commenter": {"id": 4711, "name": "Marta Novak"}},
    ],
)
def test_a_person_is_known_by_key_or_company(document: dict[str, Any]) -> None:
    made = captured(GenericJson, json.dumps({**document, "text": "I am Marta Novak."}).encode())
    assert b"Novak" not in made.delivery.body


@pytest.mark.parametrize(
    "document", [{"product": {"id": 4711, "name": "Anvil"}}, {"name": "Anvil"}, {"label": {"name": "bug"}}]
)
def test_what_is_no_person_keeps_its_name(document: dict[str, Any]) -> None:
    raw = json.dumps(document).encode()
    assert captured(GenericJson, raw).delivery.body == raw


CURL = (
    "curl -X POST 'https://hooks.example/webhooks/zendesk' \\\n  -H 'Content-Type: application/json' \\\n"
    f"  -H 'X-Zendesk-Webhook-Signature: abc=' --data-raw '{json.dumps(BODY)}' --compressed"
)
PREVIEW = {
    "headers": {"Content-Type": "application/json", "X-Zendesk-Webhook-Signature": "abc="},
    "body_base64": base64.b64encode(RAW).decode(),
}


ANSI_C = (
    "curl 'https://hooks.example/webhooks/zendesk' -H 'Content-Type: application/json' --data-raw $'"
    + json.dumps(BODY).replace("\\", "\\\\").replace("'", "\\'").replace("No luck", "It\\'s no luck\\u0021")
    + "' --compressed"
)


def test_a_command_of_curl_may_quote_as_browsers_do() -> None:
    made = captured(raw=ANSI_C.encode())
    assert json.loads(made.delivery.body)["detail"]["subject"] == "It's no luck!"


def test_a_command_of_curl_has_its_fields_joined() -> None:
    raw = b"curl https://hooks.example/x -d 'id=1' -d 'text=Good'"
    assert captured(GenericJson, raw).delivery.body == b"id=1&text=Good"


def test_a_body_that_lies_elsewhere_is_refused() -> None:
    with pytest.raises(ValueError, match="its body lies in another file"):
        captured(raw=b"curl https://hooks.example/x --data @body.json")


@pytest.mark.parametrize("raw", [HEAD + RAW, RAW, CURL.encode(), json.dumps(PREVIEW).encode()])
def test_it_is_read_in_every_form_in_which_it_is_saved(raw: bytes) -> None:
    made = captured(raw=raw)
    assert genuine(Zendesk, made)
    assert made.delivery.headers["content-type"] == "application/json"
    (item,) = golden.items_of(Zendesk(), made.delivery)
    assert isinstance(item, Feedback)
    assert item.external_id == "990000000001"


@pytest.mark.parametrize("source", [StandardWebhooks, GenericJson])
def test_the_secret_is_of_the_form_that_the_row_needs(source: type[Source]) -> None:
    assert genuine(source, captured(source, b'{"data": {"id": "1", "text": "x"}}'))


def test_what_is_written_can_be_loaded(tmp_path: Path) -> None:
    made = captured()
    golden.save(tmp_path, made.delivery, golden.items_of(Zendesk(), made.delivery))
    (loaded,) = golden.load(tmp_path)
    assert replace(loaded, expect=()) == made.delivery
    assert len(loaded.expect) == 1


@pytest.mark.parametrize("raw", [b"", b"  ", b"POST /x"])
def test_what_is_no_request_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="empty"):
        captured(raw=raw)


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "local.capture", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_it_did_and_asks_to_look(tmp_path: Path) -> None:
    saved = tmp_path / "saved.http"
    saved.write_bytes(HEAD + RAW)
    command = ("--source", "zendesk", "--name", "one", "--from", saved, "--into", tmp_path / "golden")
    told = run(*command)
    assert told.returncode == 0, told.stderr
    assert "email: 'm.quill@quillworks.io' by 'ada@example.com'" in told.stdout
    assert "Look through both files" in told.stdout
    assert "ghp_" not in told.stdout
    assert len(golden.load(tmp_path / "golden")) == 1
    again = run(*command)
    assert again.returncode == 1
    assert "one.http is there already; choose another name" in again.stderr
    nobody = run("--source", "nobody", "--name", "one", "--from", saved)
    assert "there is no source nobody" in nobody.stderr


def test_further_words_are_replaced_on_request(tmp_path: Path) -> None:
    saved, into = tmp_path / "saved.json", tmp_path / "golden"
    saved.write_bytes(RAW.replace(b"No luck", b"No luck, Marj"))
    command = ("--source", "zendesk", "--from", saved, "--into", into)
    told = run(*command, "--name", "one", "--replace", "Marj=Ada", "--replace", "Nobody=Ada")
    assert "said: 'Marj' by 'Ada'" in told.stdout
    assert "Nobody" not in told.stdout
    (loaded,) = golden.load(into)
    assert b"No luck, Ada" in loaded.body
    assert Zendesk().verify(loaded.request(), loaded.connected(Zendesk(), loaded.secret), loaded.now)
    assert "such as Ines=Ada" in run(*command, "--name", "two", "--replace", "Marj").stderr


@pytest.mark.parametrize("name", ["../one", "", "a/b", ".", "a b"])
def test_a_name_that_no_file_can_have_is_refused(name: str, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    saved.write_bytes(RAW)
    told = run("--source", "zendesk", "--from", saved, "--into", tmp_path / "golden", f"--name={name}")
    assert told.returncode == 1
    assert not list(tmp_path.rglob("*.http"))
