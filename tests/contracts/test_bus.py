"""What every Bus promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.errors import Unavailable
from chalicelib.ports.bus import TOO_LARGE, Bus
from chalicelib.services.eventbridge import EventBridgeBus
from local.catalogue import PREFIX, named
from tests.contracts.conftest import Client, all_of
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import FakeBus

PUT = "AWSEvents.PutEvents"


class AnsweringOnce:
    """EventBridge that is gone after its first answer."""

    def __init__(self, client: Any, aws: FaultyAws) -> None:
        self._client, self._aws = client, aws

    def put_events(self, **request: Any) -> Any:
        answer = self._client.put_events(**request)
        self._aws.down.add(PUT)
        return answer


@pytest.fixture(params=["EventBridge", "fake"])
def bus(request: pytest.FixtureRequest) -> Bus:
    if request.param == "fake":
        return FakeBus(dummies=True)
    client: Client = request.getfixturevalue("client")
    return EventBridgeBus(client("events"), PREFIX)


@pytest.fixture
def taken(bus: Bus, request: pytest.FixtureRequest) -> Callable[[], list[dict[str, Any]]]:
    """Gives the events that the bus has brought on, by their ids."""
    if isinstance(bus, FakeBus):
        return lambda: sorted((event.as_json() for event in bus.events), key=lambda event: event["id"])
    sqs = request.getfixturevalue("client")("sqs")
    url = sqs.get_queue_url(QueueName=named("delivery"))["QueueUrl"]  # a rule brings ticket.* there
    list(all_of(sqs, url))  # of tests before

    def received() -> Iterator[dict[str, Any]]:
        for one in all_of(sqs, url):
            yield json.loads(one["Body"])["detail"]

    return lambda: sorted(received(), key=lambda event: event["id"])


def events(count: int, now: datetime, **data: Any) -> list[CloudEvent]:
    return [
        CloudEvent(id=f"{number:02}", type="ticket.created", subject="t", time=now, data=data)
        for number in range(count)
    ]


Taken = Callable[[], list[dict[str, Any]]]


def test_all_events_are_put_however_many_they_are(bus: Bus, taken: Taken, now: datetime) -> None:
    many = events(12, now)
    assert list(bus.publish(many)) == [None] * 12
    assert taken() == [event.as_json() for event in many]


def test_all_events_are_put_however_long_they_are(bus: Bus, taken: Taken, now: datetime) -> None:
    long = events(3, now, text="x" * 200_000)
    assert list(bus.publish(long)) == [None] * 3
    assert [event["data"] for event in taken()] == [event.data for event in long]


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_an_event_of_any_age_is_put(bus: Bus, taken: Taken, now: datetime, year: int) -> None:
    (old,) = events(1, now.replace(year=year))
    assert list(bus.publish([old])) == [None]
    assert [event["time"] for event in taken()] == [old.as_json()["time"]]


def test_an_event_that_is_too_large_keeps_no_other_back(bus: Bus, taken: Taken, now: datetime) -> None:
    first, large, last = (
        CloudEvent(id=id, type="ticket.created", subject="t", time=now, data={"text": text})
        for id, text in (("00", "small"), ("01", "x" * 250_000), ("02", "small"))
    )
    if isinstance(bus, FakeBus):
        bus.refused = {"01": TOO_LARGE}
    assert list(bus.publish([first, large, last])) == [None, TOO_LARGE, None]
    assert [event["id"] for event in taken()] == ["00", "02"]
    assert list(bus.publish([large])) == [TOO_LARGE]


def test_no_event_is_no_failure(bus: Bus, taken: Taken) -> None:
    assert (list(bus.publish([])), taken()) == ([], [])


def test_of_each_event_that_is_not_accepted_it_says_why(
    bus: Bus, taken: Taken, now: datetime, aws: FaultyAws
) -> None:
    three = events(3, now)
    if isinstance(bus, FakeBus):
        bus.refused = {"02": "InternalFailure"}
    with aws.refusing_entries(PUT):
        assert list(bus.publish(three)) == [None, None, "InternalFailure"]
    assert [event["id"] for event in taken()] == ["00", "01"]


def test_a_bus_that_takes_nothing_is_unavailable(
    bus: Bus, taken: Taken, now: datetime, aws: FaultyAws
) -> None:
    if isinstance(bus, FakeBus):
        bus.down = True
    with aws.outage(PUT), pytest.raises(Unavailable):
        bus.publish(events(1, now))
    assert taken() == []


def test_a_bus_that_is_gone_half_way_says_so_of_the_rest(
    client: Client, now: datetime, aws: FaultyAws
) -> None:
    """The fakes are never gone half-way."""
    try:
        refusals = EventBridgeBus(AnsweringOnce(client("events"), aws), PREFIX).publish(events(12, now))
    finally:
        aws.down.discard(PUT)
    assert [refusal is None for refusal in refusals] == [True] * 10 + [False] * 2
