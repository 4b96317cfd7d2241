"""Anything at all, on every route and in every field: refused, taken or kept, never a 500."""

from __future__ import annotations

import json
import urllib.parse
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functional.client import KEY, Client
from tests.functional.problems import assert_problem
from tests.functional.stores import Stores

NOBODY = "00000000-0000-4000-8000-000000000000"
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
ROUTES = [
    ("GET", "/tickets"), ("PATCH", "/tickets/{}"), ("POST", "/tickets/{}/merge"),
    ("POST", "/tickets/{}/split"),
    ("GET", "/tickets/{}/history"), ("GET", "/tickets/{}/feedback"),
    ("PUT", "/connections/generic_json/{}"), ("POST", "/sources/{}/preview"),
    ("POST", "/sources/zendesk/preview"), ("POST", "/sources/csv/preview"), ("POST", "/triage/preview"),
    ("PUT", "/configurations/{}"), ("GET", "/imports/{}/bad-rows"), ("DELETE", "/imports/{}"),
    ("GET", "/quarantine"), ("POST", "/quarantine/{}/replay"), ("GET", "/dlq"), ("POST", "/api-keys"),
    ("DELETE", "/api-keys/{}"), ("POST", "/webhooks/{}"), ("POST", "/webhooks/fuzz_generic/{}"),
]  # fmt: skip
PARTS = ["id", "text", "title", "rating", "tags", "author", "created_at", "url", "thread", "x"]
FIELDS = [
    "status", "assignee", "priority", "category", "tags", "tickets", "feedback", "secrets", "settings",
    "owner",
    "headers", "body_base64", "connection", "items", "value", "scopes", "expires_at", "limit", "cursor", "q",
    "since", "source", "verification", "fields", "text", "rating", "connections",
]  # fmt: skip


@settings(max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from(ROUTES),
    part=NAMES.filter(bool) | st.just(NOBODY),
    query=st.dictionaries(st.sampled_from(FIELDS) | NAMES, st.text(max_size=20), max_size=3),
    body=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4).map(json.dumps).map(str.encode)
    | VALUES.map(json.dumps).map(str.encode)
    | st.binary(max_size=60),
)
def test_nothing_is_a_defect_of_ours(
    client: Client, route: tuple[str, str], part: str, query: dict[str, str], body: bytes
) -> None:
    method, path = route
    address = path.format(urllib.parse.quote(part, safe=""))
    if query:
        address += "?" + urllib.parse.urlencode(query, errors="replace")
    answer = client.send(method, address, body, {"X-Api-Key": KEY, "Content-Type": "application/json"})
    assert answer.status < 500
    if answer.status >= 400:
        assert_problem(answer, answer.status)


@pytest.fixture
def open_door(client: Client, connection: str) -> str:
    """A connection that takes anything, so that what is sent comes as far as it can."""
    client.connect("generic_json", connection, "k", verification="api_key")
    return connection


def test_whatever_a_partner_says_is_taken_or_kept(client: Client, open_door: str, stores: Stores) -> None:
    dead = stores.dead()

    @settings(max_examples=60)
    @given(body=st.dictionaries(st.sampled_from(PARTS), VALUES, max_size=6))
    def say(body: dict[str, Any]) -> None:
        headers = {"X-Api-Key": "k", "Content-Type": "application/json"}
        answer = client.send(
            "POST", f"/webhooks/generic_json/{open_door}", json.dumps(body).encode(), headers
        )
        assert answer.status in (202, 422)

    say()
    stores.wait_until_quiet()
    assert stores.dead() == dead
