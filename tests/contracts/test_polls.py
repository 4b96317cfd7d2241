"""What every Polls promises, and what the one on DynamoDB does besides, inside this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.intake.poll_state import PollState
from chalicelib.ports.intake import Polls
from chalicelib.services.dynamodb.polls import KEPT, DynamoPolls
from tests.unit.pipeline.fakes import FakeClock, FakePolls

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
FULL = PollState(
    source="acme", connection="eu", cursor="c1", of="settings", pages=("a", "b"), last_at=NOW,
    next_at=NOW + timedelta(minutes=15, microseconds=1), failures=2, failing_since=NOW, reason="it is down",
    last_new_at=NOW - timedelta(days=1), gaps=(60, 3600), silent=True, requests=3,
)  # fmt: skip


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        client.create_table(
            TableName="imports",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture(params=["dynamodb", "fake"])
def polls(request: pytest.FixtureRequest, clock: FakeClock) -> Polls:
    if request.param == "fake":
        return FakePolls(clock)
    return DynamoPolls(request.getfixturevalue("client"), "imports", clock)


def test_one_that_was_never_polled(polls: Polls) -> None:
    assert polls.find("acme", "eu") is None
    assert polls.begin("acme", "eu", "one", SOON) == PollState(source="acme", connection="eu")


def test_what_is_saved_is_found(polls: Polls) -> None:
    polls.begin("acme", "eu", "one", SOON)
    assert polls.save(FULL, "one", None)
    assert polls.find("acme", "eu") == FULL
    assert polls.find("acme", "us") is None


def test_one_at_a_time_has_it_in_hand(polls: Polls, clock: FakeClock) -> None:
    assert polls.begin("acme", "eu", "one", SOON)
    assert polls.begin("acme", "eu", "two", SOON) is None
    assert polls.begin("acme", "eu", "one", SOON), "the same may begin again"
    assert polls.begin("acme", "us", "two", SOON), "another connection is another matter"
    clock.at = SOON + timedelta(seconds=1)
    assert polls.begin("acme", "eu", "two", SOON + timedelta(minutes=5)), "whoever died lets it go"


def test_who_lost_it_writes_nothing(polls: Polls, clock: FakeClock) -> None:
    polls.begin("acme", "eu", "one", SOON)
    clock.at = SOON + timedelta(seconds=1)
    polls.begin("acme", "eu", "two", SOON + timedelta(minutes=5))
    assert not polls.save(FULL, "one", None)
    assert polls.find("acme", "eu") == PollState(source="acme", connection="eu")


def test_it_is_kept_until_it_is_let_go(polls: Polls) -> None:
    due = replace(FULL, next_at=NOW)
    polls.begin("acme", "eu", "one", SOON)
    assert polls.save(due, "one", SOON)
    assert polls.begin("acme", "eu", "two", SOON) is None
    assert polls.save(due, "one", None)
    assert polls.save(due, "one", None), "its answer may be lost"
    assert polls.begin("acme", "eu", "two", SOON) == due


def test_one_that_is_not_due_waits_unless_it_is_hurried(polls: Polls, clock: FakeClock) -> None:
    polls.begin("acme", "eu", "one", SOON)
    polls.save(FULL, "one", None)
    assert polls.begin("acme", "eu", "two", SOON) is None
    polls.hurry("acme", "eu")
    assert polls.begin("acme", "eu", "two", SOON) == replace(FULL, next_at=NOW)
    polls.save(FULL, "two", None)
    clock.at = FULL.next_at or NOW
    assert polls.begin("acme", "eu", "three", clock.at + timedelta(minutes=5))


def test_one_without_a_time_is_due(polls: Polls) -> None:
    polls.begin("acme", "eu", "one", SOON)
    polls.save(replace(FULL, next_at=None), "one", None)
    assert polls.begin("acme", "eu", "two", SOON)


def test_one_can_be_hurried_before_it_was_polled(polls: Polls) -> None:
    polls.hurry("acme", "eu")
    assert polls.find("acme", "eu") == PollState(source="acme", connection="eu", next_at=NOW)
    assert polls.begin("acme", "eu", "one", SOON)


def test_what_is_polled_no_more_is_forgotten(client: Any, clock: FakeClock) -> None:
    polls = DynamoPolls(client, "imports", clock)
    polls.begin("acme", "eu", "one", SOON)
    polls.save(FULL, "one", None)
    clock.at = NOW + KEPT + timedelta(seconds=1)
    assert polls.find("acme", "eu") is None


def test_its_rows_are_in_no_index(client: Any, clock: FakeClock) -> None:
    polls = DynamoPolls(client, "imports", clock)
    polls.begin("acme", "eu", "one", SOON)
    polls.save(FULL, "one", None)
    (row,) = client.scan(TableName="imports")["Items"]
    assert row["id"] == {"S": "poll#acme/eu"}
    assert not {"kind", "registered_at"} & row.keys()
