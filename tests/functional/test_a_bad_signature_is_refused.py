"""A webhook whose sender is not proven: 401 with one word, and nothing of it is kept."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.functional.client import SECRET, Client, signed
from tests.functional.problems import OTHER_SECRET, assert_problem

BODY = json.dumps({"type": "x", "data": {"id": "1", "text": "Hello"}}).encode()


def without(name: str, headers: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def an_hour_off(hours: int) -> dict[str, str]:
    return signed("msg_1", BODY, at=datetime.now(UTC) + timedelta(hours=hours))


def claiming(time: str) -> dict[str, str]:
    return {**signed("msg_1", BODY), "webhook-timestamp": time}


def respelt(spell: Callable[[bytes], str]) -> dict[str, str]:
    headers = signed("msg_1", BODY)
    raw = base64.b64decode(headers["webhook-signature"].removeprefix("v1,"))
    return {**headers, "webhook-signature": spell(raw)}


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
    "another connection's secret": ("mismatch", lambda: signed("msg_1", BODY, OTHER_SECRET)),
}


@pytest.mark.parametrize("case", SIGNATURES)
def test_a_bad_signature_is_refused_with_one_word(client: Client, connection: str, case: str) -> None:
    reason, headers = SIGNATURES[case]
    client.connect("standard_webhooks", connection, SECRET)
    client.connect("standard_webhooks", f"{connection[:57]}-other", OTHER_SECRET)
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", BODY, headers())
    problem = assert_problem(answer, 401)
    assert problem["reason"] == reason
    expected = signed("msg_1", BODY)["webhook-signature"].removeprefix("v1,")
    assert expected.encode() not in answer.body
    assert client.quarantined(connection) == []


TOLD = {
    "no id": (
        lambda: without("webhook-id", signed("msg_1", BODY)),
        "missing: the header webhook-id is missing; webhook-id should hold the message's id",
    ),
    "no time": (
        lambda: without("webhook-timestamp", signed("msg_1", BODY)),
        "missing: the header webhook-timestamp is missing; webhook-timestamp should hold the time of",
    ),
    "no signature": (
        lambda: without("webhook-signature", signed("msg_1", BODY)),
        "missing: the header webhook-signature is missing (so is svix-signature, which would do instead)",
    ),
    "milliseconds": (
        lambda: claiming(f"{int(datetime.now(UTC).timestamp())}000"),
        "malformed: webhook-timestamp has a time in milliseconds, not in seconds; it should hold the time of",
    ),
    "hex": (
        lambda: respelt(lambda raw: f"v1,{raw.hex()}"),
        "malformed: webhook-signature is in hex, not in base64; it should hold v1,<the HMAC-SHA256 of",
    ),
    "no prefix": (
        lambda: respelt(lambda raw: base64.b64encode(raw).decode()),
        "malformed: webhook-signature lacks the prefix 'v1,'; it should hold v1,<",
    ),
    "another prefix": (
        lambda: respelt(lambda raw: f"sha256={raw.hex()}"),
        "malformed: webhook-signature begins with 'sha256=', not with 'v1,'; it should hold v1,<",
    ),
    "sha1": (
        lambda: respelt(lambda raw: f"v1,{base64.b64encode(raw[:20]).decode()}"),
        "malformed: webhook-signature is as long as an HMAC-SHA1, not as an HMAC-SHA256; it should hold",
    ),
    "an hour ago": (lambda: an_hour_off(-1), "stale: webhook-timestamp has a time that is too long ago"),
    "another secret": (
        lambda: signed("msg_1", BODY, OTHER_SECRET),
        "mismatch: webhook-signature has a signature that does not fit these bytes and this connection's",
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_the_sender_is_told_what_is_wrong_and_what_is_expected(
    client: Client, connection: str, case: str
) -> None:
    headers, told = TOLD[case]
    client.connect("standard_webhooks", connection, SECRET)
    sent = headers()
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", BODY, sent)
    problem = assert_problem(answer, 401)
    assert problem["detail"].startswith(told)
    for value in sent.values():
        assert value.removeprefix("v1,") not in problem["detail"]


def test_what_is_expected_stands_in_the_list_of_sources(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    (source,) = (one for one in client.get("/sources")["items"] if one["name"] == "standard_webhooks")
    forms = {proof["header"]: proof["form"] for proof in source["proofs"][0]}
    answer = client.send("POST", f"/webhooks/standard_webhooks/{connection}", BODY)
    for header, form in forms.items():
        assert f"{header} should hold {form}" in answer.json["detail"]


def test_a_connection_without_a_secret_lets_nobody_in(client: Client, connection: str) -> None:
    answer = client.call("PUT", f"/connections/standard_webhooks/{connection}", {"secrets": []})
    assert answer.status == 200
    sent = client.send(
        "POST", f"/webhooks/standard_webhooks/{connection}", BODY, signed("msg_1", BODY, SECRET)
    )
    problem = assert_problem(sent, 401)
    assert problem["reason"] == "missing"
    assert problem["detail"].startswith("missing: this connection has no valid secret")
    assert answer.json["warning"].startswith("it has no secret in force")


@pytest.mark.parametrize("source", ["csv", "app_store", "inbound_email"])
@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
@pytest.mark.parametrize("type", ["application/json", "text/csv", "message/rfc822"])
def test_a_source_of_files_takes_no_webhook(
    client: Client, connection: str, source: str, method: str, type: str
) -> None:
    assert client.call("PUT", f"/connections/{source}/{connection}", {}).status == 200
    answer = client.send(method, f"/webhooks/{source}/{connection}", BODY, {"Content-Type": type})
    assert (
        assert_problem(answer, 405)["detail"] == f"{source} takes no webhooks; upload its feedback as files"
    )
