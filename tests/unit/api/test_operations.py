"""Health, connections, configurations, previews, quarantine, dead letters, imports, keys, plugins."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.source_preview import SourcePreview, Verification
from chalicelib.domain.intake.source_view import SourceView
from chalicelib.domain.operations.configuration import TriageConfiguration
from chalicelib.domain.operations.plugin_view import PluginView
from chalicelib.domain.tickets.ticket import Category, Priority, Sentiment, Triage
from tests.unit.api.fakes import TICKET_ID
from triggeriq import Feedback, Scheme


def test_health_looks_at_nothing(stranger, use):
    use.operations.health = None
    answer = stranger("GET", "/health")
    assert answer.status == 200
    assert answer.json == {"status": "ok", "version": "0.1.0", "stage": "local"}


def test_deep_health_is_for_admins(stranger, api, holder):
    assert stranger("GET", "/health?deep=1").status == 401
    assert holder("read")("GET", "/health?deep=1").status == 403
    assert api("GET", "/health?deep=1").json["checks"] == {"postgres": "ok"}
    assert "checks" not in api("GET", "/health?deep=0").json


def test_deep_health_is_503_where_a_dependency_is_not_well(api, use):
    use.operations.checks = {"postgres": "no connection", "s3": "ok"}
    answer = api("GET", "/health?deep=true")
    assert (answer.status, answer.json["status"]) == (503, "degraded")


@pytest.mark.parametrize("query", ["deep=perhaps", "deep=1&deep=1", "depth=1"])
def test_health_refuses_odd_questions(stranger, query):
    assert stranger("GET", f"/health?{query}").status == 400


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


def test_a_configuration_is_read_and_set(api):
    answer = api("GET", "/configurations/triage")
    assert answer.headers["ETag"] == '"0"'
    assert answer.json == {
        "key": "triage",
        "version": 0,
        "value": {"review_below": TriageConfiguration().review_below},
        "by": None,
        "at": None,
    }
    put = api(
        "PUT", "/configurations/triage", {**answer.json, "value": {"review_below": 0.7}}, If_Match='"0"'
    )
    assert (put.status, put.json["version"], put.json["by"]) == (200, 1, "local (local)")
    assert api("PUT", "/configurations/triage", {"review_below": 0.1}).json["value"] == {"review_below": 0.1}
    assert api("PUT", "/configurations/triage", {"review_below": 0.1}, If_Match='"0"').status == 412
    assert [item["key"] for item in api("GET", "/configurations").json["items"]] == ["priority", "triage"]


def test_priority_rules_go_in_as_they_come_out(api):
    rules = api("GET", "/configurations/priority").json
    assert api("PUT", "/configurations/priority", rules).json["value"] == rules["value"]


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ({"rules": [{"priority": "odd", "reason": "r"}]}, "value.rules[0].priority"),
        ({"rules": [{"priority": "high"}]}, "value.rules[0].reason"),
        ({"rules": [{"priority": "high", "reason": "r", "catgory": ["spam"]}]}, "value.rules[0].catgory"),
        ({"rule": []}, "value.rule"),
    ],
)
def test_a_configuration_of_another_shape_is_400_with_the_place(api, value, field):
    answer = api("PUT", "/configurations/priority", {"value": value})
    assert (answer.status, answer.json["field"]) == (400, field)


def test_of_many_unknown_fields_a_few_are_named(api):
    value = {f"x{number}": 1 for number in range(1_000)} | {"y" * 100_000: 1}
    answer = api("PUT", "/configurations/priority", {"value": dict(reversed(value.items()))})
    assert answer.status == 400
    assert len(answer.json["errors"]) == 20
    assert len(answer.text) < 5_000


@pytest.mark.parametrize("threshold", [-0.1, 1.1, 1e308])
def test_a_threshold_out_of_its_range_is_400(api, threshold):
    answer = api("PUT", "/configurations/triage", {"value": {"review_below": threshold}})
    assert answer.status == 400
    assert "from 0 to 1" in answer.json["detail"]
    assert answer.json["field"] == "value.review_below"


def test_a_configuration_is_reset_only_on_purpose(api):
    api("PUT", "/configurations/triage", {"review_below": 0.7})
    for body in ({}, {"value": None}):
        answer = api("PUT", "/configurations/triage", body)
        assert (answer.status, answer.json["field"]) == (400, "value")
        assert "review_below (triage)" in answer.json["detail"]
    assert api("GET", "/configurations/triage").json["version"] == 1
    assert api("PUT", "/configurations/triage", {"value": {}}).json["value"] == {"review_below": 0.4}


def test_what_takes_a_body_must_get_one_and_what_stood_stays(api, use):
    api("PUT", "/connections/zendesk", {"secrets": ["s"]})
    answer = api("PUT", "/connections/zendesk")
    assert answer.status == 400
    assert "secrets, settings, owner" in answer.json["detail"]
    assert len(use.intake.connections.held["zendesk", "default"].secrets) == 1
    assert api("PUT", "/configurations/priority").status == 400
    assert api("GET", "/configurations/priority").json["version"] == 0
    for method, path in (
        ("POST", "/api-keys"),
        ("POST", "/triage/preview"),
        ("PATCH", f"/tickets/{TICKET_ID}"),
    ):
        assert "send a JSON object with" in api(method, path).json["detail"]
    assert api("POST", "/dlq/redrive").status == 202


def test_an_unknown_configuration_is_404(api):
    assert api("GET", "/configurations/nothing").status == 404
    assert api("PUT", "/configurations/nothing", {"value": {}}).status == 404


def test_setting_a_configuration_needs_an_admin(holder):
    assert holder("read", "write")("PUT", "/configurations/triage", {"value": {}}).status == 403


def test_a_source_is_previewed(api, use):
    use.intake.previewed = SourcePreview(
        Verification(False, "no connection"), (Feedback(external_id="1", text="hi"),), ("line 2: no text",)
    )
    answer = api("POST", "/sources/zendesk/preview", {"headers": {"X-A": "b"}, "body_base64": "aGk="})
    assert answer.status == 200
    assert answer.json["verification"] == {"ok": False, "reason": "no connection"}
    assert answer.json["errors"] == ["line 2: no text"]
    assert set(answer.json["feedback"][0]) == {
        "external_id", "version", "kind", "title", "text", "rating", "language", "author", "created_at",
        "url",
        "app", "device", "thread", "attributes",
    }  # fmt: skip
    ((source, connection, request),) = use.intake.received
    assert (source, connection, request.body, request.headers) == ("zendesk", "default", b"hi", {"x-a": "b"})


@pytest.mark.parametrize(
    "body", [{"body_base64": "%"}, {"body_base64": "aGk"}, {"headers": {"a": 1}}, {"connection": "A"}]
)
def test_a_preview_that_can_not_be_is_400(api, body):
    assert api("POST", "/sources/zendesk/preview", body).status == 400


def test_another_owner_s_connection_is_not_previewed(api, holder):
    api("PUT", "/connections/zendesk", {"secrets": ["s"], "owner": "acme"})
    assert holder("write", owner="other")("POST", "/sources/zendesk/preview", {}).status == 403
    assert holder("write", owner="acme")("POST", "/sources/zendesk/preview", {}).status != 403
    assert holder("read", owner="acme")("POST", "/sources/zendesk/preview", {}).status == 403


def test_texts_are_previewed(api, use):
    triage = Triage(
        category=Category(), sentiment=Sentiment(), language="en", priority=Priority(), details={}, title="t",
        description="", tags=(), needs_review=True,
    )  # fmt: skip
    use.triage.previewed = (triage, triage)
    answer = api(
        "POST", "/triage/preview", {"items": [{"text": "a"}, {"text": "b", "rating": 2, "source": "csv"}]}
    )
    assert len(answer.json["items"]) == 2
    assert set(answer.json["items"][0]) == {
        "category", "sentiment", "language", "priority", "details", "title", "needs_review",
    }  # fmt: skip


def test_plugins_are_listed(api, use):
    use.operations.plugin_list = (
        PluginView(
            name="zendesk", version="1", hooks=("register_sources",), from_="plugins/sources",
            status="failed",
            error="ImportError", calls=1, failures=2,
        ),
    )  # fmt: skip
    (item,) = api("GET", "/plugins").json["items"]
    assert item["from"] == "plugins/sources"
    assert set(item) >= {"name", "version", "hooks", "from", "status", "error"}


def test_sources_are_listed(api, use):
    use.intake.source_list = (
        SourceView(
            name="acme", title="Acme Desk", version="1", plugin="acme", methods=("POST",),
            content_types=("application/json",), takes_webhooks=True, reads=(".csv",),
            verification=(Scheme(header="x-signature"),), settings_schema={"type": "object"}, warning=None,
            last_event_at=None,
        ),
    )  # fmt: skip
    (item,) = api("GET", "/sources").json["items"]
    (scheme,) = item.pop("verification")
    assert item == {
        "name": "acme", "title": "Acme Desk", "version": "1", "plugin": "acme", "methods": ["POST"],
        "content_types": ["application/json"], "takes_webhooks": True, "reads": [".csv"],
        "settings_schema": {"type": "object"}, "warning": None, "last_event_at": None,
    }  # fmt: skip
    assert (scheme["kind"], scheme["header"], scheme["signed"]) == ("hmac", "x-signature", "{body}")


def test_the_quarantine_is_listed_and_replayed(api, use, holder):
    (item,) = api("GET", "/quarantine?source=csv").json["items"]
    assert {"id", "source", "reason", "at", "where"} <= set(item)
    assert api("GET", "/quarantine?source=zendesk").json == {"items": [], "next": None}
    assert api("GET", "/quarantine/q-1").json == item
    assert api("GET", "/quarantine/q-2").status == 404
    assert api("POST", "/quarantine/q-1/replay").status == 202
    assert use.intake.replayed == ["q-1"]
    assert holder("write")("POST", "/quarantine/q-1/replay").status == 403


def test_dead_letters_are_counted_and_put_back(api):
    answer = api("GET", "/dlq")
    assert answer.json["queues"] == {"ingest": 0, "feedback": 2}
    assert answer.json["items"][0]["reason"] == "it broke"
    assert api("POST", "/dlq/redrive").json == {"moved": {"feedback": 2}}
    assert api("POST", "/dlq/redrive", {"queue": "ingest"}).json == {"moved": {"ingest": 2}}


def test_imports_are_followed_and_cancelled(api):
    (item,) = api("GET", "/imports").json["items"]
    assert (item["status"], item["left"], item["key"]) == ("registered", 6, "reviews/csv/default/a.csv")
    assert api("GET", "/imports/i-1").json == item
    assert api("DELETE", "/imports/i-1").json["status"] == "cancelled"
    assert api("GET", "/imports/i-2").status == 404


def test_bad_rows_are_a_file_that_runs_no_formula(api):
    answer = api("GET", "/imports/i-1/bad-rows")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert 'filename="bad-rows-i-1.csv"' in answer.headers["Content-Disposition"]
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert row["where"] == "line 3"
    assert row["reason"].startswith("'=HYPERLINK")
    assert row["row"] == "'=1+1,caf\ufffd"
    assert row["quarantine_id"] == "q-1"
    assert api("GET", "/imports/i-2/bad-rows").status == 404


@pytest.mark.parametrize("character", ["\1", '"'], ids=["long in JSON", "long in CSV and in JSON"])
def test_a_download_of_bad_rows_stays_within_what_lambda_may_answer(api, use, character):
    bad = use.intake.imports.bad[0]
    excerpt = character.encode() * 2_000
    use.intake.imports.bad = (replace(bad, reason=character * 900, excerpt=excerpt),) * 2_000
    answer = api("GET", "/imports/i-1/bad-rows")
    assert len(json.dumps(answer.text)) < 6_000_000
    *rows, last = csv.DictReader(io.StringIO(answer.text))
    assert last["reason"].startswith(f"{2_000 - len(rows)} more")


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
        {"scopes": ["read"], "owner": "a", "expires_at": "2020-01-01T00:00:00Z"},
    ],
)  # fmt: skip
def test_a_key_that_can_not_be_is_400(api, body):
    assert api("POST", "/api-keys", body).status == 400
