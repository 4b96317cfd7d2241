"""DynamoDB, SQS, KMS or the bus are down, wholly or for single entries, while something is delivered: it
arrives in the end, and nothing of it through a dead-letter queue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.stack import Stack
from tests.functional.by_hand import Functions
from tests.functional.conftest import AT_ONCE
from tests.functional.faulty_aws import FaultyAws
from tests.functional.receivers import Receivers, Says
from tests.functional.test_a_crash_loses_no_delivery import Way, receivers

__all__ = ["receivers"]


@pytest.fixture(scope="module")
def aws(quiet_stack: Stack) -> Iterator[FaultyAws]:
    aws = FaultyAws(quiet_stack.aws_port)
    yield aws
    aws.close()


@pytest.fixture(scope="module")
def weak(quiet_stack: Stack, aws: FaultyAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """The functions, with the faulty AWS."""
    folder = tmp_path_factory.mktemp("weak")
    functions = Functions(quiet_stack, folder, {**AT_ONCE, "AWS_ENDPOINT_URL": aws.url})
    yield functions
    functions.close()


@pytest.fixture
def way(weak: Functions, quiet_stack: Stack, receivers: Receivers, connection: str) -> Iterator[Way]:
    weak.told()
    weak.dead()
    way = Way(weak, quiet_stack, receivers, f"o{connection[-6:]}")
    yield way
    way.forget()


@pytest.mark.parametrize("down", ["DynamoDB", "AmazonSQS.SendMessageBatch", "TrentService"])
def test_what_is_down_delays_a_delivery_and_no_more(way: Way, aws: FaultyAws, down: str) -> None:
    way.tell()
    for _ in ("the event", "its job"):
        with aws.outage(down):
            way.functions.step("deliver")
        way.functions.step("deliver")
    way.until_nothing_moves()
    assert way.row["status"] == "delivered"
    assert set(way.receivers.ids(way.path)) == {way.name}
    assert way.functions.dead() == []


def test_jobs_that_the_queue_refuses_are_sent_once_more(way: Way, aws: FaultyAws) -> None:
    way.tell()
    with aws.refusing_entries("AmazonSQS.SendMessageBatch", times=1):
        way.functions.step("deliver")
    way.functions.step("deliver")
    assert way.row["status"] == "delivered"
    assert way.row["attempt"] == 1


@pytest.mark.parametrize("whole", [True, False])
def test_news_that_the_bus_does_not_take_wait_for_the_sweep(way: Way, aws: FaultyAws, whole: bool) -> None:
    way.says = Says(410)
    way.tell()
    way.functions.step("deliver")
    with aws.outage("AWSEvents") if whole else aws.refusing_entries("AWSEvents.PutEvents"):
        way.functions.step("deliver")
    assert (way.row["status"], way.row["reason"]) == ("held", "gone")
    assert way.functions.told() == []
    assert [event["type"] for event in way.waiting_for_the_bus()] == ["endpoint.disabled"]
