"""/inbox as its readers see it, over the use-cases and the in-memory twins."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Wanted
from chalicelib.domain.page import ANSWER_BYTES
from tests.unit.api.fakes import NOW, Answered, Client, FakeUseCases

MINUTE = timedelta(minutes=1)
NEVER = StoredEvent.of(CloudEvent(id="never", type="a", time=NOW), NOW).position


@pytest.fixture
def put(use: FakeUseCases) -> Callable[..., str]:
    """Puts an event into an inbox; gives the item's id."""

    def into(id: str, inbox: str = "support", **fields: Any) -> str:
        at = NOW + len(use.delivery.log.events) * timedelta(seconds=1)
        fields = {"type": "ticket.created", "data": {"title": "Crash"}, **fields}
        stored = use.delivery.log.put(StoredEvent.of(CloudEvent(id=id, time=at, **fields), at))
        use.delivery.items.put(inbox, stored)
        return stored.position

    return into


@pytest.fixture
def partner(holder: Callable[..., Client]) -> Client:
    """May read, and nothing else."""
    return holder("read")


def ids(answer: Answered) -> list[str]:
    assert answer.status == 200, answer.text
    return [item["event"]["id"] for item in answer.json["items"]]


# ---- read -----------------------------------------------------------------------------------------


def test_an_empty_inbox_says_so(partner: Client) -> None:
    answer = partner("GET", "/inbox")
    assert answer.status == 200
    assert answer.json == {"items": [], "next": None, "count": 0, "counted_all": True, "oldest_at": None}
    assert answer.headers["Content-Type"] == "application/json"


def test_what_lies_in_it_is_shown_whole(partner: Client, put: Callable[..., str]) -> None:
    first = put("a", subject="7", more={"dataschema": "https://schemas.example.com/1"})
    put("b", owner="support", source="shop", type="order.made")
    answer = partner("GET", "/inbox").json
    assert answer["items"][0] == {
        "id": first,
        "event": {
            "specversion": "1.0", "id": "a", "source": "triggeriq", "type": "ticket.created", "subject": "7",
            "time": "2024-05-01T12:00:00Z", "datacontenttype": "application/json",
            "dataschema": "https://schemas.example.com/1", "data": {"title": "Crash"}, "owner": "triggeriq",
            "received_at": "2024-05-01T12:00:00Z",
        },
        "lease": None, "leased_until": None, "deliveries": 0,
    }  # fmt: skip
    assert answer["items"][1]["event"]["owner"] == "support"
    assert (answer["count"], answer["oldest_at"]) == (2, "2024-05-01T12:00:00Z")


def test_what_is_taken_is_one_reader_s_and_nobody_else_learns_the_lease(
    partner: Client, put: Callable[..., str]
) -> None:
    put("a")
    (mine,) = partner("GET", "/inbox?lease=60").json["items"]
    assert (mine["leased_until"], mine["deliveries"]) == ("2024-05-01T12:01:00Z", 1)
    assert len(mine["lease"]) >= 20
    assert ids(partner("GET", "/inbox?lease=60")) == []
    (shown,) = partner("GET", "/inbox").json["items"]
    assert (shown["lease"], shown["leased_until"]) == (None, "2024-05-01T12:01:00Z")


def test_ten_come_at_once_unless_a_limit_says_otherwise(partner: Client, put: Callable[..., str]) -> None:
    for n in range(12):
        put(f"e{n:02}")
    first = partner("GET", "/inbox")
    assert len(first.json["items"]) == 10
    assert ids(partner("GET", f"/inbox?cursor={first.json['next']}")) == ["e10", "e11"]
    assert len(partner("GET", "/inbox?limit=12&lease=5").json["items"]) == 12


def test_it_can_be_asked_for_types(partner: Client, put: Callable[..., str]) -> None:
    put("a")
    put("b", owner="support", type="order.made")
    put("c", type="file.received")
    assert ids(partner("GET", "/inbox?type=order.*&type=file.received")) == ["b", "c"]


def test_an_inbox_is_its_owner_s(holder: Callable[..., Client], put: Callable[..., str]) -> None:
    put("a", inbox="support")
    put("b", inbox="other")
    assert ids(holder("read", owner="support")("GET", "/inbox")) == ["a"]
    assert ids(holder("read", owner="other")("GET", "/inbox")) == ["b"]
    assert ids(holder("admin", owner="third")("GET", "/inbox")) == []


def test_the_first_read_makes_it(partner: Client, use: FakeUseCases) -> None:
    assert use.delivery.store.inbox("support") is None
    partner("GET", "/inbox")
    inbox = use.delivery.store.inbox("support")
    assert inbox is not None
    assert inbox.wanted == Wanted(types=("*",))


def test_who_waits_is_answered_when_his_time_is_over(partner: Client, use: FakeUseCases) -> None:
    answer = partner("GET", "/inbox?wait=20&lease=60")
    assert ids(answer) == []
    assert "X-TriggerIQ-Wait" not in answer.headers
    assert use.delivery.clock() == NOW + timedelta(seconds=20)


def test_where_too_many_wait_it_is_answered_at_once_with_a_header(partner: Client, use: FakeUseCases) -> None:
    use.delivery.places.free = 0
    answer = partner("GET", "/inbox?wait=20")
    assert (answer.status, answer.headers["X-TriggerIQ-Wait"], answer.headers["Retry-After"]) == (
        200,
        "0",
        "5",
    )
    assert use.delivery.clock() == NOW


def test_the_function_s_time_ends_a_wait(use: FakeUseCases, app: Any) -> None:
    class Context:
        def get_remaining_time_in_millis(self) -> int:
            return 10_000

    event = Client.event("GET", "/inbox?wait=20", None, {"X-Api-Key": "local-dev-key"})
    assert app(event, Context())["statusCode"] == 200
    assert use.delivery.clock() == NOW + timedelta(seconds=6)


def test_what_was_forgotten_is_shown_without_content_and_said_so(
    partner: Client, put: Callable[..., str], use: FakeUseCases
) -> None:
    put("a", subject="7")
    (event,) = use.delivery.log.events.values()
    use.delivery.log.forget(event)
    (item,) = partner("GET", "/inbox").json["items"]
    assert item["event"] == {
        "specversion": "1.0", "id": "a", "source": "triggeriq", "type": "ticket.created",
        "owner": "triggeriq", "received_at": "2024-05-01T12:00:00Z", "forgotten": True,
    }  # fmt: skip


def test_a_sender_s_own_attribute_of_that_name_is_not_taken_for_the_owner(
    partner: Client, put: Callable[..., str]
) -> None:
    put("a", owner="support", more={"owner": "triggeriq"})
    answer = partner("GET", "/inbox")
    (item,) = answer.json["items"]
    assert item["event"]["owner"] == "support"
    assert answer.text.count('"owner"') == 1


def test_long_events_come_in_answers_that_lambda_can_give(partner: Client, put: Callable[..., str]) -> None:
    for n in range(6):
        put(f"e{n}", data='"' * 300_000)
    seen: list[str] = []
    while len(seen) < 6:
        answer = partner("GET", "/inbox?lease=60&limit=100")
        assert len(json.dumps(answer.text)) <= ANSWER_BYTES
        assert ids(answer)
        seen += ids(answer)
    assert seen == [f"e{n}" for n in range(6)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("lease=0", "lease"),
        ("lease=43201", "lease"), ("lease=-1", "lease"), ("lease=1.5", "lease"), ("lease=", "lease"),
        ("wait=21", "wait"), ("wait=-1", "wait"), ("wait=1e1", "wait"), ("wait=5&wait=5", "wait"),
        ("type=a*", "type"), ("type=", "type"), ("type=order.*&type=*.made", "type"),
        ("type=" + "a" * 200, "type"), ("cursor=x", "cursor"), ("cursor=%22", "cursor"),
        ("leases=5", "leases"), ("owner=other", "owner"), ("type=a&" * 51, "type"),
    ],
)  # fmt: skip
def test_what_can_t_be_asked_is_a_400_with_the_field(partner: Client, query: str, field: str) -> None:
    answer = partner("GET", f"/inbox?{query.rstrip('&')}")
    assert (answer.status, answer.json["field"]) == (400, field), answer.text


# ---- ack ------------------------------------------------------------------------------------------


def test_an_ack_takes_it_off_and_may_be_repeated(partner: Client, put: Callable[..., str]) -> None:
    id = put("a")
    lease = partner("GET", "/inbox?lease=60").json["items"][0]["lease"]
    for _ in range(2):
        answer = partner("POST", f"/inbox/{id}/ack", {"lease": lease})
        assert (answer.status, answer.text) == (204, "")
    assert partner("GET", "/inbox").json["count"] == 0


@pytest.mark.parametrize("body", [None, "", {}, {"lease": None}])
def test_an_ack_needs_no_lease(partner: Client, put: Callable[..., str], body: Any) -> None:
    id = put("a")
    assert partner("POST", f"/inbox/{id}/ack", body, Content_Type="application/json").status == 204


def test_an_old_lease_is_a_409_and_the_item_stays(
    partner: Client, put: Callable[..., str], use: FakeUseCases
) -> None:
    id = put("a")
    mine = partner("GET", "/inbox?lease=60").json["items"][0]["lease"]
    use.delivery.clock.at += MINUTE
    (again,) = partner("GET", "/inbox?lease=60").json["items"]
    answer = partner("POST", f"/inbox/{id}/ack", {"lease": mine})
    assert (answer.status, answer.json["type"]) == (409, "urn:triggeriq:problem:conflict")
    assert partner("GET", "/inbox").json["count"] == 1
    assert partner("POST", f"/inbox/{id}/ack", {"lease": again["lease"]}).status == 204


def test_what_was_never_there_and_what_is_another_s_is_a_404(
    partner: Client, holder: Callable[..., Client], put: Callable[..., str]
) -> None:
    theirs = put("a", inbox="other")
    answers = [partner("POST", f"/inbox/{id}/ack", {}) for id in (theirs, NEVER, "none")]
    assert [answer.status for answer in answers] == [404, 404, 404]
    told = {
        a.json["detail"].replace(id, "<id>") for a, id in zip(answers, (theirs, NEVER, "none"), strict=True)
    }
    assert len(told) == 1
    assert ids(holder("read", owner="other")("GET", "/inbox")) == ["a"]


def test_many_are_acked_at_once(partner: Client, put: Callable[..., str]) -> None:
    first, second, third = put("a"), put("b"), put("c")
    leases = {item["id"]: item["lease"] for item in partner("GET", "/inbox?lease=60").json["items"]}
    body = {
        "ids": [first, {"id": second, "lease": leases[second]}, {"id": third, "lease": "old"}, NEVER, "x"]
    }
    answer = partner("POST", "/inbox/ack", body)
    assert answer.status == 200
    assert answer.json == {"acked": 2, "unknown": [NEVER, "x"], "stale": [third]}
    assert ids(partner("GET", "/inbox")) == ["c"]


def test_a_restricted_key_acks_its_own(holder: Callable[..., Client], put: Callable[..., str]) -> None:
    mine, theirs = put("a", connections=("csv/acme",)), put("b", connections=("csv/other",))
    key = holder("read", connections=("csv/acme",))
    assert ids(key("GET", "/inbox?lease=60")) == ["a"]
    assert key("GET", "/inbox").json["count"] == 1
    assert key("POST", f"/inbox/{theirs}/ack", {}).status == 404
    assert key("POST", "/inbox/ack", {"ids": [theirs, mine]}).json == {
        "acked": 1, "unknown": [theirs], "stale": [],
    }  # fmt: skip


@pytest.mark.parametrize("count", [101, 5_000, 1_000_000])
def test_too_many_ids_are_a_413_before_any_is_acked(
    partner: Client, put: Callable[..., str], count: int
) -> None:
    id = put("a")
    answer = partner("POST", "/inbox/ack", {"ids": [id] * count})
    assert (answer.status, answer.json["type"]) == (413, "urn:triggeriq:problem:too-large")
    assert partner("GET", "/inbox").json["count"] == 1
    assert partner("POST", "/inbox/ack", {"ids": [id] * 100}).json["acked"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"), ({"ids": None}, "ids"), ({"ids": "x"}, "ids"), ({"ids": [5]}, "ids[0]"),
        ({"ids": [{}]}, "ids[0].id"), ({"ids": [{"id": "x", "leese": "y"}]}, "ids[0].leese"),
        ({"ids": [""]}, "ids[0]"), ({"ids": ["x" * 201]}, "ids[0]"), ({"ids": [], "lease": "x"}, "lease"),
    ],
)  # fmt: skip
def test_an_ack_of_another_form_is_a_400_with_the_field(partner: Client, body: Any, field: str) -> None:
    answer = partner("POST", "/inbox/ack", body)
    assert answer.status == 400
    assert field in [error["field"] for error in answer.json.get("errors", [answer.json])], answer.text


def test_who_may_not_read_may_not_ack(holder: Callable[..., Client], put: Callable[..., str]) -> None:
    id = put("a")
    key = holder("ingest")
    for method, path, body in (
        ("GET", "/inbox", None), ("POST", f"/inbox/{id}/ack", {}), ("POST", "/inbox/ack", {"ids": [id]}),
    ):  # fmt: skip
        assert key(method, path, body).status == 403


# ---- set ------------------------------------------------------------------------------------------


def test_what_is_to_come_is_set(holder: Callable[..., Client], use: FakeUseCases) -> None:
    body = {
        "types": ["ticket.*", "order.*", "ticket.*"],
        "filter": {"category": ["bug_report", "bug_report"]},
    }
    answer = holder("write")("PUT", "/inbox", body)
    assert answer.status == 200
    assert answer.json == {
        "owner": "support", "types": ["ticket.*", "order.*"], "filter": {"category": ["bug_report"]},
        "created_at": "2024-05-01T12:00:00Z", "updated_at": "2024-05-01T12:00:00Z",
    }  # fmt: skip
    inbox = use.delivery.store.inbox("support")
    assert inbox is not None
    assert inbox.wanted == Wanted(types=("ticket.*", "order.*"), filter={"category": ("bug_report",)})


def test_nothing_more_is_to_come(holder: Callable[..., Client], use: FakeUseCases) -> None:
    assert holder("write")("PUT", "/inbox", {"types": []}).status == 200
    inbox = use.delivery.store.inbox("support")
    assert inbox is not None
    assert not inbox.includes(StoredEvent.of(CloudEvent(id="a", type="a", time=NOW), NOW))


def test_who_only_reads_says_not_what_comes(partner: Client) -> None:
    assert partner("PUT", "/inbox", {"types": ["*"]}).status == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "types"), ({"types": None}, "types"), ({"types": "ticket.*"}, "types"),
        ({"types": ["ticket*"]}, "types[0]"), ({"types": [""]}, "types[0]"), ({"types": ["*"] * 51}, "types"),
        ({"types": ["*"], "filter": None}, "filter"),
        ({"types": ["*"], "filter": {"mood": ["x"]}}, "filter.mood"),
        ({"types": ["*"], "filter": {"tag": []}}, "filter.tag"),
        ({"types": ["*"], "filter": {"tag": "x"}}, "filter.tag"), ({"types": ["*"], "lease": 5}, "lease"),
    ],
)  # fmt: skip
def test_what_can_t_come_is_a_400_with_the_field(
    holder: Callable[..., Client], body: Any, field: str
) -> None:
    answer = holder("write")("PUT", "/inbox", body)
    assert (answer.status, answer.json["field"]) == (400, field), answer.text
