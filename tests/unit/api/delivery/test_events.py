"""POST /events and the handshake before it, as their senders see them."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from chalicelib.domain.delivery.stored_event import StoredEvent
from tests.unit.api.fakes import Client, FakeUseCases

WHOLE = {"specversion": "1.0", "id": "e1", "source": "/shop", "type": "order.paid", "data": {"n": 1}}
BINARY = {"ce_specversion": "1.0", "ce_id": "e1", "ce_source": "/shop", "ce_type": "order.paid"}


def kept(use: FakeUseCases) -> list[StoredEvent]:
    return list(use.delivery.log.events.values())


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (WHOLE, {}),
        (json.dumps(WHOLE).encode(), {"Content_Type": "application/cloudevents+json"}),
        ([WHOLE], {}),
        (json.dumps([WHOLE]).encode(), {"Content_Type": "application/cloudevents-batch+json; charset=utf-8"}),
        ({"n": 1}, BINARY),
    ],
)
def test_an_event_is_taken_in_every_form(api: Client, use: FakeUseCases, body: Any, headers: Any) -> None:
    answer = api("POST", "/events", body, **headers)
    assert (answer.status, answer.json) == (202, {"events": [{"id": "e1", "duplicate": False}]})
    (event,) = kept(use)
    assert event.identity == ("local", "/shop", "e1")
    assert event.members()["data"] == {"n": 1}
    assert [told.id for told in use.delivery.bus.events] == ["e1"]
    assert api("POST", "/events", body, **headers).json["events"][0]["duplicate"] is True


def test_an_event_without_an_id_gets_a_new_one_each_time(api: Client) -> None:
    ids = {api("POST", "/events", {"type": "a"}).json["events"][0]["id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(len(id) == 36 for id in ids)


def test_with_a_key_a_repeat_after_a_crash_makes_the_same_id(api: Client, use: FakeUseCases) -> None:
    asked = [{"type": "a"}, {"type": "a"}]
    first = api("POST", "/events", asked, Idempotency_Key='"k"').json["events"]
    use.operations.idempotency.rows.clear()  # as if its answer was never remembered
    again = api("POST", "/events", asked, Idempotency_Key='"k"').json["events"]
    assert again == [{**event, "duplicate": True} for event in first]
    assert first[0]["id"] != first[1]["id"]
    use.operations.idempotency.rows.clear()  # as a day later, when the key may stand for something else
    other = api("POST", "/events", [{"type": "b"}, {"type": "b"}], Idempotency_Key='"k"').json["events"]
    assert not {event["id"] for event in other} & {event["id"] for event in first}


def test_it_belongs_to_the_key_s_owner_and_a_restricted_one_sees_it(holder: Any, use: FakeUseCases) -> None:
    restricted = holder("ingest", owner="acme", connections=("csv/a", "zendesk/*"))
    assert restricted("POST", "/events", {"type": "a"}).status == 202
    (event,) = kept(use)
    assert (event.owner, event.source, event.connections) == ("acme", "partner.acme", ("csv/a", "zendesk/*"))


@pytest.mark.parametrize("scope", ["read", "write"])
def test_another_scope_posts_nothing(holder: Any, use: FakeUseCases, scope: str) -> None:
    for headers in ({}, {"Idempotency_Key": '"k"'}):
        assert holder(scope)("POST", "/events", {"type": "a"}, **headers).status == 403
    assert (kept(use), use.operations.idempotency.rows) == ([], {})


def test_a_stranger_posts_nothing(stranger: Client) -> None:
    assert stranger("POST", "/events", {"type": "a"}).status == 401
    assert stranger("POST", "/events", {"type": "a"}, Idempotency_Key='"k"').status == 401


@pytest.mark.parametrize(
    ("body", "headers", "status", "field"),
    [
        ({}, {}, 400, "type"),
        ([WHOLE, {"type": "a.b", "id": "a.b"}], {}, 400, "events.1.id"),
        ([{"type": "a"}] * 101, {}, 400, "events"),
        ({"type": "a", "data": eval("[" * 50 + "]" * 50)}, {}, 400, None),
        ({"type": "ticket.created"}, {}, 403, None),
        ([WHOLE, {"type": "Ticket.created"}], {}, 403, None),
        ({"type": "a", "owner": "another"}, {}, 403, None),
        ("x=1", {"Content_Type": "application/x-www-form-urlencoded"}, 415, None),
        ("x" * 1_000_001, {}, 413, None),
        ("{", {}, 400, None),
        ({}, BINARY | {"ce_id": "a.b"}, 400, "ce-id"),
    ],
)
def test_what_is_refused_is_named_and_nothing_of_it_is_kept(
    api: Client, use: FakeUseCases, body: Any, headers: Any, status: int, field: str | None
) -> None:
    answer = api("POST", "/events", body, **headers)
    assert (answer.status, answer.json.get("field")) == (status, field), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert kept(use) == []


def test_a_bus_that_is_down_is_503_and_the_repeat_goes_on(api: Client, use: FakeUseCases) -> None:
    use.delivery.bus.down = True
    answer = api("POST", "/events", WHOLE, Idempotency_Key='"k"')
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    use.delivery.bus.down = False
    again = api("POST", "/events", WHOLE, Idempotency_Key='"k"')
    assert (again.status, again.json["events"]) == (202, [{"id": "e1", "duplicate": False}])


def test_no_word_of_an_event_is_logged(api: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        api("POST", "/events", WHOLE | {"subject": "private", "data": "private"})
    assert "private" not in caplog.text
    assert [record.event_id for record in caplog.records if record.message == "accepted"] == ["e1"]


# ---- OPTIONS -------------------------------------------------------------------------------------


def test_a_sender_that_asks_may_post(stranger: Client) -> None:
    answer = stranger("OPTIONS", "/events", WebHook_Request_Origin="a.example")
    assert answer.status == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "a.example"
    assert answer.headers["WebHook-Allowed-Rate"] == "*"
    assert "POST" in answer.headers["Allow"]
    assert answer.text == ""
    asked = {"WebHook_Request_Origin": "a.example", "WebHook_Request_Rate": "120"}
    assert stranger("OPTIONS", "/events", **asked).headers["WebHook-Allowed-Rate"] == "120"


def test_who_does_not_ask_is_told_the_methods_alone(stranger: Client) -> None:
    answer = stranger("OPTIONS", "/events")
    assert answer.status == 200
    assert {"POST", "OPTIONS"} <= set(answer.headers["Allow"].split(", "))
    assert not [name for name in answer.headers if name.startswith("WebHook")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WebHook_Request_Origin", ""),
        ("WebHook_Request_Origin", "a b"),
        ("WebHook_Request_Origin", "a\r\nX-Evil: 1"),
        ("WebHook_Request_Origin", "x" * 256),
        ("WebHook_Request_Rate", "0"),
        ("WebHook_Request_Rate", "-1"),
        ("WebHook_Request_Rate", "many"),
    ],
)
def test_a_header_that_says_nothing_is_400(stranger: Client, name: str, value: str) -> None:
    answer = stranger("OPTIONS", "/events", **{"WebHook_Request_Origin": "a.example", name: value})
    assert (answer.status, answer.json["field"]) == (400, name.replace("_", "-"))


def test_a_browser_s_preflight_is_answered_as_one(stranger: Client) -> None:
    answer = stranger(
        "OPTIONS",
        "/events",
        Origin="https://desk.example",
        Access_Control_Request_Method="POST",
        WebHook_Request_Origin="a.example",
    )
    assert answer.status == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "OPTIONS" not in answer.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "WebHook-Allowed-Origin" not in answer.headers
