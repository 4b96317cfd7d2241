"""What happens is told to whoever subscribed, through the whole system that runs: from the bus to real
receivers on this machine, which verify it as a subscriber would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import quantiles
from typing import Any
from uuid import uuid4

import pytest
import standardwebhooks
import svix

from tests.functional.client import Client, eventually
from tests.functional.receivers import Got, Receivers, Says


@pytest.fixture(scope="module")
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


@pytest.fixture
def type(connection: str) -> str:
    """The type of events that no other test has."""
    return f"{connection.replace('-', '_')}.happened"


def subscribe(client: Client, url: str, *types: str, **more: Any) -> dict[str, Any]:
    """Make a subscription; as it is shown, with its secret."""
    made = client.call("POST", "/subscriptions", {"url": url, "types": [*types], **more})
    assert made.status == 201, made
    return dict(made.json)


def post(client: Client, type: str, *ids: str) -> None:
    events = [{"id": id, "type": type, "data": {"number": number}} for number, id in enumerate(ids)]
    for first in range(0, len(events), 100):
        answer = client.call("POST", "/events", events[first : first + 100])
        assert answer.status == 202, answer


def deliveries(client: Client, subscription: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = client.get(f"/subscriptions/{subscription}/deliveries", limit=100, **query, **cursor)
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def verified(got: Got, secret: str) -> Any:
    """The body, once the libraries of Standard Webhooks and of Svix have taken it."""
    svix.Webhook(secret).verify(got.body, dict(got.headers))
    return standardwebhooks.Webhook(secret).verify(got.body, dict(got.headers))


def test_a_ticket_and_what_a_partner_posts_arrive_and_are_genuine(
    client: Client, receivers: Receivers, connection: str, type: str
) -> None:
    url = receivers.at("/both")
    made = subscribe(client, url, "ticket.created", type, headers={"X-Team": "desk"})
    client.connect("standard_webhooks", connection)
    assert client.webhook(connection, "msg_1", {"id": "one", "text": "It crashes"}).status == 202
    (ticket,) = client.wait_for_tickets(connection)
    posted = f"p-{uuid4().hex}"
    post(client, type, posted)

    def came() -> dict[str, Got]:
        return {
            got.id: got
            for got in receivers.got["/both"]
            if got.id == posted or json.loads(got.body)["data"].get("id") == ticket["id"]
        }

    eventually(lambda: len(came()) == 2)
    by_post = came().pop(posted)
    (of_ticket,) = [got for got in came().values() if got.id != posted]
    told = verified(of_ticket, made["secret"])
    assert (told["type"], told["data"]["id"]) == ("ticket.created", ticket["id"])
    assert verified(by_post, made["secret"])["data"] == {"number": 0}
    assert by_post.headers["x-team"] == "desk"
    assert by_post.headers["user-agent"].startswith("TriggerIQ")
    shown = eventually(lambda: deliveries(client, made["id"], status="delivered"))
    assert {one["status"] for one in shown} == {"delivered"}
    for within, status in ((f"standard_webhooks/{connection}", 200), ("csv/*", 404)):
        asked = {"owner": "a partner", "scopes": ["read"], "connections": [within]}
        key = client.call("POST", "/api-keys", asked).json["key"]
        headers = {"X-Api-Key": key}
        assert client.send("GET", f"/events/{of_ticket.id}", headers=headers).status == status


def test_what_a_receiver_refuses_comes_again_with_the_same_id(
    client: Client, receivers: Receivers, type: str
) -> None:
    url = receivers.at("/again", lambda count: Says(500 if count == 1 else 200))
    made = subscribe(client, url, type)
    id = f"e-{uuid4().hex}"
    post(client, type, id)
    eventually(lambda: receivers.ids("/again") == [id, id])
    first, second = receivers.got["/again"]
    assert second.at - first.at >= 4  # five seconds, less a fifth
    assert verified(first, made["secret"]) == verified(second, made["secret"])
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    (shown,) = eventually(lambda: deliveries(client, made["id"], status="delivered"))
    assert [attempt["status"] for attempt in shown["attempts"]] == [500, 200]


def test_a_dead_endpoint_holds_up_nobody_else(client: Client, receivers: Receivers, type: str) -> None:
    """Both get as many at once; the healthy one got its own alone before."""
    count = 60
    healthy = receivers.at("/healthy", Says(after=0.01))
    dead = receivers.at("/dead", Says(after=16))
    alone_type, both_type = f"{type}.alone", f"{type}.both"
    subscribe(client, healthy, alone_type, both_type)
    alone = _latencies(client, receivers, alone_type, count)
    subscribe(client, dead, both_type)
    both = _latencies(client, receivers, both_type, count)
    assert p95(both) <= max(3 * p95(alone), 2.0)
    assert max(both) <= 20


def _latencies(client: Client, receivers: Receivers, type: str, count: int) -> list[float]:
    """Seconds from the post of each event until the healthy receiver had it, one batch of posts."""
    from time import time

    before = len(receivers.got["/healthy"])
    ids = [f"e-{uuid4().hex}" for _ in range(count)]
    began = time()
    post(client, type, *ids)
    eventually(lambda: set(ids) <= set(receivers.ids("/healthy")), 60)
    return [got.at - began for got in receivers.got["/healthy"][before:]]


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def test_each_subscriber_gets_each_event(client: Client, receivers: Receivers, type: str) -> None:
    """A fifth of them are flaky: each takes nothing the first time."""
    flaky = (Says(500), Says(reset=True), Says(429), Says(503, headers={"Retry-After": "1"}))
    taken: dict[str, set[str]] = {}

    def behave(path: str, number: int) -> Any:
        return lambda count: flaky[number // 5] if number % 5 == 0 and count <= 3 else Says()

    for number in range(20):
        path = f"/many/{number}"
        taken[path] = set()
        subscribe(client, receivers.at(path, behave(path, number)), type, name=f"many-{number}")
    ids = {f"e-{uuid4().hex}" for _ in range(10)}
    post(client, type, *ids)
    eventually(lambda: all(set(receivers.ids(path)) >= ids for path in taken), 90)
