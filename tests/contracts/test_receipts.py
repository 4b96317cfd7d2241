"""What every Receipts promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ports.intake import Receipts, Told
from chalicelib.services.dynamodb.receipts import DynamoReceipts
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import NOW, FakeClock, FakeReceipts
from triggeriq.scheme import NONCE_TOLERANCE

MINUTE = timedelta(minutes=1)
KEPT = timedelta(hours=72)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["DynamoDB", "fake"])
def receipts(request: pytest.FixtureRequest, clock: FakeClock) -> Receipts:
    if request.param == "fake":
        return FakeReceipts(clock=clock)
    client: Client = request.getfixturevalue("client")
    return DynamoReceipts(client("dynamodb"), named("events"), clock)


def test_a_receipt_stands_for_what_was_written(receipts: Receipts, unique: str) -> None:
    for event_id in ("a", "b"):
        receipts.write("zendesk", unique, event_id, NOW)
    assert receipts.stands("zendesk", unique, ["a", "c", "b"]) == {"a", "b"}
    assert receipts.stands("zendesk", unique, []) == set()


def test_a_receipt_is_of_one_connection_of_one_source(receipts: Receipts, unique: str) -> None:
    receipts.write("zendesk", unique, "a", NOW)
    assert receipts.stands("zendesk", f"{unique}-2", ["a"]) == set()
    assert receipts.stands("csv", unique, ["a"]) == set()


def test_a_receipt_stands_for_72_hours(receipts: Receipts, clock: FakeClock, unique: str) -> None:
    receipts.write("zendesk", unique, "a", NOW)
    clock.at = NOW + KEPT - MINUTE
    assert receipts.stands("zendesk", unique, ["a"]) == {"a"}
    clock.at = NOW + KEPT + MINUTE
    assert receipts.stands("zendesk", unique, ["a"]) == set()
    receipts.write("zendesk", unique, "a", clock.at)
    assert receipts.stands("zendesk", unique, ["a"]) == {"a"}


def test_a_receipt_that_stands_is_not_written_anew(receipts: Receipts, clock: FakeClock, unique: str) -> None:
    receipts.write("zendesk", unique, "a", NOW)
    clock.at = NOW + KEPT - MINUTE
    receipts.write("zendesk", unique, "a", clock.at)
    clock.at = NOW + KEPT + MINUTE
    assert receipts.stands("zendesk", unique, ["a"]) == set()


def test_the_last_that_was_told_of_a_thing_is_known(
    receipts: Receipts, clock: FakeClock, unique: str
) -> None:
    assert receipts.last("zendesk", unique, "t1") is None
    for told in (Told("a", "a"), Told("b", "b behind a"), Told("a", "a behind b")):
        receipts.remember("zendesk", unique, "t1", told, NOW)
        assert receipts.last("zendesk", unique, "t1") == told
    receipts.remember("zendesk", unique, "t2", Told("c", "c"), NOW)
    assert receipts.last("zendesk", unique, "t1") == Told("a", "a behind b")
    assert receipts.last("zendesk", f"{unique}-2", "t1") is None
    assert receipts.last("csv", unique, "t1") is None
    assert receipts.stands("zendesk", unique, ["t1", "a"]) == set()
    clock.at = NOW + KEPT + MINUTE
    assert receipts.last("zendesk", unique, "t1") is None
    receipts.remember("zendesk", unique, "t1", Told("a", "a"), NOW)
    assert receipts.last("zendesk", unique, "t1") == Told("a", "a")


def test_a_nonce_stands_for_the_first_body_that_it_came_with(
    receipts: Receipts, clock: FakeClock, unique: str
) -> None:
    assert receipts.bind("mailgun", unique, "n1", "sha256:a")
    assert receipts.bind("mailgun", unique, "n1", "sha256:a")
    assert not receipts.bind("mailgun", unique, "n1", "sha256:b")
    assert receipts.bind("mailgun", unique, "n2", "sha256:b")
    assert receipts.bind("mailgun", f"{unique}-2", "n1", "sha256:b")
    assert receipts.bind("csv", unique, "n1", "sha256:b")
    assert receipts.stands("mailgun", unique, ["n1"]) == set()
    clock.at = NOW + KEPT - MINUTE
    assert not receipts.bind("mailgun", unique, "n1", "sha256:b")
    clock.at = NOW + KEPT + MINUTE
    assert receipts.bind("mailgun", unique, "n1", "sha256:b")
    assert not receipts.bind("mailgun", unique, "n1", "sha256:a")


def test_a_nonce_is_remembered_as_long_as_its_time_may_hold() -> None:
    """From as much before its time as the widest row allows, to as much behind it."""
    assert timedelta(seconds=2 * NONCE_TOLERANCE) == KEPT


def test_of_bodies_that_come_at_once_with_a_nonce_one_is_let_in(receipts: Receipts, unique: str) -> None:
    if isinstance(receipts, FakeReceipts):
        pytest.skip("nothing comes at once to a fake")
    bodies = [f"sha256:{number}" for number in range(16)]
    with ThreadPoolExecutor(8) as at_once:
        let_in = list(at_once.map(lambda body: receipts.bind("mailgun", unique, "n1", body), bodies))
    assert let_in.count(True) == 1


def test_a_table_that_is_down_is_unavailable(receipts: Receipts, aws: FaultyAws, unique: str) -> None:
    if isinstance(receipts, FakeReceipts):
        receipts.error = Unavailable("dynamodb", "down")
    with aws.outage("DynamoDB"):
        with pytest.raises(Unavailable):
            receipts.stands("zendesk", unique, ["a"])
        with pytest.raises(Unavailable):
            receipts.write("zendesk", unique, "a", NOW)
        with pytest.raises(Unavailable):
            receipts.last("zendesk", unique, "a")
        with pytest.raises(Unavailable):
            receipts.remember("zendesk", unique, "a", Told("a", "a"), NOW)
        with pytest.raises(Unavailable):
            receipts.bind("zendesk", unique, "n", "sha256:a")
