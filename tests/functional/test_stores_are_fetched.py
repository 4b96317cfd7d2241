"""The reviews of each store whose source fetches become tickets: once, edited in place, and answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.stack import Stack
from tests.functional.by_hand import Functions
from tests.functional.conftest import AT_ONCE
from tests.functional.test_reviews_are_fetched import PLACE, Desk
from tests.plugins.providers.stores import STORES, AppStoreConnect, Reviewed


class Store(Desk):
    """A connection to a store's API."""

    provider: Any

    def __init__(
        self, functions: Functions, stack: Stack, provider: Reviewed, connection: str, credentials: str
    ) -> None:
        super().__init__(functions, stack, provider, connection)  # type: ignore[arg-type]  # asked for no url
        self.place = {"source": provider.source, "connection": connection}
        settings = {**provider.settings, **({"credentials": credentials} if credentials else {})}
        made = self.ask("PUT", PLACE, {"settings": settings}, **self.place)
        assert made["statusCode"] == 200, made["body"]

    def shown(self) -> dict[str, Any]:
        poll: dict[str, Any] = json.loads(self.ask("GET", PLACE, **self.place)["body"])["poll"]
        return poll

    def tickets(self) -> list[dict[str, Any]]:
        self.functions.run_until_quiet()
        query = {"connection": self.place["connection"], "limit": "100"}
        items: list[dict[str, Any]] = json.loads(self.ask("GET", "/tickets", query=query)["body"])["items"]
        return items


@pytest.fixture(scope="module")
def fetching(quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    settings = {**AT_ONCE, "TRIGGERIQ_CONNECTION_CACHE_SECONDS": "0"}
    functions = Functions(quiet_stack, tmp_path_factory.mktemp("stores"), settings)
    yield functions
    functions.close()


def connected(fetching: Functions, stack: Stack, provider: Reviewed, connection: str) -> Store:
    arn = ""
    if provider.credentials:
        made = stack.client("secretsmanager").create_secret(
            Name=f"triggeriq/local/{provider.source}-{connection}", SecretString=provider.credentials
        )
        arn = str(made["ARN"])
    fetching.run_until_quiet()
    return Store(fetching, stack, provider, connection, arn)


@pytest.mark.parametrize("kind", STORES, ids=[one.source for one in STORES])
def test_reviews_become_tickets_and_an_edit_is_no_second_one(
    kind: type[Reviewed], fetching: Functions, quiet_stack: Stack, connection: str
) -> None:
    began = datetime.now(UTC)
    with kind(began) as provider:
        for number in range(1, 6):
            provider.add(number, began - timedelta(hours=9 - number), f"Said {number}")
        store = connected(fetching, quiet_stack, provider, connection)
        store.poll()
        assert store.shown()["reason"] is None
        assert sorted(one["text"] for one in store.tickets()) == [f"Said {number}" for number in range(1, 6)]
        provider.reviews.pop(0)
        provider.add(5, began - timedelta(hours=1), "Said otherwise")
        provider.add(6, began - timedelta(minutes=1), "Said 6")
        store.poll()
        assert store.shown()["reason"] is None
        tickets = {one["text"]: one for one in store.tickets()}
        assert sorted(tickets) == ["Said 1", "Said 2", "Said 3", "Said 4", "Said 6", "Said otherwise"]
        assert {one["rating"] for one in tickets.values()} == {2}
        store.ask("DELETE", PLACE, **store.place)
    assert fetching.dead() == []


def test_a_response_tells_the_review_s_ticket_that_it_was_answered(
    fetching: Functions, quiet_stack: Stack, connection: str
) -> None:
    began = datetime.now(UTC).replace(microsecond=0)
    with AppStoreConnect(began) as provider:
        provider.add(1, began - timedelta(hours=2), "It crashes")
        store = connected(fetching, quiet_stack, provider, connection)
        store.poll()
        assert [one["answered_at"] for one in store.tickets()] == [None]
        provider.responses.append(
            {
                "type": "customerReviewResponses",
                "id": "response-1",
                "attributes": {"responseBody": "Words of ours", "lastModifiedDate": began.isoformat()},
                "relationships": {"review": {"data": {"type": "customerReviews", "id": "review-1"}}},
            }
        )
        store.poll()
        (ticket,) = store.tickets()
        assert datetime.fromisoformat(ticket["answered_at"]) == began
        assert "Words of ours" not in json.dumps(ticket)
        store.ask("DELETE", PLACE, **store.place)
