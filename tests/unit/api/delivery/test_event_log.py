"""/events, read, over the use-cases and the in-memory twins."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from tests.unit.api.fakes import NOW, Client, FakeUseCases

HOUR = timedelta(hours=1)


@pytest.fixture
def put(use: FakeUseCases) -> Callable[..., StoredEvent]:
    def kept(id: str, ago: timedelta = HOUR, **fields: Any) -> StoredEvent:
        event = CloudEvent(id=id, time=NOW - ago, **{"type": "ticket.created", "data": {"a": "ä"}, **fields})
        return use.delivery.log.put(StoredEvent.of(event, NOW - ago))

    return kept


@pytest.fixture
def partner(holder: Callable[..., Client]) -> Client:
    return holder("read", owner="acme")


def ids(client: Client, query: str = "") -> list[str]:
    answer = client("GET", f"/events{query}")
    assert answer.status == 200, answer.text
    return [event["id"] for event in answer.json["items"]]


def test_events_are_listed_with_what_was_sent_and_what_we_say_of_them(
    partner: Client, put: Callable[..., StoredEvent]
) -> None:
    put("a", subject="7", owner="acme", source="/shop", type="order.made", more={"ourkind": 5})
    assert partner("GET", "/events").json == {
        "items": [
            {
                "specversion": "1.0", "id": "a", "source": "/shop", "type": "order.made", "subject": "7",
                "time": "2024-05-01T11:00:00Z", "datacontenttype": "application/json", "ourkind": 5,
                "data": {"a": "ä"}, "owner": "acme", "received_at": "2024-05-01T11:00:00Z",
            }
        ],
        "next": None,
        "until": "2024-05-01T11:59:50Z",
    }  # fmt: skip


def test_they_are_listed_by_what_is_asked_for(
    partner: Client, api: Client, put: Callable[..., StoredEvent]
) -> None:
    put("a", 4 * HOUR)
    put("b", 3 * HOUR, type="order.made", owner="acme", source="/shop")
    put("c", 2 * HOUR, type="order.paid", owner="acme", source="/till")
    put("d", HOUR, owner="other", source="/shop")
    assert ids(partner) == ["c", "b", "a"]
    assert ids(partner, "?type=order.*") == ["c", "b"]
    assert ids(partner, "?type=order.made&type=ticket.*") == ["b", "a"]
    assert ids(partner, "?source=/shop&source=triggeriq") == ["b", "a"]
    assert ids(partner, "?since=2024-05-01T09:00:00Z&until=2024-05-01T10:00:00Z") == ["b"]
    assert ids(partner, "?owner=acme") == ["c", "b"]
    assert ids(api, "?owner=other&owner=acme") == ["d", "c", "b"]
    assert partner("GET", "/events?owner=other").status == 403


def test_they_come_in_pages(partner: Client, put: Callable[..., StoredEvent]) -> None:
    for n in range(5):
        put(f"e{n}", n * HOUR + HOUR)
    first = partner("GET", "/events?limit=3").json
    assert [event["id"] for event in first["items"]] == ["e0", "e1", "e2"]
    assert ids(partner, f"?limit=3&cursor={first['next']}") == ["e3", "e4"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("cursor=x", "cursor"), ("type=a*", "type"), ("since=soon", "since"),
        ("until=1", "until"), ("source=", "source"), ("owner=", "owner"), ("kind=x", "kind"),
        ("source=" + "x" * 1001, "source"),
    ],
)  # fmt: skip
def test_what_can_t_be_asked_is_a_400_with_the_field(partner: Client, query: str, field: str) -> None:
    answer = partner("GET", f"/events?{query}")
    assert (answer.status, answer.json["field"]) == (400, field), answer.text


def test_one_is_read_by_its_id(
    partner: Client, holder: Callable[..., Client], api: Client, put: Callable[..., StoredEvent]
) -> None:
    put("a", owner="acme", source="/shop", type="order.made")
    assert partner("GET", "/events/a").json["source"] == "/shop"
    assert partner("GET", "/events/a?source=/shop").status == 200
    assert partner("GET", "/events/a?source=/till").status == 404
    assert holder("read", owner="other")("GET", "/events/a").status == 404
    assert holder("read", owner="other")("GET", "/events/a?owner=acme").status == 403
    assert api("GET", "/events/a").status == 404
    assert api("GET", "/events/a?owner=acme").json["id"] == "a"


def test_a_restricted_key_reads_what_is_made_of_its_connections(
    holder: Callable[..., Client], put: Callable[..., StoredEvent]
) -> None:
    put("a", connections=("csv/acme",))
    put("b", connections=("csv/other",))
    key = holder("read", owner="acme", connections=("csv/acme",))
    assert ids(key) == ["a"]
    assert [key("GET", f"/events/{id}").status for id in ("a", "b", "c")] == [200, 404, 404]


def test_what_one_held_is_forgotten(holder: Callable[..., Client], put: Callable[..., StoredEvent]) -> None:
    put("a", owner="acme", source="/shop", type="order.made", subject="7")
    key = holder("read", "write", owner="acme")
    for _ in range(2):
        answer = key("DELETE", "/events/a/content")
        assert (answer.status, answer.text) == (204, "")
        assert key("GET", "/events/a").json == {
            "specversion": "1.0", "id": "a", "source": "/shop", "type": "order.made", "owner": "acme",
            "received_at": "2024-05-01T11:00:00Z", "forgotten": True,
        }  # fmt: skip
    assert ids(key) == ["a"]


def test_only_one_s_own_is_forgotten_unless_an_admin_asks(
    holder: Callable[..., Client], api: Client, put: Callable[..., StoredEvent]
) -> None:
    put("mine", owner="acme", source="/shop")
    put("ours")
    assert holder("read", owner="acme")("DELETE", "/events/mine/content").status == 403
    assert holder("write", owner="acme")("DELETE", "/events/ours/content").status == 403
    assert holder("write", owner="other")("DELETE", "/events/mine/content").status == 404
    assert "data" in api("GET", "/events/mine?owner=acme").json
    assert api("DELETE", "/events/mine/content?owner=acme").status == 204
    assert api("DELETE", "/events/ours/content").status == 204
    assert "data" not in api("GET", "/events/mine?owner=acme").json


def test_an_event_is_quoted_as_it_was_sent(partner: Client, put: Callable[..., StoredEvent]) -> None:
    """Whatever its data hold, it does not end the text that is quoted around it."""
    data = {"a": '"}],"next":"x', "b": "\u2028\U0001f600\\", "c": [1e400, -0.0, 12345678901234567890]}
    event = put("a", owner="acme", source="/shop", data={**data, "c": data["c"][1:]})
    (item,) = partner("GET", "/events").json["items"]
    assert item["data"] == json.loads(str(event.body))["data"]
    assert partner("GET", "/events").json["next"] is None
