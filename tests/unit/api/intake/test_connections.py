"""Connections: whose they are, and that no secret is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


def test_a_connection_is_made_and_its_secrets_are_never_shown(api, use):
    body = {
        "secrets": ["new secret", {"value": "old secret", "expires_at": "2030-01-01T00:00:00Z"}],
        "settings": {"a": 1},
    }
    answer = api("PUT", "/connections/zendesk/eu", body)
    assert answer.status == 200
    assert answer.json["connection"] == "eu"
    assert answer.json["settings"] == {"a": 1}
    assert [(s["current"], s["expires_at"]) for s in answer.json["secrets"]] == [
        (True, None),
        (False, "2030-01-01T00:00:00Z"),
    ]
    assert "new secret" not in answer.text
    assert api("GET", "/connections/zendesk/eu").json == answer.json
    assert use.intake.connections.held["zendesk", "eu"].secrets[1].expires_at == datetime(
        2030, 1, 1, tzinfo=UTC
    )


def test_the_plain_path_is_the_connection_default(api, use):
    api("PUT", "/connections/zendesk", {"secrets": ["s"]})
    assert ("zendesk", "default") in use.intake.connections.held
    assert api("DELETE", "/connections/zendesk").status == 204
    assert api("GET", "/connections/zendesk").status == 404
    assert api("DELETE", "/connections/zendesk").status == 404


@pytest.mark.parametrize(
    "body",
    [
        {"secrets": "s"},
        {"secrets": [""]},
        {"secrets": [{}]},
        {"settings": []},
        {"secret": ["s"]},
        {"secrets": [1]},
        {"secrets": [{"value": "s", "expires_at": 0}]},
    ],
)
def test_a_connection_that_can_not_be_is_400(api, body):
    assert api("PUT", "/connections/zendesk", body).status == 400


def test_a_connection_is_its_owner_s_or_an_admin_s(api, holder):
    owner, other = holder("write", "read", owner="acme"), holder("write", "read", owner="other")
    assert owner("PUT", "/connections/zendesk", {"secrets": ["s"]}).status == 403  # an admin makes it
    assert api("PUT", "/connections/zendesk", {"secrets": ["s"], "owner": "acme"}).json["owner"] == "acme"
    assert owner("PUT", "/connections/zendesk", {"secrets": ["t"]}).json["owner"] == "acme"
    assert owner("PUT", "/connections/zendesk", {"secrets": ["t"], "owner": "other"}).status == 403
    for method in ("GET", "PUT", "DELETE"):
        assert other(method, "/connections/zendesk", {} if method == "PUT" else None).status == 403
    assert other("GET", "/connections").json["items"] == []
    assert (
        len(owner("GET", "/connections").json["items"]) == len(api("GET", "/connections").json["items"]) == 1
    )


CREDENTIALS = "arn:aws:ssm:eu-central-1:123456789012:parameter/triggeriq/prod/acme"
FETCHED = {"credentials": CREDENTIALS, "address": "https://api.example.com"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, FETCHED),  # another connection's secret, to a host of his own
        (FETCHED, {**FETCHED, "address": "https://mine.example.com"}),
        (FETCHED, {**FETCHED, "credentials": f"{CREDENTIALS}-2"}),
        (FETCHED, {"address": "https://mine.example.com"}),
    ],
)
def test_only_an_unrestricted_admin_says_where_credentials_are_sent(api, holder, before, after):
    api("PUT", "/connections/zendesk/eu", {"secrets": ["s"], "owner": "acme", "settings": before})
    owner = holder("write", owner="acme")
    restricted = holder("admin", owner="acme", connections=("zendesk/*",))
    for caller in (owner, restricted):
        answer = caller("PUT", "/connections/zendesk/eu", {"secrets": ["t"], "settings": after})
        assert (answer.status, "admin" in answer.json["detail"]) == (403, True)
    assert restricted("PUT", "/connections/zendesk/us", {"settings": FETCHED}).status == 403
    assert api("GET", "/connections/zendesk/eu").json["settings"] == before
    assert api("PUT", "/connections/zendesk/eu", {"secrets": ["t"], "settings": after}).status == 200


def test_the_owner_of_what_is_fetched_rotates_its_secrets(api, holder):
    api("PUT", "/connections/zendesk/eu", {"secrets": ["s"], "owner": "acme", "settings": FETCHED})
    owner = holder("write", owner="acme", connections=("zendesk/eu",))
    answer = owner("PUT", "/connections/zendesk/eu", {"secrets": ["t"], "settings": FETCHED})
    assert (answer.status, answer.json["settings"]) == (200, FETCHED)


def test_a_connection_is_polled_by_its_owner_or_an_admin(api, holder):
    body = {"secrets": ["s"], "owner": "acme"}
    api("PUT", "/connections/zendesk/eu", body)
    answer = api("POST", "/connections/zendesk/eu/poll")
    assert (answer.status, answer.json["poll"]["requests"]) == (202, 0)
    assert holder("write", owner="acme")("POST", "/connections/zendesk/eu/poll").status == 202
    assert holder("write", owner="other")("POST", "/connections/zendesk/eu/poll").status == 403
    assert holder("read", owner="acme")("POST", "/connections/zendesk/eu/poll").status == 403
    assert api("POST", "/connections/zendesk/us/poll").status == 404
