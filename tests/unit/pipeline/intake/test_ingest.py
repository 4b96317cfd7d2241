"""An event from the bus: what it holds goes on, what can't be read is kept, within the time that there is."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.intake.envelope import Envelope
from chalicelib.domain.intake.feedback_message import from_json
from chalicelib.pipeline.intake.ingest import BAD_LIMIT, Ingest
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeClaims,
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
        for place in range(FAULTS // 2):
            yield Bad(f"[{place}]", "no text")
        yield Feedback(external_id="good", text="Hello")
        for place in range(FAULTS // 2 + 1, FAULTS + 1):
            yield Bad(f"[{place}]", "no text")


def test_an_event_of_many_faults_takes_few_writes_and_none_is_passed_over() -> None:
    queue, quarantine, metrics = FakeQueue(), FakeQuarantine(), FakeMetrics()
    ingest = Ingest(
        sources=FakeSources(Faulty()),
        connections=FakeConnections("c"),
        receipts=FakeReceipts(),
        claims=FakeClaims(),
        blobs=FakeBlobs(),
        queue=queue,
        quarantine=quarantine,
        metrics=metrics,
    )
    event = Envelope(id="e1", source="faulty", connection="c", received_at=NOW, body=b"[]").as_event()
    ingest({"detail": event.as_json()}, "me", NOW)
    assert [from_json(message.body).feedback.external_id for message in queue.sent] == ["good"]
    assert len(quarantine.items) == BAD_LIMIT + 1
    assert quarantine.items[0].where == "[0]"
    rest = quarantine.items[-1]
    assert rest.where == f"[{BAD_LIMIT}] and behind"
    assert rest.reason == f"{FAULTS - BAD_LIMIT:,} more items can't be read; the first of them: no text"
    assert rest.way == "bus"
    assert metrics.counted["quarantined", "faulty"] == FAULTS
