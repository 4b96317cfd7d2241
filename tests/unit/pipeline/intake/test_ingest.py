"""An event from the bus: what it holds goes on, what can't be read is kept, within the time that there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.intake.envelope import Envelope
from chalicelib.domain.intake.feedback_message import from_json
from chalicelib.domain.intake.way_back import ByBus
from chalicelib.pipeline.intake.ingest import BAD_LIMIT, Ingest
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeConnections,
    FakeMetrics,
    FakeQuarantine,
    FakeQueue,
    FakeReceipts,
    FakeSources,
)
from triggeriq import Bad, Connection, Feedback, Item, Received, Source

FAULTS = 9_000


class Faulty(Source):
    """A list with one good item between many that are none."""

    name = "faulty"

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        for index in range(FAULTS // 2):
            yield Bad(f"[{index}]", "no text")
        yield Feedback(external_id="good", text="Hello")
        for index in range(FAULTS // 2 + 1, FAULTS + 1):
            yield Bad(f"[{index}]", "no text")


class OpenClaims:
    def begin(self, name: str, owner: str, until: datetime) -> bool:
        return True

    def finish(self, name: str, owner: str) -> None: ...

    def release(self, name: str, owner: str) -> None: ...


def test_an_event_of_many_faults_takes_few_writes_and_none_is_passed_over() -> None:
    queue, quarantine, metrics = FakeQueue(), FakeQuarantine(), FakeMetrics()
    ingest = Ingest(
        sources=FakeSources(Faulty()),
        connections=FakeConnections("c"),
        receipts=FakeReceipts(),
        claims=OpenClaims(),
        blobs=FakeBlobs(),
        queue=queue,
        quarantine=quarantine,
        metrics=metrics,
    )
    ingest(Envelope(id="e1", source="faulty", connection="c", received_at=NOW, body=b"[]"), "me", NOW)
    assert [from_json(message.body).feedback.external_id for message in queue.sent] == ["good"]
    assert len(quarantine.items) == BAD_LIMIT + 1
    assert quarantine.items[0].where == "[0]"
    rest = quarantine.items[-1]
    assert rest.where == f"[{BAD_LIMIT}] and behind"
    assert rest.reason == f"{FAULTS - BAD_LIMIT:,} more items can't be read; the first of them: no text"
    assert isinstance(rest.way_back, ByBus)
    assert metrics.counted["quarantined", "faulty"] == FAULTS
