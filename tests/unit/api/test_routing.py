from __future__ import annotations

import json
import logging

import pytest

from chalicelib.log_context import bound
from chalicelib.log_lines import JsonLine
from chalicelib.settings import Settings
from tests.unit.api.fakes import TICKET_ID


def test_every_answer_forbids_caching_and_sniffing(stranger):
    headers = stranger("GET", "/health").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-Id"] == "r-1"


def test_an_unknown_address_is_a_problem(stranger):
    answer = stranger("GET", "/nothing/here")
    assert answer.status == 404
    assert answer.json["type"] == "urn:triggeriq:problem:not-found"


def test_a_wrong_method_is_told_the_right_ones(stranger):
    answer = stranger("DELETE", "/tickets")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert answer.json["type"] == "urn:triggeriq:problem:method-not-allowed"


def test_an_event_of_another_gateway_is_refused(app):
    with pytest.raises(ValueError, match="payload format"):
        app({"version": "2.0", "routeKey": "GET /health", "requestContext": {"http": {}}}, None)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "a"]
)
def test_a_body_that_is_not_json_by_its_type_is_415(api, content_type):
    answer = api("POST", "/dlq/redrive", "{}", Content_Type=content_type)
    assert answer.status == 415
    assert "application/json" in answer.json["detail"]


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", "application/vnd.api+json"]
)
def test_json_by_any_of_its_types_is_taken(api, content_type):
    assert api("POST", "/dlq/redrive", "{}", Content_Type=content_type).status == 202


def test_a_body_over_the_limit_is_413_before_it_is_decoded(api):
    assert api("POST", "/dlq/redrive", "x" * 1_000_001).status == 413
    assert api("POST", "/dlq/redrive", b"x" * 1_000_001).status == 413
    assert api("POST", "/dlq/redrive", "é" * 600_000).status == 413  # bytes count, not characters
    limit = {"queue": None, "pad": ""}
    assert api("POST", "/dlq/redrive", json.dumps(limit).ljust(1_000_000)).status == 400


def test_base64_that_is_none_is_400(app, api):
    event = api.event("POST", "/dlq/redrive", "%%%", {"X-Api-Key": "local-dev-key"})
    assert app({**event, "isBase64Encoded": True}, None)["statusCode"] == 400


@pytest.mark.parametrize("id", ["%2e%2e", "a%00b", "x" * 300, "%F0%9F%92%A5", "a%2Fb", "not-a-uuid", "%"])
def test_an_odd_id_is_404(api, id):
    assert api("GET", f"/tickets/{id}").status == 404
    assert api("GET", f"/imports/{id}").status == 404


@pytest.mark.parametrize("name", ["UPPER", "a%20b", "x" * 65, "%C3%A9", "a.b"])
def test_an_odd_source_is_404(api, stranger, name):
    assert api("GET", f"/connections/{name}").status == 404
    assert stranger("POST", f"/webhooks/{name}", "{}").status == 404


def test_an_encoded_path_is_decoded_once(api):
    assert api("GET", f"/tickets/{TICKET_ID.replace('-', '%2D')}").status == 200


def test_an_unexpected_error_tells_nothing_and_logs_one_line(api, use, caplog):
    use.tickets = None
    with caplog.at_level(logging.ERROR):
        answer = api("GET", "/tickets?q=private")
    assert answer.status == 500
    assert answer.json["type"] == "urn:triggeriq:problem:internal"
    assert "NoneType" not in answer.text
    (record,) = caplog.records
    with bound(request_id="r-1"):
        line = JsonLine("api", lambda: "").format(record)
    told = json.loads(line)
    assert (told["request_id"], told["route"]) == ("r-1", "GET /tickets")
    assert told["exception"] == "AttributeError"
    assert "tickets.py" in told["traceback"][-1]
    assert "private" not in line
    assert "NoneType" not in line


def test_an_error_while_writing_the_answer_is_500_too(api, use):
    use.operations.plugin_list = ("no plugin",)
    assert api("GET", "/plugins").status == 500


def test_any_origin_may_ask_where_all_are_set(stranger):
    answer = stranger("GET", "/health", Origin="https://a.example")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    preflight = stranger(
        "OPTIONS", "/tickets/x", Origin="https://a.example", Access_Control_Request_Method="PATCH"
    )
    assert preflight.status == 204
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert "X-Api-Key" in preflight.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://a.example"}, {"Access_Control_Request_Method": "PATCH"}]
)
def test_an_options_that_is_no_preflight_is_405(stranger, headers):
    answer = stranger("OPTIONS", "/tickets/x", **headers)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, PATCH")
    assert answer.json["type"] == "urn:triggeriq:problem:method-not-allowed"


def test_only_listed_origins_may_ask_where_some_are_set(stranger, use):
    use.settings = Settings(stage="prod", cors_origins=("https://desk.example",))
    known = stranger("GET", "/health", Origin="https://desk.example")
    assert known.headers["Access-Control-Allow-Origin"] == "https://desk.example"
    assert "Origin" in known.headers["Vary"]
    assert "Access-Control-Allow-Origin" not in stranger("GET", "/health", Origin="https://x.example").headers


def test_refusals_may_be_read_by_the_origin_too(stranger):
    assert (
        stranger("GET", "/tickets", Origin="https://a.example").headers["Access-Control-Allow-Origin"] == "*"
    )


def test_text_and_base64_bodies_are_the_same(api, use):
    text = json.dumps({"queue": "ingest"})
    for body in (text, text.encode()):
        answer = api("POST", "/dlq/redrive", body, Content_Type="application/json")
        assert answer.json == {"moved": {"ingest": 2}}


def test_what_was_counted_is_written_whatever_the_answer_is(stranger, api, use):
    use.intake.outcome = RuntimeError("down")
    assert stranger("POST", "/webhooks/zendesk", "{}").status == 500
    assert use.metrics.written == 1
    assert stranger("GET", "/health").status == 200
    assert use.metrics.written == 1  # health asks for nothing that counts
