"""API keys, over HTTP: what each opens, and what is told to those without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functional.client import ZENDESK_SECRET, Answer, Client, eventually

# ---- keys -----------------------------------------------------------------------------------------


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


# ---- health ---------------------------------------------------------------------------------------


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
