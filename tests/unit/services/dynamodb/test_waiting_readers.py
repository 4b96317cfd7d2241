"""Places where readers wait, on a DynamoDB that runs inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.services.dynamodb.waiting_readers import DynamoWaitingReaders
from tests.unit.pipeline.fakes import FakeClock

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOON = NOW + timedelta(seconds=20)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="inbox",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


def readers(client: Any, clock: FakeClock, places: int = 3) -> DynamoWaitingReaders:
    return DynamoWaitingReaders(client, "inbox", places, clock)


def test_only_so_many_wait_at_once(client: Any, clock: FakeClock) -> None:
    waiting = readers(client, clock)
    taken = [waiting.enter(SOON) for _ in range(4)]
    assert taken[3] is None
    assert len(set(taken)) == 4


def test_whoever_leaves_makes_room(client: Any, clock: FakeClock) -> None:
    waiting = readers(client, clock, places=1)
    place = waiting.enter(SOON)
    assert place is not None
    waiting.leave(place)
    waiting.leave(place)
    assert waiting.enter(SOON) is not None


def test_whoever_was_killed_makes_room_when_his_time_is_over(client: Any, clock: FakeClock) -> None:
    waiting = readers(client, clock, places=1)
    killed = waiting.enter(SOON)
    clock.at = SOON - timedelta(microseconds=1)
    assert waiting.enter(SOON) is None
    clock.at = SOON
    assert waiting.enter(clock.at + timedelta(seconds=20)) is not None
    assert killed is not None
    waiting.leave(killed)
    assert waiting.enter(clock.at + timedelta(seconds=20)) is None, "it is another's place now"


def test_where_there_is_no_place_nothing_is_asked(clock: FakeClock) -> None:
    assert readers(None, clock, places=0).enter(SOON) is None


def test_of_two_who_want_the_last_place_one_gets_it(client: Any, clock: FakeClock) -> None:
    class Stale:
        """Its reads do not know of the other yet."""

        exceptions = client.exceptions

        def query(self, **asked: Any) -> Any:
            return {"Items": []}

        def put_item(self, **asked: Any) -> Any:
            return client.put_item(**asked)

    assert readers(client, clock, places=1).enter(SOON) is not None
    assert readers(Stale(), clock, places=1).enter(SOON) is None


def test_a_place_is_taken_once_though_its_answer_was_lost(client: Any, clock: FakeClock) -> None:
    class SentTwice:
        exceptions = client.exceptions

        def query(self, **asked: Any) -> Any:
            return client.query(**asked)

        def put_item(self, **asked: Any) -> Any:
            client.put_item(**asked)
            return client.put_item(**asked)

    assert readers(SentTwice(), clock, places=1).enter(SOON) is not None


def test_a_row_of_a_place_expires(client: Any, clock: FakeClock) -> None:
    readers(client, clock).enter(SOON)
    (row,) = client.scan(TableName="inbox")["Items"]
    assert int(row["expires_at"]["N"]) > SOON.timestamp()
