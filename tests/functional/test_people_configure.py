"""People who set it up: connections, what a preview shows, configurations, over HTTP."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functional.client import SECRET, Answer, Client, eventually, signed
from tests.functional.problems import assert_problem
from tests.functional.stores import Stores

OTHER = "whsec_" + base64.b64encode(b"another secret of the same length").decode()

# ---- connections ----------------------------------------------------------------------------------


def send(client: Client, connection: str, id: str, secret: str) -> Answer:
    body = json.dumps({"type": "x", "data": {"id": id, "text": "Hello"}}).encode()
    return client.send("POST", f"/webhooks/standard_webhooks/{connection}", body, signed(id, body, secret))


def test_two_secrets_are_valid_while_one_is_rotated_out(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection, SECRET)
    assert send(client, connection, "1", OTHER).json["reason"] == "mismatch"
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    secrets = [OTHER, {"value": SECRET, "expires_at": soon}]
    path = f"/connections/standard_webhooks/{connection}"
    view = client.call("PUT", path, {"secrets": secrets})
    assert view.status == 200
    assert [one["current"] for one in view.json["secrets"]] == [True, False]
    assert send(client, connection, "2", OTHER).status == 202
    assert send(client, connection, "3", SECRET).status == 202
    assert client.call("PUT", path, {"secrets": [OTHER]}).status == 200
    assert send(client, connection, "4", OTHER).status == 202
    refused = send(client, connection, "5", SECRET)
    assert (refused.status, refused.json["reason"]) == (401, "mismatch")


@pytest.mark.parametrize("expiry", [-timedelta(days=1), -timedelta(seconds=1)])
def test_a_secret_that_has_expired_is_refused(client: Client, connection: str, expiry: timedelta) -> None:
    past = (datetime.now(UTC) + expiry).isoformat()
    answer = client.call(
        "PUT",
        f"/connections/standard_webhooks/{connection}",
        {"secrets": [OTHER, {"value": SECRET, "expires_at": past}]},
    )
    problem = assert_problem(answer, 400)
    assert problem["field"] == "secrets[1].expires_at"
    assert "leave this secret out" in problem["detail"]
    assert client.call("GET", f"/connections/standard_webhooks/{connection}").status == 404


def test_a_connection_whose_last_secret_has_expired_says_so(client: Client, connection: str) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    path = f"/connections/standard_webhooks/{connection}"
    made = client.call("PUT", path, {"secrets": [{"value": SECRET, "expires_at": soon}]})
    assert (made.status, made.json["warning"]) == (200, None)
    warning = eventually(lambda: client.get(path)["warning"])
    assert warning.startswith("it has no secret in force, so every webhook is refused")
    problem = assert_problem(send(client, connection, "1", SECRET), 401)
    assert problem["reason"] == "missing"
    assert problem["detail"].startswith("missing: this connection has no valid secret")
    assert f"PUT {path}" in problem["detail"]
    listed = client.get("/connections", limit=100)["items"]
    assert [one["warning"] for one in listed if one["connection"] == connection] == [warning]
    assert client.call("PUT", path, {"secrets": [SECRET]}).json["warning"] is None
    assert send(client, connection, "2", SECRET).status == 202


def test_a_secret_is_never_shown_nor_kept_in_the_open(
    client: Client, connection: str, stores: Stores
) -> None:
    client.connect("standard_webhooks", connection, SECRET)
    for path in (f"/connections/standard_webhooks/{connection}", "/connections?limit=100"):
        answer = client.call("GET", path)
        assert answer.status == 200
        assert SECRET.encode() not in answer.body
    (row,) = stores.rows("connections", name=connection)
    assert SECRET.removeprefix("whsec_") not in str(row)
    assert SECRET.removeprefix("whsec_").encode() not in row["secrets"]["B"]


def test_a_connection_that_was_deleted_lets_nobody_in(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    assert send(client, connection, "1", SECRET).status == 202
    assert client.call("DELETE", f"/connections/standard_webhooks/{connection}").status == 204
    assert send(client, connection, "2", SECRET).status == 404
    assert client.call("DELETE", f"/connections/standard_webhooks/{connection}").status == 404


@pytest.mark.parametrize(
    ("source", "body", "field"),
    [
        ("zendesk", {"settings": {"x": 1}}, "settings"),
        ("standard_webhooks", {"settings": {"fields": {"colour": "x"}}}, "settings.fields.colour"),
        ("standard_webhooks", {"settings": {"fields": {"text": 5}}}, "settings.fields.text"),
        ("generic_json", {"settings": {"signed": "nothing"}}, "settings.signed"),
        ("csv", {"settings": {"columns": {"colour": "x"}}}, "settings.columns.colour"),
        ("standard_webhooks", {"settings": {"nobody": "x"}}, "settings.nobody"),
        ("generic_json", {"settings": {"verification": "hope"}}, "settings.verification"),
        ("standard_webhooks", {"secrets": [""]}, "secrets"),
        ("zendesk", {"secrets": ["dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="]}, "secrets[0]"),
        ("standard_webhooks", {"secrets": "s"}, "secrets"),
        ("standard_webhooks", {"owner": ""}, "owner"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(
    client: Client, connection: str, source: str, body: dict[str, Any], field: str
) -> None:
    answer = client.call("PUT", f"/connections/{source}/{connection}", body)
    assert answer.status == 400
    assert answer.json["field"].startswith(field)
    assert client.call("GET", f"/connections/{source}/{connection}").status == 404


# ---- previews -------------------------------------------------------------------------------------

SAMPLES: dict[str, tuple[bytes, str]] = {
    "standard_webhooks": (b'{"type": "x", "data": {"id": "1", "text": "Hello there"}}', "Hello there"),
    "typeform": (
        b'{"event_type": "form_response", "form_response": {"token": "t", "answers": [{"type": "text", '
        b'"text": "Hello there", "field": {"type": "long_text"}}]}}',
        "Hello there",
    ),
    "zendesk": (b'{"ticket_id": "7", "description": "Hello there"}', "Hello there"),
    "generic_json": (b'{"message": "Hello there"}', "Hello there"),
    "app_store": (b'{"data": [{"id": "1", "attributes": {"body": "Hello there"}}]}', "Hello there"),
    "github": (
        b'{"action": "opened", "issue": {"id": 1, "number": 1, "title": "Hi", "body": "Hello there", '
        b'"user": {"login": "ada", "type": "User"}, "author_association": "NONE"}, '
        b'"repository": {"full_name": "acme/shop"}}',
        "Hello there",
    ),
    "google_play": (
        b'{"reviews": [{"reviewId": "1", "comments": [{"userComment": {"text": "Hello there", '
        b'"starRating": 5, "lastModified": {"seconds": "1767323045"}}}]}]}',
        "Hello there",
    ),
    "intercom": (
        b'{"type": "notification_event", "topic": "conversation.user.created", "id": "notif_1", "data": '
        b'{"item": {"type": "conversation", "id": "1", "source": {"id": "2", "body": "<p>Hello there</p>", '
        b'"author": {"type": "user", "id": "3"}}}}}',
        "Hello there",
    ),
    "itunes_rss": (
        b'{"feed": {"entry": [{"id": {"label": "1"}, "im:rating": {"label": "5"}, "title": {"label": "Hi"}, '
        b'"content": {"label": "Hello there"}, "author": {"name": {"label": "ada"}}}]}}',
        "Hello there",
    ),
    "slack": (
        b'{"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": {"type": "message", '
        b'"channel": "C1", "user": "U1", "text": "Hello there", "ts": "1767323045.000100"}}',
        "Hello there",
    ),
    "trustpilot": (
        b'{"events": [{"eventName": "service-review-created", "version": "1.0", "eventData": {"id": "1", '
        b'"stars": 5, "title": "Hi", "text": "Hello there", "consumer": {"id": "2", "name": "ada"}}}]}',
        "Hello there",
    ),
    "csv": (b"id,text\n1,Hello there\n", "Hello there"),
    "inbound_email": (b"From: a@example.com\nSubject: Hi\n\nHello there\n", "Hello there"),
}


def preview(client: Client, source: str, connection: str, body: bytes, **headers: str) -> Answer:
    return client.call(
        "POST",
        f"/sources/{source}/preview",
        {"connection": connection, "headers": headers, "body_base64": base64.b64encode(body).decode()},
    )


def test_every_source_has_a_sample_here(client: Client) -> None:
    assert {source["name"] for source in client.get("/sources")["items"]} == set(SAMPLES)


@pytest.mark.parametrize("source", SAMPLES)
def test_a_preview_shows_what_would_become_of_it_and_keeps_nothing(
    client: Client, connection: str, stores: Stores, source: str
) -> None:
    body, text = SAMPLES[source]
    headers = {"webhook-id": "msg_1"} if source == "standard_webhooks" else {}
    answer = preview(client, source, connection, body, **headers)
    assert answer.status == 200, answer
    assert answer.json["errors"] == []
    assert [one["text"] for one in answer.json["feedback"]] == [text]
    assert answer.json["verification"]["ok"] is False
    broken = preview(client, source, connection, b"\xff{", **headers).json
    assert broken["feedback"] == []
    assert broken["errors"]
    stores.wait_until_quiet()
    assert client.tickets(connection) == client.quarantined(connection) == []


def test_a_preview_says_whether_the_signature_holds_and_why_not(client: Client, connection: str) -> None:
    client.connect("standard_webhooks", connection)
    body = SAMPLES["standard_webhooks"][0]
    assert preview(client, "standard_webhooks", connection, body, **signed("msg_1", body)).json[
        "verification"
    ] == {"ok": True, "reason": None, "detail": None}
    stale = signed("msg_1", body, at=datetime.now(UTC) - timedelta(hours=1))
    refused = preview(client, "standard_webhooks", connection, body, **stale).json["verification"]
    assert (refused["ok"], refused["reason"]) == (False, "stale")
    assert refused["detail"].startswith("webhook-timestamp is 3,6")
    assert refused["detail"].endswith(" and 300 s are allowed; apart from that the signature fits")
    spaced = preview(client, "standard_webhooks", connection, body + b"\n", **signed("msg_1", body)).json
    assert spaced["verification"]["reason"] == "mismatch"
    assert "over the body without its final line end" in spaced["verification"]["detail"]
    assert SECRET.removeprefix("whsec_") not in str(spaced["verification"])


def test_a_triage_preview_says_what_each_text_would_be(client: Client) -> None:
    items = [
        {"text": "The app crashes, I lost all my data. Terrible!", "rating": 1},
        {"text": "Wunderbar, ich liebe diese App, vielen Dank dafür!"},
        {"text": ""},
    ]
    answer = client.call("POST", "/triage/preview", {"items": items})
    assert answer.status == 200
    crash, praise, nothing = answer.json["items"]
    assert (crash["category"]["label"], crash["priority"]["label"]) == ("bug_report", "critical")
    assert crash["language"] == "en"
    assert praise["language"] == "de"
    assert nothing["needs_review"] is True


# ---- configurations -------------------------------------------------------------------------------


def test_a_new_priority_rule_takes_effect(client: Client, connection: str) -> None:
    path = "/configurations/priority"
    before = client.call("GET", path)
    rule = {"priority": "critical", "reason": "names the flux capacitor", "words": ["flux capacitor"]}
    value = {"rules": [*before.json["value"]["rules"], rule]}
    put = client.call("PUT", path, {"value": value}, If_Match=before.headers["etag"])
    assert (put.status, put.json["version"]) == (200, before.json["version"] + 1)
    try:
        stale = client.call("PUT", path, {"value": value}, If_Match=before.headers["etag"])
        assert stale.status == 412
        client.connect("standard_webhooks", connection)

        def critical() -> bool:
            id = uuid.uuid4().hex
            client.webhook(connection, id, {"id": id, "text": "My flux capacitor hums, thanks"})
            newest = next(
                iter(eventually(lambda: [t for t in client.tickets(connection) if t["external_id"] == id]))
            )
            return "names the flux capacitor" in newest["priority"]["reasons"]

        # Other processes believe what they read for some seconds.
        eventually(critical, seconds=60, every=0.5)
    finally:
        assert client.call("PUT", path, {"value": before.json["value"]}).status == 200


@pytest.mark.parametrize(
    ("key", "value", "field"),
    [
        ("priority", {"rules": [{"priority": "urgent", "reason": "x"}]}, "value.rules[0].priority"),
        ("priority", {"rules": "all"}, "value.rules"),
        ("triage", {"review_below": "much"}, "value.review_below"),
        ("triage", {"review_below": 1.5}, "value.review_below"),
        ("triage", {"review_belw": 0.5}, "value.review_belw"),
    ],
)
def test_a_wrong_configuration_is_refused_by_its_field(
    client: Client, key: str, value: dict[str, Any], field: str
) -> None:
    before = client.get(f"/configurations/{key}")
    answer = client.call("PUT", f"/configurations/{key}", {"value": value})
    assert (answer.status, answer.json["field"]) == (400, field)
    assert client.get(f"/configurations/{key}") == before
