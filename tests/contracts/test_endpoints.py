"""What every Endpoints promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.endpoint import Endpoint
from chalicelib.errors import Unavailable
from chalicelib.ports.delivery import Endpoints
from chalicelib.services.dynamodb.endpoints import KEPT, DynamoEndpoints
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.in_memory_delivery import InMemoryEndpoints
from tests.unit.pipeline.fakes import NOW, FakeClock

HOUR = timedelta(hours=1)


class SentTwice:
    """Sends each write once more, as the SDK does where no answer comes."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **request: Any) -> Any:
        self._client.put_item(**request)
        return self._client.put_item(**request)


@pytest.fixture(params=["DynamoDB", "memory"])
def endpoints(request: pytest.FixtureRequest) -> Endpoints:
    if request.param == "memory":
        return InMemoryEndpoints()
    return DynamoEndpoints(request.getfixturevalue("client")("dynamodb"), named("deliveries"), FakeClock())


def test_of_one_that_was_never_asked_nothing_is_known(endpoints: Endpoints, unique: str) -> None:
    assert endpoints.find(unique) == Endpoint(subscription=unique)


def test_it_is_found_as_it_was_saved(endpoints: Endpoints, unique: str) -> None:
    known = Endpoint(
        subscription=unique,
        leases={"one": NOW, "two": NOW + HOUR},
        paused_until=NOW + HOUR,
        open_until=NOW,
        opened=2,
        timeouts=3,
        window_at=NOW,
        window_attempts=4,
        window_failures=5,
        succeeded_at=NOW - HOUR,
        failing_since=NOW,
        failed_at=NOW,
        failures=6,
        told_days=1,
    )
    saved = endpoints.save(known)
    assert saved == replace(known, saves=1)
    assert endpoints.find(unique) == saved
    emptied = endpoints.save(Endpoint(subscription=unique, saves=1))
    assert emptied == endpoints.find(unique) == Endpoint(subscription=unique, saves=2)


def test_of_two_that_read_the_same_only_one_writes(endpoints: Endpoints, unique: str) -> None:
    mine, another = endpoints.find(unique), endpoints.find(unique)
    assert endpoints.save(replace(mine, failures=1))
    assert endpoints.save(replace(another, failures=2)) is None
    again = endpoints.save(replace(endpoints.find(unique), failures=2))
    assert again is not None
    assert endpoints.save(replace(mine, saves=1, failures=3)) is None
    assert endpoints.find(unique).failures == 2


def test_what_was_written_though_its_answer_was_lost_is_one_s_own(client: Client, unique: str) -> None:
    endpoints = DynamoEndpoints(SentTwice(client("dynamodb")), named("deliveries"), FakeClock())
    first = endpoints.save(Endpoint(subscription=unique, leases={"me": NOW}))
    assert first is not None
    assert endpoints.save(first) == replace(first, saves=2)


def test_what_is_long_past_is_not_known_any_more(client: Client, unique: str) -> None:
    clock = FakeClock()
    endpoints = DynamoEndpoints(client("dynamodb"), named("deliveries"), clock)
    endpoints.save(Endpoint(subscription=unique, failures=7))
    clock.at = NOW + KEPT + HOUR
    anew = endpoints.find(unique)
    assert anew == Endpoint(subscription=unique, saves=1)
    assert endpoints.save(replace(anew, failures=1))
    assert endpoints.find(unique).failures == 1


def test_a_table_that_is_down_is_unavailable(client: Client, aws: FaultyAws, unique: str) -> None:
    endpoints = DynamoEndpoints(client("dynamodb"), named("deliveries"), FakeClock())
    with aws.outage("DynamoDB"):
        with pytest.raises(Unavailable):
            endpoints.find(unique)
        with pytest.raises(Unavailable):
            endpoints.save(Endpoint(subscription=unique))
