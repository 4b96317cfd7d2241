"""An event from the bus: what it holds goes on, what can't be read is kept, within the time that there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.intake.envelope import Envelope, from_bytes
from chalicelib.domain.intake.feedback_message import FeedbackMessage, from_json
from chalicelib.domain.intake.way_back import ByEvent
from chalicelib.errors import Unreadable
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
        for index in range(FAULTS // 2):
            yield Bad(f"[{index}]", "no text")
        yield Feedback(external_id="good", text="Hello")
        for index in range(FAULTS // 2 + 1, FAULTS + 1):
            yield Bad(f"[{index}]", "no text")


class Simple(Source):
    """One item, made of header and body."""

    name = "simple"
    keep_headers = ("x-kind",)

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield Feedback(external_id=received.id, text=f"{received.headers['x-kind']} {received.body.decode()}")


EVENT = Envelope(
    id="e1", source="simple", connection="c", received_at=NOW, headers={"x-kind": "said:"}, body=b"Hello"
)


class Desk:
    """An Ingest and all that it leaves."""

    def __init__(self, source: Source) -> None:
        self.blobs, self.queue = FakeBlobs(), FakeQueue()
        self.quarantine, self.metrics = FakeQuarantine(), FakeMetrics()
        self.ingest = Ingest(
            sources=FakeSources(source),
            connections=FakeConnections("c"),
            receipts=FakeReceipts(),
            claims=FakeClaims(),
            blobs=self.blobs,
            queue=self.queue,
            quarantine=self.quarantine,
            metrics=self.metrics,
        )

    def take(self, envelope: Envelope) -> None:
        self.ingest(envelope, "me", NOW)

    @property
    def messages(self) -> list[FeedbackMessage]:
        return [from_json(message.body) for message in self.queue.sent]


def test_an_event_is_kept_with_all_that_is_needed_to_read_it_again() -> None:
    desk = Desk(Simple())
    desk.take(EVENT)
    (first,) = desk.messages
    assert list(desk.blobs.objects) == [first.raw_key]
    desk.blobs.objects["elsewhere"] = b""  # reading again writes nothing
    kept = dict(desk.blobs.objects)
    desk.ingest.again(from_bytes(desk.blobs.get(first.raw_key)), NOW + timedelta(days=9))
    again = desk.messages[1]
    assert again == replace(first, reread_at=NOW + timedelta(days=9))
    assert desk.blobs.objects == kept


def test_a_long_body_is_kept_where_it_lies() -> None:
    desk = Desk(Simple())
    desk.blobs.objects["webhooks/long"] = EVENT.body
    desk.take(EVENT.without_body("webhooks/long"))
    (first,) = desk.messages
    kept = from_bytes(desk.blobs.get(first.raw_key))
    assert kept.body == b""
    desk.ingest.again(kept, NOW)
    assert desk.messages[1].feedback == first.feedback
    del desk.blobs.objects["webhooks/long"]
    with pytest.raises(Unreadable):
        desk.ingest.again(kept, NOW)


def test_what_still_can_not_be_read_lies_in_the_quarantine_once() -> None:
    desk = Desk(Faulty())
    event = replace(EVENT, source="faulty")
    desk.take(event)
    before = [item.fingerprint for item in desk.quarantine.items]
    desk.ingest.again(event, NOW)
    assert [item.fingerprint for item in desk.quarantine.items] == before
    assert desk.quarantine.items[0].raw_key == event.key


def test_an_event_of_many_faults_takes_few_writes_and_none_is_passed_over() -> None:
    desk = Desk(Faulty())
    queue, quarantine, metrics = desk.queue, desk.quarantine, desk.metrics
    desk.take(replace(EVENT, source="faulty"))
    assert [from_json(message.body).feedback.external_id for message in queue.sent] == ["good"]
    assert len(quarantine.items) == BAD_LIMIT + 1
    assert quarantine.items[0].where == "[0]"
    rest = quarantine.items[-1]
    assert rest.where == f"[{BAD_LIMIT}] and behind"
    assert rest.reason == f"{FAULTS - BAD_LIMIT:,} more items can't be read; the first of them: no text"
    assert rest.way_back == ByEvent()
    assert metrics.counted["quarantined", "faulty"] == FAULTS
