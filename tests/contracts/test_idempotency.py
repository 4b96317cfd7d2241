"""What every Idempotency promises, and what the one on DynamoDB does besides."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.errors import Reused, Unavailable, UnderWay
from chalicelib.ports.idempotency import Idempotency, RememberedAnswer
from chalicelib.services.dynamodb.idempotency import BODY_BYTES, KEPT, DynamoIdempotency
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.in_memory_idempotency import InMemoryIdempotency
from tests.unit.pipeline.fakes import FakeClock

SECONDS = 30
ANSWER = RememberedAnswer(202, '{"ä": 1}', {"Location": "/x"}, "application/json")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["DynamoDB", "in memory"])
def store(request: pytest.FixtureRequest, clock: FakeClock) -> Idempotency:
    if request.param == "in memory":
        return InMemoryIdempotency(clock)
    return request.getfixturevalue("dynamo")


@pytest.fixture
def dynamo(client: Client, clock: FakeClock) -> DynamoIdempotency:
    return DynamoIdempotency(client("dynamodb"), named("events"), clock)


def begin(
    store: Idempotency, clock: FakeClock, name: str, fingerprint: str = "f", holder: str = "h"
) -> object:
    return store.begin(name, fingerprint, holder, clock() + timedelta(seconds=SECONDS))


def test_a_repeat_gets_the_answer_of_the_first(store: Idempotency, clock: FakeClock, unique: str) -> None:
    assert begin(store, clock, unique) is None
    store.finish(unique, "h", ANSWER)
    for holder in ("h", "other"):
        assert begin(store, clock, unique, holder=holder) == ANSWER
    assert begin(store, clock, f"{unique}-2") is None


@pytest.mark.parametrize("body", [None, "", "x" * 2_000_000])
def test_an_answer_of_any_length_comes_back(
    store: Idempotency, clock: FakeClock, unique: str, body: str | None
) -> None:
    begin(store, clock, unique)
    store.finish(unique, "h", ANSWER._replace(body=body, headers={}, status=404))
    assert begin(store, clock, unique) == ANSWER._replace(body=body, headers={}, status=404)


def test_another_request_of_that_name_is_refused(store: Idempotency, clock: FakeClock, unique: str) -> None:
    begin(store, clock, unique)
    with pytest.raises(Reused):
        begin(store, clock, unique, "other", "other")
    clock.at += timedelta(seconds=SECONDS + 1)
    with pytest.raises(Reused):  # also where the first one was never answered
        begin(store, clock, unique, "other", "other")
    store.finish(unique, "h", ANSWER)
    with pytest.raises(Reused):
        begin(store, clock, unique, "other")


def test_while_one_is_under_way_another_is_told_for_how_long(
    store: Idempotency, clock: FakeClock, unique: str
) -> None:
    begin(store, clock, unique)
    clock.at += timedelta(seconds=10)
    with pytest.raises(UnderWay) as busy:
        begin(store, clock, unique, holder="other")
    assert busy.value.seconds == SECONDS - 10
    assert begin(store, clock, unique) is None  # its holder may begin again: an answer of DynamoDB was lost
    clock.at += timedelta(seconds=SECONDS)
    assert begin(store, clock, unique, holder="other") is None


def test_who_was_overtaken_changes_nothing(store: Idempotency, clock: FakeClock, unique: str) -> None:
    begin(store, clock, unique, holder="slow")
    clock.at += timedelta(seconds=SECONDS)
    begin(store, clock, unique, holder="next")
    store.finish(unique, "slow", ANSWER)
    store.forget(unique, "slow")
    with pytest.raises(UnderWay):
        begin(store, clock, unique, holder="third")
    store.finish(unique, "next", ANSWER)
    store.forget(unique, "next")
    assert begin(store, clock, unique, holder="third") == ANSWER


def test_what_is_forgotten_is_done_anew_by_whoever(store: Idempotency, clock: FakeClock, unique: str) -> None:
    begin(store, clock, unique)
    store.forget(unique, "h")
    store.forget(unique, "h")
    assert begin(store, clock, unique, "other", "other") is None


def test_an_answer_is_remembered_for_a_day(store: Idempotency, clock: FakeClock, unique: str) -> None:
    begin(store, clock, unique)
    store.finish(unique, "h", ANSWER)
    clock.at += KEPT - timedelta(seconds=1)
    assert begin(store, clock, unique) == ANSWER
    clock.at += timedelta(seconds=2)
    assert begin(store, clock, unique, "another", "other") is None


def test_of_many_at_once_one_begins(store: Idempotency, clock: FakeClock, unique: str) -> None:
    def ask(number: int) -> bool:
        try:
            return begin(store, clock, unique, holder=str(number)) is None
        except UnderWay:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == 1


def test_of_an_answer_that_fits_into_no_row_the_rest_is_remembered(
    dynamo: DynamoIdempotency, clock: FakeClock, unique: str
) -> None:
    begin(dynamo, clock, unique)
    noise = random.Random(1).randbytes(BODY_BYTES).hex()
    dynamo.finish(unique, "h", ANSWER._replace(body=noise))
    assert begin(dynamo, clock, unique) == ANSWER._replace(body=None)


def test_a_table_that_is_down_is_unavailable(
    dynamo: DynamoIdempotency, clock: FakeClock, unique: str, aws: FaultyAws
) -> None:
    with aws.outage("DynamoDB"):
        for ask in (
            lambda: begin(dynamo, clock, unique),
            lambda: dynamo.finish(unique, "h", ANSWER),
            lambda: dynamo.forget(unique, "h"),
        ):
            with pytest.raises(Unavailable):
                ask()
