"""Addresses, parameters and values that mean nothing: told which, never a 500."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.functional.client import Client
from tests.functional.problems import assert_problem

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/nobody"),
        ("POST", "/webhooks/standard_webhooks/nobody-made-it"),
        ("POST", "/webhooks/standard_webhooks/UPPER"),
        ("POST", "/webhooks/standard_webhooks/..%2f..%2fetc"),
        ("POST", "/webhooks/standard_webhooks/%00"),
        ("POST", "/webhooks/standard_webhooks/" + "x" * 65),
        ("GET", f"/tickets/{NOBODY}"),
        ("GET", "/tickets/1"),
        ("GET", "/tickets/%F0%9F%98%80"),
        ("GET", f"/tickets/%7B{NOBODY}%7D"),
        ("GET", f"/tickets/{NOBODY}/history"),
        ("GET", f"/tickets/{NOBODY}/feedback"),
        ("PATCH", f"/tickets/{NOBODY}"),
        ("GET", "/imports/nothing"),
        ("GET", "/imports/nothing/bad-rows"),
        ("DELETE", "/imports/nothing"),
        ("GET", "/quarantine/nothing"),
        ("POST", "/quarantine/nothing/replay"),
        ("GET", "/connections/nobody/default"),
        ("PUT", "/connections/nobody/default"),
        ("DELETE", "/connections/zendesk/nothing"),
        ("POST", "/sources/nobody/preview"),
        ("GET", "/configurations/nothing"),
        ("PUT", "/configurations/nothing"),
        ("DELETE", "/api-keys/nothing"),
    ],
)
def test_what_is_not_there_is_404(client: Client, method: str, path: str) -> None:
    values: dict[str, Any] = {"PATCH": {"status": "open"}, "PUT": {"settings": {}}, "POST": {}}
    assert_problem(client.call(method, path, values.get(method)), 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1e1", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=!!", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=W1siYSJdLCAiYiJd", "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b'["9999-99-99", "x"]').decode().rstrip("="), "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b"[" * 700).decode().rstrip("="), "cursor"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("until=9999-12-31T23:59:59-14:00", "until"),
        ("status=lost", "status"),
        ("priority=", "priority"),
        ("source=Zendesk", "source"),
        ("since=yesterday", "since"),
        ("since=2026-13-01", "since"),
        ("until=0000-00-00", "until"),
        ("until=1", "until"),
        ("needs_review=perhaps", "needs_review"),
        ("q=", "q"),
        ("q=%00", "q"),
        ("q=" + "x" * 501, "q"),
        *(
            (f"rating={odd}", "rating")
            for odd in ("", "5,4", "nan", "inf", "-1", "1e999", "+4", "4_5", "%D9%A5")
        ),
        ("colour=red", "colour"),
    ],
)
def test_an_odd_parameter_is_400_with_its_name(client: Client, query: str, field: str) -> None:
    assert assert_problem(client.call("GET", f"/tickets?{query}"), 400)["field"] == field


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("cursor=", "is none that a list gave as `next`; begin again without it"),
        ("cursor=%00", "holds a character that no text has"),
        ("cursor=!!", "is none that a list gave as `next`; begin again without it"),
        ("language=English", "is a code such as en or pt-BR"),
        ("language=EN", "is a code such as en or pt-BR"),
    ],
)
def test_what_to_send_is_told_without_a_regular_expression(client: Client, query: str, told: str) -> None:
    assert assert_problem(client.call("GET", f"/tickets?{query}"), 400)["detail"].endswith(told)


@pytest.mark.parametrize("path", ["/imports", "/quarantine", "/dlq", "/connections", "/api-keys"])
@pytest.mark.parametrize(
    "query",
    ["limit=0", "cursor=nonsense", "cursor=WyIiXQ", "cursor=WyJ4Il0", "cursor=WyJ4IHkiLCJ4Il0", "colour=red"],
)
def test_every_list_checks_its_parameters(client: Client, path: str, query: str) -> None:
    assert assert_problem(client.call("GET", f"{path}?{query}"), 400)["field"] == query.partition("=")[0]


@pytest.mark.parametrize("change", [{}, {"status": "gone"}, {"tags": "x"}, {"id": "x"}, {"tags": ["x"] * 51}])
def test_an_odd_change_is_refused(client: Client, change: dict[str, Any]) -> None:
    assert_problem(client.call("PATCH", f"/tickets/{NOBODY}", change), 400)


def test_an_address_that_a_link_can_t_have_is_told_in_words(client: Client) -> None:
    link = {"kind": "issue", "url": "javascript:alert(1)"}
    answer = assert_problem(client.call("PATCH", f"/tickets/{NOBODY}", {"links": [link]}), 400)
    assert answer["field"] == "links[0].url"
    assert "is an address that begins with https:// or http://" in answer["detail"]


@pytest.mark.parametrize("connections", [[], None, "csv/*", ["csv"], ["*/*"], ["csv/A"], [5], ["csv/*"] * 51])
def test_an_odd_restriction_of_a_key_is_refused(client: Client, connections: Any) -> None:
    asked = {"scopes": ["read"], "owner": "nobody", "connections": connections}
    answer = assert_problem(client.call("POST", "/api-keys", asked), 400)
    assert answer["field"] in ("connections", "connections[0]")


@pytest.mark.parametrize("tag", ["3", '"3', "W/3", '"3" "4"', "\xe9"])
def test_an_odd_if_match_is_refused(client: Client, connection: str, tag: str) -> None:
    client.connect("standard_webhooks", connection)
    client.webhook(connection, "msg_1", {"id": "1", "text": "Hello"})
    (ticket,) = client.wait_for_tickets(connection)
    answer = client.call("PATCH", f"/tickets/{ticket['id']}", {"status": "open"}, If_Match=tag)
    assert assert_problem(answer, 400)["field"] == "If-Match"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/tickets"),
        ("PUT", "/health"),
        ("PATCH", "/health"),
        ("GET", "/webhooks/zendesk"),
        ("PUT", "/webhooks/zendesk"),
        ("DELETE", "/webhooks/zendesk"),
        ("OPTIONS", "/tickets"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(client: Client, method: str, path: str) -> None:
    answer = client.call(method, path)
    assert_problem(answer, 405)
    assert method not in answer.headers["allow"].split(", ")


def test_a_preflight_is_answered(client: Client) -> None:
    asked = {"Origin": "https://desk.example", "Access-Control-Request-Method": "PATCH"}
    answer = client.send("OPTIONS", "/tickets/1", headers=asked)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]


def test_a_method_that_no_route_can_have_is_the_gateway_s_own_404(client: Client) -> None:
    answer = client.call("PROPFIND", "/tickets")
    assert (answer.status, answer.json) == (404, {"message": "Not Found"})
