"""Tickets are found over HTTP by what was said, by who said it and by filters, in the order asked for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.client import Client, eventually
from tests.functional.problems import assert_problem

SAID = [
    {"id": "40a", "text": "アプリが起動しません。返金してください。"},
    {"id": "40b", "text": "应用崩溃了，请退款。", "rating": 1},
    {"id": "40c", "text": "Order ORD-12345 is late", "tags": ["a,b"], "rating": 2},
    {"id": "40d", "text": "Cafe\u0301 menu crashes", "author": {"id": "U1", "name": "Ada Lund"}},
    {"id": "40e", "text": "See https://shop.example/orders/1001?x=1 please", "rating": 4.5},
    {"id": "40f", "text": "تعطل \u200fcheckout\u200f", "author": {"email": "ina@cust.example"}},
]


def send(client: Client, connection: str, *said: dict[str, Any]) -> None:
    for one in said:
        headers = {"X-Api-Key": "k"}
        path = f"/webhooks/generic_json/{connection}"
        assert client.call("POST", path, one, **headers).status == 202


def found(client: Client, connection: str, **filters: Any) -> list[str]:
    return [ticket["external_id"] for ticket in client.tickets(connection, **filters)]


@pytest.fixture
def shelf(client: Client, connection: str) -> str:
    client.connect("generic_json", connection, "k", verification="api_key")
    send(client, connection, *SAID)
    client.wait_for_tickets(connection, len(SAID))
    return connection


def test_words_people_filters_and_orders(client: Client, shelf: str) -> None:
    for query, name in {
        "返金": "40a", "退款": "40b", "12345": "40c", "café": "40d", "cafe": "40d", "crash": "40d",
        "lund": "40d", "https://shop.example/orders/1001?x=1": "40e", "checkout": "40f",
        "ina@cust.example": "40f",
    }.items():  # fmt: skip
        assert found(client, shelf, q=query) == [name], query
    for customer, name in {"u1": "40d", "ada lu": "40d", "ina@": "40f", "cust.example": "40f"}.items():
        assert found(client, shelf, customer=customer) == [name], customer
    assert found(client, shelf, customer=["U1", "ina@cust.example"], sort="received_at", order="asc") == [
        "40d",
        "40f",
    ]
    assert set(found(client, shelf, rating=[1, "4.5"])) == {"40b", "40e"}
    assert found(client, shelf, rating=2, status=["open", "pending"], source=["csv", "generic_json"]) == [
        "40c"
    ]
    by_time = found(client, shelf, sort="created_at")
    assert sorted(by_time) == sorted(one["id"] for one in SAID)
    assert found(client, shelf, sort="created_at", order="asc") == by_time[::-1]
    urgencies = [ticket["priority"]["label"] for ticket in client.tickets(shelf, sort="priority")]
    assert urgencies == sorted(urgencies, key=("critical", "high", "medium", "low").index)


def test_a_comma_is_part_of_a_value(client: Client, shelf: str) -> None:
    (ticket,) = client.tickets(shelf, q="12345")
    changed = client.call("PATCH", f"/tickets/{ticket['id']}", {"tags": ["late, again"]})
    assert changed.status == 200
    assert found(client, shelf, tag=["late, again", "other"]) == ["40c"]
    assert found(client, shelf, tag="late") == []


def test_five_hundred_values_are_too_many(client: Client) -> None:
    many = "&".join(f"customer=c{number}" for number in range(500))
    problem = assert_problem(client.call("GET", f"/tickets?{many}"), 400)
    assert problem["field"] == "customer"
    assert "at most 50 times" in problem["detail"]


@pytest.mark.parametrize(
    "dates",
    [({}, {}), ({"created_at": "2026-03-03T08:00:00Z"}, {}), ({}, {"created_at": "2026-03-03T09:30:00Z"})],
    ids=["without", "of the opener", "of the reply"],
)
def test_an_edited_opener_stays_before_its_reply(
    client: Client, connection: str, dates: tuple[dict[str, str], dict[str, str]]
) -> None:
    client.connect("generic_json", connection, "k", verification="api_key")
    opener = {"id": "44a", "thread": "44", "updated_at": "2026-03-03T09:00:00Z", **dates[0]}
    send(client, connection, {**opener, "text": "opener"})
    (ticket,) = client.wait_for_tickets(connection)

    def said() -> list[tuple[str, str]]:
        items = client.get(f"/tickets/{ticket['id']}/feedback")["items"]
        return [(item["external_id"], item["text"]) for item in items]

    send(client, connection, {"id": "44b", "thread": "44", "text": "reply", **dates[1]})
    eventually(lambda: len(said()) == 2)
    edited = {**opener, "text": "opener, edited", "updated_at": "2026-03-03T10:00:00Z"}
    send(client, connection, edited)
    eventually(lambda: said()[0][1] != "opener" or said()[1][1] != "reply")
    assert said() == [("44a", "opener, edited"), ("44b", "reply")]
