from __future__ import annotations

import pytest

from chalicelib.errors import (
    NotFound,
    NotUnderstood,
    TooLarge,
    Unauthorised,
    Unavailable,
    WrongMethod,
    WrongType,
)
from chalicelib.pipeline.intake.publish import PublishedEvent
from chalicelib.pipeline.intake.receive import Accepted, Ignored
from triggeriq import Reply


def test_an_event_is_accepted(stranger, use):
    use.intake.outcome = Accepted((PublishedEvent("17", False), PublishedEvent("18", True)))
    answer = stranger("POST", "/webhooks/zendesk", b'{"\xff": 1}', X_Signature="s", Content_Type="text/odd")
    assert answer.status == 202
    assert answer.json == {"events": [{"id": "17", "duplicate": False}, {"id": "18", "duplicate": True}]}
    ((source, connection, request),) = use.intake.received
    assert (source, connection) == ("zendesk", "default")
    assert request.body == b'{"\xff": 1}'
    assert request.headers["x-signature"] == "s"


def test_a_connection_is_named_in_the_path(stranger, use):
    use.intake.outcome = Accepted(())
    stranger("POST", "/webhooks/zendesk/eu?token=a&token=b", "text")
    ((_, connection, request),) = use.intake.received
    assert (connection, request.query, request.body) == ("eu", {"token": "b"}, b"text")


@pytest.mark.parametrize(
    ("public_url", "called", "url"),
    [
        ("https://api.example.com", "/webhooks/square", "https://api.example.com/webhooks/square"),
        ("https://example.com/in", "/webhooks/trello/a_b", "https://example.com/in/webhooks/trello/a_b"),
        (
            "http://127.0.0.1:8000",
            "/webhooks/trello?memberID=14&mainModel=true",
            "http://127.0.0.1:8000/webhooks/trello?memberID=14&mainModel=true",
        ),
        (
            "https://a.example",
            "/webhooks/trello?next=https://b.example/c%3Fd,e&q=%C3%BC%26%3D%20%2B",
            "https://a.example/webhooks/trello?next=https://b.example/c?d,e&q=%C3%BC%26%3D%20%2B",
        ),
        ("https://a.example", "/webhooks/trello?a=1&b&a=2", "https://a.example/webhooks/trello?a=1&a=2&b="),
        ("", "/webhooks/square?a=1", ""),
    ],
)
def test_the_address_is_that_by_which_the_world_calls(stranger, use, public_url, called, url):
    use.intake.outcome = Accepted(())
    use.settings = use.settings._replace(public_url=public_url)
    stranger("POST", called, "{}")
    assert use.intake.received[0][2].url == url


def test_what_holds_no_feedback_is_accepted_and_said_so(stranger, use):
    use.intake.outcome = Ignored("a status change")
    answer = stranger("POST", "/webhooks/zendesk", "{}")
    assert (answer.status, answer.json) == (202, {"events": [], "ignored": "a status change"})


def test_a_challenge_gets_the_source_s_own_answer(stranger, use):
    use.intake.outcome = Reply(status=200, body="challenge", content_type="text/plain")
    answer = stranger("POST", "/webhooks/slack", "{}")
    assert (answer.status, answer.text, answer.headers["Content-Type"]) == (200, "challenge", "text/plain")


def test_a_probe_by_head_is_answered_without_a_body(stranger, use):
    use.intake.outcome = Reply(body="hello")
    answer = stranger("HEAD", "/webhooks/trello")
    assert (answer.status, answer.text) == (200, "")
    assert use.intake.received[0][2].method == "HEAD"


def test_a_challenge_by_get_gets_the_source_s_own_answer(stranger, use):
    use.intake.outcome = Reply(body="1158201444")
    answer = stranger("GET", "/webhooks/trello?hub.challenge=1158201444")
    assert (answer.status, answer.text) == (200, "1158201444")
    request = use.intake.received[0][2]
    assert (request.method, request.query) == ("GET", {"hub.challenge": "1158201444"})


@pytest.mark.parametrize("reason", ["missing", "malformed", "stale", "mismatch"])
def test_a_bad_signature_gets_one_word(stranger, use, reason):
    use.intake.outcome = Unauthorised(reason)
    answer = stranger("POST", "/webhooks/zendesk", "{}", Authorization="Bearer x")
    assert (answer.status, answer.json["reason"]) == (401, reason)
    assert answer.headers["WWW-Authenticate"].startswith("Signature ")
    assert "Key" not in answer.json["detail"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("no source"), 404), (WrongMethod("send POST", ("POST",)), 405), (TooLarge("long"), 413),
        (WrongType("send JSON"), 415), (NotUnderstood("no text", kept="q-1"), 422), (Unavailable("bus",
        "x"), 503),
        (RuntimeError("boom"), 500),
    ],
)  # fmt: skip
def test_every_refusal_is_a_problem(stranger, use, error, status):
    use.intake.outcome = error
    answer = stranger("POST", "/webhooks/zendesk", "{}")
    assert (answer.status, answer.json["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "boom" not in answer.text


def test_a_dependency_that_is_down_says_when_to_try_again(stranger, use):
    use.intake.outcome = Unavailable("bus", "ThrottlingException of account 123")
    answer = stranger("POST", "/webhooks/zendesk", "{}")
    assert answer.headers["Retry-After"] == "5"
    assert "123" not in answer.text


def test_a_refusal_says_what_is_wrong(stranger, use):
    use.intake.outcome = Unauthorised("malformed", "x-signature is in base64, not in hex")
    answer = stranger("POST", "/webhooks/zendesk", "{}")
    assert answer.json["reason"] == "malformed"
    assert answer.json["detail"] == "malformed: x-signature is in base64, not in hex"
    assert "base64" not in str(answer.headers)


def test_a_body_that_was_kept_is_named(stranger, use):
    use.intake.outcome = NotUnderstood("no text", kept="q-1")
    assert stranger("POST", "/webhooks/zendesk", "{}").json["kept"] == "q-1"


def test_a_body_over_a_megabyte_is_413(stranger, use):
    assert stranger("POST", "/webhooks/zendesk", b"x" * 1_000_001).status == 413
    assert use.intake.received == []
    use.intake.outcome = Accepted(())
    assert stranger("POST", "/webhooks/zendesk", b"x" * 1_000_000).status == 202


def test_a_plugin_s_own_words_on_a_signature_stay_inside(stranger, use):
    use.intake.outcome = Unauthorised('expected "c0ffee"\r\nX-Evil: 1')
    answer = stranger("POST", "/webhooks/zendesk", "{}")
    assert answer.json["reason"] == "mismatch"
    assert "c0ffee" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("outcome", [Ignored("a \ud800"), Reply(body="\ud800"), NotUnderstood("a \udfff")])
def test_half_a_character_in_a_plugin_s_words_is_outlived(stranger, use, outcome):
    use.intake.outcome = outcome
    answer = stranger("POST", "/webhooks/zendesk", "{}")
    assert answer.status in (200, 202, 422)
    assert answer.text.encode()
