"""What every Claims promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import Busy, Unavailable
from chalicelib.ports.intake import Claims
from chalicelib.services.dynamodb.claims import DynamoClaims
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import NOW, FakeClaims, FakeClock

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
DEADLINE = NOW + MINUTE
KEPT = timedelta(hours=72)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["DynamoDB", "fake"])
def claims(request: pytest.FixtureRequest, clock: FakeClock) -> Claims:
    if request.param == "fake":
        return FakeClaims(clock)
    client: Client = request.getfixturevalue("client")
    return DynamoClaims(client("dynamodb"), named("claims"), clock)


def test_what_nobody_holds_is_claimed(claims: Claims, unique: str) -> None:
    assert claims.begin(unique, "ann", DEADLINE) is True
    assert claims.begin(f"{unique}-2", "bob", DEADLINE) is True


def test_the_same_owner_may_begin_again(claims: Claims, unique: str) -> None:
    claims.begin(unique, "ann", DEADLINE)
    assert claims.begin(unique, "ann", DEADLINE) is True


def test_what_another_holds_is_busy_until_the_deadline(claims: Claims, clock: FakeClock, unique: str) -> None:
    claims.begin(unique, "ann", DEADLINE)
    clock.at = DEADLINE - 10 * SECOND
    with pytest.raises(Busy) as busy:
        claims.begin(unique, "bob", DEADLINE)
    assert 10 <= busy.value.seconds <= 12
    clock.at = DEADLINE + 3 * SECOND
    assert claims.begin(unique, "bob", DEADLINE + MINUTE) is True
    with pytest.raises(Busy):
        claims.begin(unique, "ann", DEADLINE + MINUTE)


def test_what_is_done_is_done_for_everybody_for_72_hours(
    claims: Claims, clock: FakeClock, unique: str
) -> None:
    claims.begin(unique, "ann", DEADLINE)
    claims.finish(unique, "ann")
    clock.at = NOW + KEPT - MINUTE
    assert [claims.begin(unique, owner, clock.at + MINUTE) for owner in ("ann", "bob")] == [False, False]
    clock.at = NOW + KEPT + MINUTE
    assert claims.begin(unique, "bob", clock.at + MINUTE) is True


def test_what_is_given_up_is_free_at_once(claims: Claims, unique: str) -> None:
    claims.begin(unique, "ann", DEADLINE)
    claims.release(unique, "ann")
    assert claims.begin(unique, "bob", DEADLINE) is True


def test_nobody_gives_up_what_another_holds(claims: Claims, unique: str) -> None:
    claims.begin(unique, "ann", DEADLINE)
    claims.release(unique, "bob")
    with pytest.raises(Busy):
        claims.begin(unique, "bob", DEADLINE)


def test_what_is_done_is_not_given_up(claims: Claims, unique: str) -> None:
    claims.begin(unique, "ann", DEADLINE)
    claims.finish(unique, "ann")
    claims.release(unique, "ann")
    assert claims.begin(unique, "bob", DEADLINE) is False


def test_what_nobody_holds_may_be_given_up(claims: Claims, unique: str) -> None:
    claims.release(unique, "ann")
    assert claims.begin(unique, "bob", DEADLINE) is True


def test_a_table_that_is_down_is_unavailable(client: Client, aws: FaultyAws, unique: str) -> None:
    claims = DynamoClaims(client("dynamodb"), named("claims"), FakeClock())
    with aws.outage("DynamoDB"):
        with pytest.raises(Unavailable):
            claims.begin(unique, "ann", DEADLINE)
        with pytest.raises(Unavailable):
            claims.finish(unique, "ann")
        with pytest.raises(Unavailable):
            claims.release(unique, "ann")
