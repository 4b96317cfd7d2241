"""/deliveries: what was tried and what has not arrived, for whoever may see its subscription."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.delivery import Attempt, Delivery
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Subscription, subscription_id
from chalicelib.domain.operations.job import Job
from tests.unit.api.fakes import NOW, Client, FakeUseCases

HOUR = timedelta(hours=1)


class Told:
    """An event that a subscription was told of."""

    def __init__(self, use: FakeUseCases, owner: str = "support", status: Any = "failed") -> None:
        event = CloudEvent(id=f"e-{owner}", type="ticket.created", time=NOW - HOUR, connections=("csv/shop",))
        stored = use.delivery.log.put(StoredEvent.of(event, NOW - HOUR))
        self.subscription = use.delivery.store.put(
            Subscription(
                id=subscription_id(owner, "crm"),
                name="crm",
                owner=owner,
                url="https://hook.example.com/",
                created_at=NOW,
                updated_at=NOW,
            )
        )
        self.delivery = Delivery(
            subscription=self.subscription.id,
            position=stored.position,
            owner=stored.owner,
            event_source=stored.source,
            event_id=stored.id,
            type=stored.type,
            connections=stored.connections,
            status=status,
            reason="its attempts are used up",
            attempt=1,
            created_at=NOW - HOUR,
            updated_at=NOW - HOUR,
        )
        use.delivery.kept.put(self.delivery)
        attempt = Attempt(
            number=1, at=NOW - HOUR, url="https://hook.example.com/", status=500, error="it was 500"
        )
        use.delivery.kept.record(self.delivery, attempt)


@pytest.fixture
def told(use: FakeUseCases) -> Told:
    return Told(use)


def test_a_delivery_is_shown_with_what_was_tried(told: Told, holder: Callable[..., Client]) -> None:
    shown = holder("read")("GET", f"/deliveries/{told.delivery.id}")
    assert shown.status == 200
    assert shown.json == {
        "id": told.delivery.id,
        "subscription": told.subscription.id,
        "event_id": "e-support",
        "type": "ticket.created",
        "status": "failed",
        "reason": "its attempts are used up",
        "attempt": 1,
        "attempts": [
            {
                "number": 1,
                "at": "2024-05-01T11:00:00Z",
                "url": "https://hook.example.com/",
                "status": 500,
                "ms": 0,
                "error": "it was 500",
                "answer": "",
            }
        ],
        "next_at": None,
        "created_at": "2024-05-01T11:00:00Z",
    }


@pytest.mark.parametrize("path", ["/deliveries", "/subscriptions/crm/deliveries"])
def test_lists_take_statuses_and_times(told: Told, holder: Callable[..., Client], path: str) -> None:
    client = holder("read")

    def found(query: str) -> int:
        answer = client("GET", f"{path}?{query}")
        assert answer.status == 200, answer.text
        return len(answer.json["items"])

    assert found("") == found("status=undelivered") == found("status=failed&status=held") == 1
    assert found("status=delivered") == found("since=2024-05-01T11:30:00Z") == found("until=2024-05-01") == 0


@pytest.mark.parametrize("path", ["/deliveries", "/subscriptions/crm/deliveries"])
@pytest.mark.parametrize(
    "query",
    [
        "status=lost",
        "status=undelivered&status=pending",
        "since=soon",
        "cursor=nonsense",
        "limit=0",
        "what=1",
    ],
)
def test_what_no_list_takes_is_named(told: Told, api: Client, path: str, query: str) -> None:
    if "crm" in path:
        path = path.replace("crm", told.subscription.id)
    answer = api("GET", f"{path}?{query}")
    assert answer.status == 400
    assert query.split("=")[0] in answer.text


def test_another_owner_s_are_not_there(told: Told, holder: Callable[..., Client]) -> None:
    client = holder("read", "write", owner="other")
    assert client("GET", "/deliveries").json["items"] == []
    assert client("GET", f"/subscriptions/{told.subscription.id}/deliveries").status == 404
    assert client("GET", f"/deliveries/{told.delivery.id}").status == 404
    assert client("POST", f"/deliveries/{told.delivery.id}/retry").status == 404
    body = {"since": "2024-04-30"}
    assert client("POST", f"/subscriptions/{told.subscription.id}/recover", body).status == 404


def test_one_is_sent_again_by_whoever_may_write(
    told: Told, use: FakeUseCases, holder: Callable[..., Client]
) -> None:
    path = f"/deliveries/{told.delivery.id}/retry"
    assert holder("read")("POST", path).status == 403
    answer = holder("write")("POST", path)
    assert (answer.status, answer.json["status"], answer.json["reason"]) == (202, "pending", "it was 500")
    assert len(use.delivery.queue.sent) == 1


def test_one_whose_subscription_is_paused_says_what_to_do(
    told: Told, use: FakeUseCases, holder: Callable[..., Client]
) -> None:
    use.delivery.store.put(replace(told.subscription, status="paused"))
    answer = holder("write")("POST", f"/deliveries/{told.delivery.id}/retry")
    assert answer.status == 409
    assert f"POST /subscriptions/{told.subscription.id}/resume first" in answer.json["detail"]


# ---- a time is recovered -----------------------------------------------------------------------------------


class Started:
    """Notes the jobs that are started."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, dict[str, Any], str]] = []

    def __call__(self, kind: str, given: dict[str, Any], by: str, owner: str) -> Job:
        self.jobs.append((kind, given, owner))
        return Job(id="j-1", kind=kind, arguments=given, by=by, owner=owner, created_at=NOW, updated_at=NOW)


@pytest.fixture
def started(use: FakeUseCases) -> Started:
    use.operations.start_job = Started()
    return use.operations.start_job


def test_what_is_recovered_is_counted_and_a_job_sends_it(
    told: Told, started: Started, holder: Callable[..., Client]
) -> None:
    answer = holder("write")(
        "POST", "/subscriptions/crm/recover", {"since": "2024-04-30", "types": ["ticket.*"]}
    )
    assert answer.status == 202
    assert answer.json == {"id": "j-1", "found": 1, "exact": True, "queued": 1}
    assert answer.headers["Location"] == "/jobs/j-1"
    ((kind, given, owner),) = started.jobs
    assert (kind, owner, given["subscription"]) == ("recover", "support", told.subscription.id)


def test_a_dry_run_starts_nothing(told: Told, started: Started, holder: Callable[..., Client]) -> None:
    answer = holder("write")("POST", "/subscriptions/crm/recover", {"since": "2024-04-30", "dry_run": True})
    assert answer.json == {"id": None, "found": 1, "exact": True, "queued": 0}
    assert started.jobs == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"),
        ({"since": "2024-04-01"}, "since"),
        ({"since": "2024-05-02"}, "since"),
        ({"since": "2024-04-30", "until": "2024-04-29"}, "until"),
        ({"since": "2024-04-30", "types": ["tick*et"]}, "types"),
        ({"since": "2024-04-30", "dry_run": "yes"}, "dry_run"),
        ({"since": "2024-04-30", "what": 1}, "what"),
    ],
)
def test_what_can_not_be_recovered_is_named(
    told: Told, started: Started, holder: Callable[..., Client], body: Any, field: str
) -> None:
    answer = holder("write")("POST", "/subscriptions/crm/recover", body)
    assert answer.status == 400
    named = answer.json["errors"][0]["field"] if "errors" in answer.json else answer.json["detail"]
    assert named.startswith(field)
    assert started.jobs == []


# ---- where they come from ----------------------------------------------------------------------------------


def test_addresses_are_told_or_why_there_are_none(use: FakeUseCases, holder: Callable[..., Client]) -> None:
    client = holder("read", connections=("csv/shop",))
    none = client("GET", "/delivery/sources").json
    assert none["items"] == []
    assert "static_egress" in none["reason"]
    use.settings = use.settings._replace(delivery_sources=("192.0.2.7/32",))
    assert client("GET", "/delivery/sources").json == {"items": ["192.0.2.7/32"], "reason": None}
