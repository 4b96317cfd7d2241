"""What receive does beside the way that the stories go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Poison, TriggerIQError, Unavailable
from chalicelib.pipeline.intake.receive import EVENT_ID_BYTES, Accepted, Receive
from tests.unit.pipeline.fakes import (
    FakeBlobs,
    FakeConnections,
    FakeMetrics,
    FakeQuarantine,
    FakeSources,
    now,
)
from triggeriq import Connection, Event, Events, Request, Source, Verified


class Named(Source):
    """Names an event by each line of the body, and lets everybody in."""

    name = "named"

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        return Verified(scheme="none")

    def receive(self, request: Request, connection: Connection) -> Events:
        return Events(*map(Event, request.body.decode("utf-8", "surrogatepass").split("\n")))


class FakeBus:
    def __init__(self) -> None:
        self.events: list[CloudEvent] = []

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        self.events += events
        return [None] * len(events)


class FailingReceipts:
    def __init__(self, error: TriggerIQError | None = None) -> None:
        self.error = error
        self.asked = 0

    def stands(self, source: str, connection: str, event_ids: Sequence[str]) -> set[str]:
        if self.error:
            raise self.error
        return set()

    def write(self, source: str, connection: str, event_id: str, received_at: datetime) -> None:
        self.asked += 1
        if self.error:
            raise self.error


def receiving(error: TriggerIQError | None = None) -> tuple[Receive, FakeBus]:
    bus = FakeBus()
    receive = Receive(
        sources=FakeSources(Named()),
        connections=FakeConnections("default"),
        receipts=FailingReceipts(error),
        bus=bus,
        blobs=FakeBlobs(),
        quarantine=FakeQuarantine(),
        metrics=FakeMetrics(),
        trace=new_trace,
        now=now,
    )
    return receive, bus


def named(id: str) -> Request:
    return Request(body=id.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("error", [Unavailable("dynamodb", "down"), Poison("dynamodb refused the request")])
def test_receipts_that_fail_never_change_the_answer(error: TriggerIQError) -> None:
    receive, bus = receiving(error)
    answer = receive("named", "default", named("event-1"))
    assert isinstance(answer, Accepted)
    assert [(event.id, event.duplicate) for event in answer.events] == [("event-1", False)]
    assert len(bus.events) == 1


@pytest.mark.parametrize(
    "id", ["x" * (EVENT_ID_BYTES + 1), "\U0001f600" * 400, "", " ", "a\0b", "half \ud800"]
)
def test_a_name_that_no_key_can_hold_gives_way_to_its_hash(id: str) -> None:
    receive, _ = receiving()
    answer = receive("named", "default", named(id))
    assert isinstance(answer, Accepted)
    (event,) = answer.events
    assert event.id.startswith("sha256:")
    assert receive("named", "default", named(id)) == answer


@pytest.mark.parametrize(
    ("error", "asked"), [(Unavailable("dynamodb", "down"), 1), (Poison("dynamodb refused the request"), 3)]
)
def test_a_table_that_is_away_is_waited_for_once_a_request(error: TriggerIQError, asked: int) -> None:
    """Each wait takes some three seconds, and the sender is answered within half a minute or not at all."""
    receive, bus = receiving(error)
    receive("named", "default", named("a\nb\nc"))
    assert len(bus.events) == 3
    assert receive.receipts.asked == asked  # type: ignore[attr-defined]
