"""A subscriber follows what he is told: what did not arrive and why, one that is sent again, and, after a
pause or an outage, all of a time."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.receiver import Received, Receiver
from tests.functional.client import Client, eventually

HOUR_AGO = (datetime.now(UTC) - timedelta(hours=1)).isoformat()


class Subscriber:
    """An owner with a key of his own, what he posts, and what he is told of it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        owner = f"follower-{uuid.uuid4().hex[:8]}"
        scopes = ["ingest", "read", "write"]
        self._key = client.call("POST", "/api-keys", {"owner": owner, "scopes": scopes}).json["key"]

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self._client.call(method, path, body, X_Api_Key=self._key)
        assert answer.status == status, answer
        return answer.json

    def subscribe(self, receiver: Receiver, name: str) -> Any:
        wanted = {"url": receiver.url, "types": ["order.*"], "secret": receiver.secret}
        return self.call("PUT", f"/subscriptions/{name}", wanted, 201)

    def post(self, id: str) -> None:
        self.call("POST", "/events", {"id": id, "type": "order.paid", "data": {"order": id}}, 202)

    def delivery(self, name: str, event: str, status: str) -> Any:
        """The subscription's of that event, once it has that status."""

        def look() -> Any:
            found = self.call("GET", f"/subscriptions/{name}/deliveries?status={status}")["items"]
            return next((one for one in found if one["event_id"] == event), None)

        return eventually(look)

    def undelivered(self) -> list[str]:
        """The events of what did not arrive, of all his subscriptions."""
        return [one["event_id"] for one in self.call("GET", "/deliveries?status=undelivered")["items"]]

    def recover(self, name: str, **more: Any) -> Any:
        return self.call("POST", f"/subscriptions/{name}/recover", {"since": HOUR_AGO, **more}, 202)


def arrived(told: list[Received]) -> list[str]:
    """The ids of what came verified, in the order in which it came."""
    return [one.id for one in told if one.wrong is None]


@pytest.fixture
def subscriber(client: Client) -> Subscriber:
    return Subscriber(client)


def test_what_did_not_arrive_is_listed_with_the_reason_and_sent_again(subscriber: Subscriber) -> None:
    told: list[Received] = []
    with Receiver(told.append, lambda attempt: 503 if attempt == 1 else 204) as receiver:
        subscriber.subscribe(receiver, "crm")
        subscriber.post("e-1")
        waiting = subscriber.delivery("crm", "e-1", "undelivered")
        assert waiting["reason"] == waiting["attempts"][0]["error"] == "answered 503"
        assert subscriber.undelivered() == ["e-1"]
        retried = subscriber.call("POST", f"/deliveries/{waiting['id']}/retry", status=202)
        assert retried["attempt"] == 1
        delivered = subscriber.delivery("crm", "e-1", "delivered")
    assert [one["status"] for one in delivered["attempts"]] == [503, 204]
    assert delivered["next_at"] is delivered["reason"] is None
    assert subscriber.undelivered() == []
    assert arrived(told) == ["e-1", "e-1"]


def test_what_was_held_or_never_tried_is_recovered_and_nothing_comes_twice(subscriber: Subscriber) -> None:
    told: list[Received] = []
    later: list[Received] = []
    with Receiver(told.append) as receiver, Receiver(later.append) as second:
        crm = subscriber.subscribe(receiver, "crm")
        subscriber.post("e-1")
        subscriber.delivery("crm", "e-1", "delivered")
        subscriber.call("POST", "/subscriptions/crm/pause")
        subscriber.post("e-2")
        held = subscriber.delivery("crm", "e-2", "held")
        refused = subscriber.call("POST", f"/deliveries/{held['id']}/retry", status=409)
        assert f"POST /subscriptions/{crm['id']}/resume first" in refused["detail"]
        subscriber.call("POST", "/subscriptions/crm/resume", {"held": "keep"})
        assert subscriber.recover("crm", dry_run=True) == {"id": None, "found": 1, "exact": True, "queued": 0}
        job = subscriber.recover("crm")["id"]
        subscriber.delivery("crm", "e-2", "delivered")
        assert arrived(told) == ["e-1", "e-2"]
        subscriber.subscribe(second, "analytics")
        assert subscriber.recover("analytics", types=["order.*"])["found"] == 2
        eventually(lambda: len(arrived(later)) == 2)
        subscriber.delivery("analytics", "e-1", "delivered")
        subscriber.delivery("analytics", "e-2", "delivered")
        for name in ("crm", "analytics"):
            assert subscriber.recover(name, dry_run=True)["found"] == 0
        eventually(lambda: subscriber.call("GET", f"/jobs/{job}")["status"] == "done")
    assert sorted(arrived(later)) == ["e-1", "e-2"]
