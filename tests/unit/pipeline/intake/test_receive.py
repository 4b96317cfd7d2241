"""What receive does beside the way that the stories go."""

from __future__ import annotations

from datetime import datetime

import pytest

from chalicelib.domain.trace import new_trace
from chalicelib.errors import Poison, TriggerIQError, Unavailable
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.pipeline.intake.receive import Accepted, Receive
from tests.unit.pipeline.fakes import (
    FakeBlobs,
    FakeBus,
    FakeConnections,
    FakeMetrics,
    FakeQuarantine,
    FakeReceipts,
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


def receiving(error: TriggerIQError | None = None) -> tuple[Receive, FakeBus]:
    bus, receipts = FakeBus(), FakeReceipts(error=error)
    receive = Receive(
        sources=FakeSources(Named()),
        connections=FakeConnections("default"),
        receipts=receipts,
        publish=Publish(receipts=receipts, bus=bus, blobs=FakeBlobs(), now=now),
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
