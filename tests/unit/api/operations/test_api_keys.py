"""API keys: made, shown once, and revoked."""

from __future__ import annotations

import pytest


def test_a_key_is_made_shown_once_and_revoked(api, use, stranger):
    made = api("POST", "/api-keys", {"scopes": ["write", "read"], "owner": "desk"})
    assert made.status == 201
    key, key_id = made.json["key"], made.json["id"]
    assert key.startswith(f"tiq_{key_id}_")
    assert "digest" not in made.json
    assert stranger("GET", "/tickets", X_Api_Key=key).status == 200
    listed = api("GET", "/api-keys")
    assert listed.json["items"][0]["scopes"] == ["read", "write"]
    assert key not in listed.text
    assert "digest" not in listed.text
    assert key not in repr(use.operations.api_keys.held)
    assert api("DELETE", f"/api-keys/{key_id}").status == 204
    assert stranger("GET", "/tickets", X_Api_Key=key).status == 401
    assert api("DELETE", "/api-keys/unknown").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, {"scopes": [], "owner": "a"}, {"scopes": ["all"], "owner": "a"}, {"scopes": ["read"],
        "owner": " "},
        {"scopes": ["read"], "owner": "triggeriq"}, {"scopes": ["read"], "owner": " triggeriq "},
        {"scopes": ["read"], "owner": "a", "expires_at": "2020-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_a_key_that_can_not_be_is_400(api, body):
    assert api("POST", "/api-keys", body).status == 400


@pytest.mark.parametrize("time", ["2020-01-01T00:00:00Z", "2024-05-01T12:00:00Z", 0, "0", True, "never", 2e9])
def test_an_expiry_that_is_past_or_no_date_is_named(api, time):
    answer = api("POST", "/api-keys", {"scopes": ["read"], "owner": "a", "expires_at": time})
    assert (answer.status, answer.json["field"]) == (400, "expires_at")
    assert "time" in answer.json["detail"]
