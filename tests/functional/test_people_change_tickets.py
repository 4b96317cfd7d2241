"""People at work: reading, searching, changing, joining and configuring, over HTTP."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functional.client import SECRET, ZENDESK_SECRET, Answer, Client, eventually, signed
from tests.functional.stores import Stores

OTHER = "whsec_" + base64.b64encode(b"another secret of the same length").decode()


def said(client: Client, connection: str, *texts: str, **fields: Any) -> list[dict[str, Any]]:
    """Tickets of these texts, in their order; ids are "0", "1", …"""
    client.connect("standard_webhooks", connection)
    for number, text in enumerate(texts):
        data = {"id": str(number), "text": text, **fields}
        assert client.webhook(connection, f"msg_{number}", data).status == 202
    tickets = client.wait_for_tickets(connection, len(texts))
    return sorted(tickets, key=lambda ticket: int(ticket["external_id"]))


# ---- changing --------------------------------------------------------------------------------------


def test_a_change_is_seen_and_stands_in_the_history(client: Client, connection: str) -> None:
    (ticket,) = said(client, connection, "It crashes")
    change = {"status": "pending", "assignee": "jo", "priority": "critical", "tags": ["vip", "vip", "ios"]}
    answer = client.call("PATCH", f"/tickets/{ticket['id']}", change)
    assert answer.status == 200
    changed = answer.json
    assert (changed["status"], changed["assignee"], changed["tags"]) == ("pending", "jo", ["vip", "ios"])
    assert changed["priority"] == {"label": "critical", "reasons": ["set by local (local)"]}
    assert client.get(f"/tickets/{ticket['id']}") == changed
    last = client.history(ticket["id"])[-1]
    assert (last["stage"], last["by"]) == ("human", "local (local)")
    assert last["data"]["status"] == {"from": "open", "to": "pending"}


def test_what_a_person_set_outlives_a_newer_version(client: Client, connection: str, stores: Stores) -> None:
    (ticket,) = said(client, connection, "It crashes all the time", updated_at="2026-01-01T00:00:00Z")
    change = {"category": "question", "priority": "low", "tags": ["mine"], "status": "resolved"}
    assert client.call("PATCH", f"/tickets/{ticket['id']}", change).status == 200
    newer = {"id": "0", "text": "I love it, the best there is!", "updated_at": "2026-01-02T00:00:00Z"}
    assert client.webhook(connection, "msg_newer", newer).status == 202
    now = eventually(
        lambda: one if (one := client.get(f"/tickets/{ticket['id']}"))["text"] == newer["text"] else {}
    )
    assert (now["category"]["label"], now["priority"]["label"]) == ("question", "low")
    assert (now["tags"], now["status"]) == (["mine"], "resolved")
    assert now["sentiment"]["label"] == "positive"


def test_whoever_read_an_older_state_cannot_overwrite_a_newer_one(client: Client, connection: str) -> None:
    (ticket,) = said(client, connection, "It crashes")
    path = f"/tickets/{ticket['id']}"
    tag = client.call("GET", path).headers["etag"]
    assert client.call("GET", path, If_None_Match=tag).status == 304
    first = client.call("PATCH", path, {"assignee": "jo"}, If_Match=tag)
    assert first.status == 200
    second = client.call("PATCH", path, {"assignee": "sam"}, If_Match=tag)
    assert (second.status, second.json["type"]) == (412, "urn:triggeriq:problem:stale")
    assert client.get(path)["assignee"] == "jo"
    again = client.call("PATCH", path, {"assignee": "sam"}, If_Match=first.headers["etag"])
    assert (again.status, again.json["assignee"]) == (200, "sam")
    assert client.call("PATCH", path, {"assignee": None}).json["assignee"] is None


def test_merged_tickets_are_one_and_can_be_taken_apart(client: Client, connection: str) -> None:
    first, second, third = said(client, connection, "It crashes", "It still crashes", "Crashing again")
    merged = client.call("POST", f"/tickets/{first['id']}/merge", {"tickets": [second["id"], third["id"]]})
    assert (merged.status, merged.json["feedback_count"]) == (200, 3)
    assert [ticket["id"] for ticket in client.tickets(connection)] == [first["id"]]
    assert client.get(f"/tickets/{second['id']}")["status"] == "closed"
    assert client.history(second["id"])[-1]["data"] == {"into": first["id"]}
    items = client.get(f"/tickets/{first['id']}/feedback")["items"]
    assert [item["text"] for item in items] == ["It crashes", "It still crashes", "Crashing again"]
    part = {name: items[1][name] for name in ("source", "connection", "external_id")}
    split = client.call("POST", f"/tickets/{first['id']}/split", {"feedback": [part]})
    assert split.status == 201
    assert split.json["ticket"]["feedback_count"] == 2
    assert (split.json["new"]["id"], split.json["new"]["text"]) == (second["id"], "It still crashes")
    assert split.headers["location"] == f"/tickets/{second['id']}"
    assert {one["id"] for one in client.tickets(connection)} == {first["id"], second["id"]}
    assert [row["stage"] for row in client.history(first["id"])][-2:] == ["merge", "split"]


def test_what_cannot_be_joined_or_taken_apart_is_refused(client: Client, connection: str) -> None:
    (ticket,) = said(client, connection, "It crashes")
    path = f"/tickets/{ticket['id']}"
    assert client.call("POST", f"{path}/merge", {"tickets": [ticket["id"]]}).status == 400
    assert client.call("POST", f"{path}/merge", {"tickets": [str(uuid.uuid4())]}).status == 404
    lead = {"source": "standard_webhooks", "connection": connection, "external_id": "0"}
    assert client.call("POST", f"{path}/split", {"feedback": [lead]}).status == 409
    assert client.call("POST", f"{path}/split", {"feedback": [{**lead, "external_id": "x"}]}).status == 409


# ---- reading ---------------------------------------------------------------------------------------


def test_a_list_of_a_hundred_and_twenty_is_paged_without_loss_or_repeat(
    client: Client, connection: str, stores: Stores
) -> None:
    rows = "".join(f"{n},feedback number {n}\n" for n in range(120))
    stores.imported(f"reviews/csv/{connection}/many.csv", f"id,text\n{rows}".encode())
    eventually(lambda: len(client.tickets(connection)) == 120)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    sizes = []
    while True:
        page = client.get("/tickets", connection=connection, limit=50, **cursor)
        sizes.append(len(page["items"]))
        seen += [ticket["id"] for ticket in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert sizes == [50, 50, 20]
    assert len(set(seen)) == 120


def test_tickets_are_found_by_their_words_and_by_what_they_are(client: Client, connection: str) -> None:
    crash, praise, question = said(
        client,
        connection,
        "The app crashes when I upload a photograph",
        "I love this app, it is wonderful!",
        "How do I change my address?",
    )
    client.call(
        "PATCH", f"/tickets/{crash['id']}", {"assignee": "jo", "tags": ["photo"], "status": "pending"}
    )

    def found(**filters: Any) -> set[str]:
        return {ticket["id"] for ticket in client.tickets(connection, **filters)}

    assert found(q="photograph") == {crash["id"]}
    assert found(q="PHOTOGRAPH crashes") == {crash["id"]}
    assert found(q="nobody said this") == set()
    assert found(q="' or 1=1; --") == set()
    assert found(sentiment="positive") == {praise["id"]}
    assert found(category="question") == {question["id"]}
    assert found(assignee="jo") == found(tag="photo") == found(status="pending") == {crash["id"]}
    assert found(source="standard_webhooks", status="open") == {praise["id"], question["id"]}
    assert found(source="zendesk") == set()
    since = crash["received_at"]
    assert crash["id"] in found(since=since)
    assert crash["id"] not in found(until=since)
    assert found(since="2100-01-01") == set()


# ---- connections -----------------------------------------------------------------------------------


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
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    client.call("PUT", path, {"secrets": [OTHER, {"value": SECRET, "expires_at": past}]})
    assert send(client, connection, "4", OTHER).status == 202
    refused = send(client, connection, "5", SECRET)
    assert (refused.status, refused.json["reason"]) == (401, "mismatch")


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
        ("standard_webhooks", {"settings": {"fields": {"colour": "x"}}}, "settings.fields"),
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


# ---- previews --------------------------------------------------------------------------------------

SAMPLES: dict[str, tuple[bytes, str]] = {
    "standard_webhooks": (b'{"type": "x", "data": {"id": "1", "text": "Hello there"}}', "Hello there"),
    "zendesk": (b'{"ticket_id": "7", "description": "Hello there"}', "Hello there"),
    "generic_json": (b'{"message": "Hello there"}', "Hello there"),
    "app_store": (b'{"data": [{"id": "1", "attributes": {"body": "Hello there"}}]}', "Hello there"),
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
    ] == {"ok": True, "reason": None}
    stale = signed("msg_1", body, at=datetime.now(UTC) - timedelta(hours=1))
    refused = preview(client, "standard_webhooks", connection, body, **stale).json["verification"]
    assert (refused["ok"], "stale" in refused["reason"]) == (False, True)


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


# ---- configurations --------------------------------------------------------------------------------


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


# ---- keys ------------------------------------------------------------------------------------------


def new_key(client: Client, *scopes: str, **more: str) -> dict[str, Any]:
    answer = client.call("POST", "/api-keys", {"scopes": list(scopes), "owner": "team", **more})
    assert answer.status == 201, answer
    key: dict[str, Any] = answer.json
    return key


def ask(client: Client, key: str, method: str, path: str) -> Answer:
    return client.send(method, path, headers={"X-Api-Key": key})


def test_a_key_opens_what_its_scopes_say(client: Client) -> None:
    key = new_key(client, "read")
    assert ask(client, key["key"], "GET", "/tickets").status == 200
    refused = ask(client, key["key"], "GET", "/api-keys")
    assert (refused.status, "admin" in refused.json["detail"]) == (403, True)
    assert ask(client, key["key"], "DELETE", f"/api-keys/{key['id']}").status == 403
    ingest = new_key(client, "ingest")
    assert ask(client, ingest["key"], "GET", "/tickets").status == 403


def test_a_revoked_key_opens_nothing(client: Client) -> None:
    key = new_key(client, "read")
    assert ask(client, key["key"], "GET", "/tickets").status == 200
    assert client.call("DELETE", f"/api-keys/{key['id']}").status == 204
    refused = ask(client, key["key"], "GET", "/tickets")
    assert (refused.status, refused.json["reason"]) == (401, "mismatch")


def test_an_expired_key_opens_nothing(client: Client) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    key = new_key(client, "read", expires_at=soon.isoformat())
    refused = eventually(
        lambda: a if (a := ask(client, key["key"], "GET", "/tickets")).status != 200 else None
    )
    assert refused is not None
    assert (refused.status, refused.json["reason"]) == (401, "stale")


def test_a_key_is_shown_once(client: Client) -> None:
    key = new_key(client, "read")
    listed = client.call("GET", "/api-keys?limit=100")
    assert key["id"] in {one["id"] for one in listed.json["items"]}
    assert key["key"].encode() not in listed.body
    assert key["key"].rpartition("_")[2].encode() not in listed.body


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "missing"),
        ({"X-Api-Key": "tiq_short"}, "malformed"),
        ({"X-Api-Key": "tiq_" + "a" * 12 + "_" + "b" * 43}, "mismatch"),
        ({"Authorization": "Bearer x.y.z"}, "missing"),
    ],
)
def test_without_a_good_key_one_word_says_why(client: Client, headers: dict[str, str], reason: str) -> None:
    answer = client.send("GET", "/tickets", headers=headers)
    assert (answer.status, answer.json["reason"]) == (401, reason)
    assert answer.headers["content-type"] == "application/problem+json"


# ---- health ----------------------------------------------------------------------------------------


def test_a_deep_look_asks_every_dependency(client: Client) -> None:
    assert client.send("GET", "/health?deep=1").status == 401
    health = client.get("/health", deep=1)
    assert health["status"] == "ok"
    assert set(health["checks"]) >= {"postgres", "dynamodb", "s3", "sqs", "bus", "kms"}
    assert set(health["checks"].values()) == {"ok"}


def test_the_other_connection_of_a_key_is_not_shown(client: Client, connection: str) -> None:
    client.connect("zendesk", connection, ZENDESK_SECRET)
    key = new_key(client, "read", "write")["key"]
    assert ask(client, key, "GET", f"/connections/zendesk/{connection}").status == 403
    assert ask(client, key, "DELETE", f"/connections/zendesk/{connection}").status == 403
    assert connection.encode() not in ask(client, key, "GET", "/connections?limit=100").body
