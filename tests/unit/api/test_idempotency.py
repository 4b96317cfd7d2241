"""The header Idempotency-Key, as a client sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from chalicelib.api.app import App
from chalicelib.api.routes import ROUTES
from chalicelib.errors import Unavailable
from tests.unit.api.fakes import NOW, Client, FakeUseCases

EVENT = {"type": "order.paid", "data": 1}


def test_a_repeat_gets_the_same_answer_and_is_told_so(api: Client, use: FakeUseCases) -> None:
    first = api("POST", "/events", EVENT, Idempotency_Key='"k1"')
    again = api("POST", "/events", EVENT, Idempotency_Key='"k1"')
    assert (again.status, again.text) == (first.status, first.text)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Content-Type"] == "application/json"
    assert len(use.delivery.bus.events) == 1


def test_a_refusal_is_remembered_too(api: Client) -> None:
    first = api("POST", "/events", {"type": ""}, Idempotency_Key="k1")
    again = api("POST", "/events", {"type": ""}, Idempotency_Key="k1")
    assert (again.status, again.json) == (400, first.json)
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "change",
    [
        {"body": {"type": "order.paid", "data": 2}},
        {"Content_Type": "application/cloudevents+json"},
        {"ce_id": "e1"},
    ],
)
def test_the_same_key_with_another_request_is_422(api: Client, change: dict[str, Any]) -> None:
    api("POST", "/events", EVENT, Idempotency_Key='"k1"')
    body = change.pop("body", EVENT)
    answer = api("POST", "/events", body, Idempotency_Key='"k1"', **change)
    assert (answer.status, answer.json["type"]) == (422, "urn:triggeriq:problem:key-reused")


def test_a_key_is_an_owner_s_own(holder: Any) -> None:
    acme, other, colleague = holder("ingest", owner="acme"), holder("ingest"), holder("ingest", owner="acme")
    asked = {**EVENT, "id": "e1"}
    assert [
        client("POST", "/events", asked, Idempotency_Key='"k1"').json["events"][0]["duplicate"]
        for client in (acme, other, colleague)
    ] == [False, False, False]  # the colleague's is the answer to the first
    restricted = holder("ingest", owner="acme", connections=("csv/a",))
    assert restricted("POST", "/events", asked, Idempotency_Key='"k1"').status == 422


def test_an_owner_s_name_is_never_taken_for_another_s_and_a_key(holder: Any) -> None:
    theirs = holder("ingest", owner="acme#post_events")
    assert (
        holder("ingest", owner="acme")("POST", "/events", EVENT, Idempotency_Key="post_events#k").status
        == 202
    )
    assert "Idempotent-Replayed" not in theirs("POST", "/events", EVENT, Idempotency_Key="k").headers


def test_of_two_at_once_one_is_told_to_wait(app: App, use: FakeUseCases) -> None:
    """The second comes while the first is on its way to the bus."""
    bus, inside, over = use.delivery.bus, Barrier(2), Barrier(2)
    publish = bus.publish

    def slow(events: Any) -> Any:
        inside.wait(10)
        over.wait(10)
        return publish(events)

    bus.publish = slow
    api = Client(app, {"X-Api-Key": "local-dev-key"})
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(api, "POST", "/events", EVENT, Idempotency_Key='"k1"')
        inside.wait(10)
        second = api("POST", "/events", EVENT, Idempotency_Key='"k1"')
        over.wait(10)
    assert first.result().status == 202
    assert (second.status, second.json["type"]) == (409, "urn:triggeriq:problem:conflict")
    assert 1 <= int(second.headers["Retry-After"]) <= 30
    assert api("POST", "/events", EVENT, Idempotency_Key='"k1"').status == 202


def test_what_failed_on_our_side_is_done_again(api: Client, use: FakeUseCases) -> None:
    use.delivery.bus.down = True
    assert api("POST", "/events", EVENT, Idempotency_Key='"k1"').status == 503
    use.delivery.bus.down = False
    post, use.delivery.post_events = use.delivery.post_events, None
    assert api("POST", "/events", EVENT, Idempotency_Key='"k1"').status == 500
    use.delivery.post_events = post
    answer = api("POST", "/events", EVENT, Idempotency_Key='"k1"')
    assert (answer.status, answer.headers.get("Idempotent-Replayed")) == (202, None)


class Broken:
    """fails: the methods that find the table down."""

    def __init__(self, store: Any, *fails: str) -> None:
        self._store, self._fails = store, fails

    def __getattr__(self, name: str) -> Any:
        if name in self._fails:
            raise Unavailable("dynamodb", "down")
        return getattr(self._store, name)


def test_where_nothing_can_be_remembered_nothing_is_done(api: Client, use: FakeUseCases) -> None:
    use.operations.idempotency = Broken(use.operations.idempotency, "begin")
    assert api("POST", "/events", EVENT, Idempotency_Key='"k1"').status == 503
    assert use.delivery.bus.offered == []


def test_what_was_done_is_answered_even_if_it_can_t_be_remembered(api: Client, use: FakeUseCases) -> None:
    store = use.operations.idempotency
    use.operations.idempotency = Broken(store, "finish", "forget")
    first = api("POST", "/events", EVENT, Idempotency_Key='"k1"')
    assert first.status == 202
    assert api("POST", "/events", EVENT, Idempotency_Key='"k1"').status == 409
    (row,) = store.rows.values()
    row.until = NOW - timedelta(seconds=1)
    again = api("POST", "/events", EVENT, Idempotency_Key='"k1"')
    assert again.json["events"] == [{**first.json["events"][0], "duplicate": True}]


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        '""',
        '"',
        '"a',
        'a"b',
        "a b",
        "a,b",
        '"a", "b"',
        "x" * 256,
        f'"{"x" * 256}"',
        "ü",
        '"\u00fc"',
        '"\\a"',
    ],
)
def test_a_key_that_is_none_is_400(api: Client, use: FakeUseCases, key: str) -> None:
    answer = api("POST", "/events", EVENT, Idempotency_Key=key)
    assert (answer.status, answer.json["field"]) == (400, "Idempotency-Key")
    assert use.delivery.bus.offered == []


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("k1", '"k1"'),
        (" k1 ", "k1"),
        ("a" * 255, f'"{"a" * 255}"'),
        ('"\\"\\\\"', '"\\"\\\\"'),
        ("a#b", '"a#b"'),
    ],
)
def test_a_key_is_the_same_however_it_is_written(api: Client, one: str, same: str) -> None:
    api("POST", "/events", EVENT, Idempotency_Key=one)
    assert api("POST", "/events", EVENT, Idempotency_Key=same).headers["Idempotent-Replayed"] == "true"


def test_elsewhere_the_header_means_nothing(api: Client, use: FakeUseCases) -> None:
    assert api("POST", "/dlq/redrive", {}, Idempotency_Key='"k1"').status == 202
    assert use.operations.idempotency.rows == {}
    assert [route.path for route in ROUTES if route.idempotent] == ["/events"]
