from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.api.app import App
from chalicelib.api.routes import OPEN, REFUSED, ROUTES, ROWS, WEBHOOK, Route
from chalicelib.settings import Settings


def test_no_key_is_missing(stranger):
    answer = stranger("GET", "/tickets")
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("ApiKey ")
    assert answer.json["reason"] == "missing"
    assert answer.json["request_id"] == "r-1"
    assert set(answer.json) >= {"type", "title", "status", "detail"}


@pytest.mark.parametrize(
    "key", ["tiq_short_x", "nonsense", "tiq_mfzwk3tlobqx_" + "é" * 43, " ", "tiq_mfzwk3tlobqx_" + "a" * 44]
)
def test_a_key_of_another_form_is_malformed(stranger, key):
    assert stranger("GET", "/tickets", X_Api_Key=key).json["reason"] == "malformed"


def test_an_unknown_key_and_a_wrong_secret_are_told_alike(stranger, holder):
    holder("read")
    unknown = stranger("GET", "/tickets", X_Api_Key="tiq_mfzwk3tlobqx_" + "a" * 43)
    assert (unknown.status, unknown.json["reason"]) == (401, "mismatch")


def test_an_expired_key_is_stale(holder):
    assert holder("read", expires_in=timedelta(0))("GET", "/tickets").json["reason"] == "stale"
    assert holder("read", expires_in=timedelta(seconds=1))("GET", "/tickets").status == 200


def test_a_revoked_key_is_a_mismatch(holder, use):
    client = holder("read")
    (key_id,) = use.operations.api_keys.held
    use.operations.api_keys.revoke(key_id, use.now())
    assert client("GET", "/tickets").json["reason"] == "mismatch"


def test_a_scope_that_is_wanting_is_named(holder):
    answer = holder("read")("PATCH", "/tickets/1b0c3f9e-8a5d-5a0b-9a53-3f6f0f0f7c11", {"status": "closed"})
    assert answer.status == 403
    assert "write" in answer.json["detail"]


def test_admin_holds_every_scope(holder):
    assert holder("admin")("GET", "/tickets").status == 200


def test_the_local_key_works_on_the_local_stage_only(api, use):
    assert api("GET", "/tickets").status == 200
    use.settings = Settings(stage="dev")
    answer = api("GET", "/tickets")
    assert (answer.status, answer.json["reason"]) == (401, "malformed")


def test_a_bearer_token_is_told_what_to_send_instead(stranger):
    answer = stranger("GET", "/tickets", Authorization="Bearer x.y.z")
    assert answer.status == 401
    assert "X-Api-Key" in answer.json["detail"]
    assert "not taken yet" in answer.json["detail"]


def test_a_route_without_an_access_rule_does_not_start():
    with pytest.raises(ValueError, match="/secrets declares no access rule"):
        App("test", routes=[Route("GET", "/secrets", "list_secrets", "", "public", "health:check", "")])


@pytest.mark.parametrize(
    ("access", "restricted"), [("read", ""), ("read", "all"), (OPEN, ROWS), (WEBHOOK, REFUSED)]
)
def test_a_route_that_does_not_say_what_a_restricted_caller_gets_does_not_start(access, restricted):
    with pytest.raises(ValueError, match="GET /secrets does not declare what a restricted caller gets"):
        App("test", routes=[Route("GET", "/secrets", "list_secrets", access, restricted, "health:check", "")])


def test_a_route_can_not_leave_out_what_a_restricted_caller_gets():
    with pytest.raises(TypeError):
        Route("GET", "/secrets", "list_secrets", access="read", handler="health:check", summary="")


@pytest.mark.parametrize("route", [one for one in ROUTES if one.restricted == REFUSED], ids=str)
def test_a_restricted_key_is_refused_what_is_about_more_than_its_connections(holder, route):
    restricted = holder("admin", connections=("zendesk/acme", "csv/*"))
    path = route.path.replace("{key}", "triage").replace("{id}", "a")
    answer = restricted(route.method, path, {} if route.body else None)
    assert (answer.status, answer.json["type"]) == (403, "urn:triggeriq:problem:forbidden")
    assert "zendesk/acme, csv/*" in answer.json["detail"]
    assert "ask an admin" in answer.json["detail"]


def test_a_route_beside_the_table_does_not_start():
    with pytest.raises(TypeError, match="declares no access rule"):
        App("test").route("/secrets")
