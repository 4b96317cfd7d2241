"""An event from the bus: what it holds goes on, what can't be read is kept, within the time that there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.intake import notice_message
from chalicelib.domain.intake.envelope import Envelope, from_bytes, from_event
from chalicelib.domain.intake.feedback_message import FeedbackMessage, from_json
from chalicelib.domain.intake.way_back import ByEvent
from chalicelib.errors import Unavailable, Unreadable
from chalicelib.pipeline.intake.ingest import BAD_LIMIT, PART, Ingest
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeBus,
    FakeClaims,
    FakeConnections,
    FakeMetrics,
    FakeQuarantine,
    FakeQueue,
    FakeReceipts,
    FakeSources,
)
from triggeriq import (
    Answered,
    Bad,
    Connection,
    Feedback,
    Ignore,
    Item,
    Received,
    Redacted,
    Released,
    Source,
)

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
        self.rest, self.bus, self.claims = FakeQueue("ingest"), FakeBus(), FakeClaims()
        self.quarantine, self.metrics = FakeQuarantine(), FakeMetrics()
        self.ingest = Ingest(
            sources=FakeSources(source),
            connections=FakeConnections("c"),
            receipts=FakeReceipts(),
            claims=self.claims,
            blobs=self.blobs,
            queue=self.queue,
            rest=self.rest,
            bus=lambda: self.bus,
            quarantine=self.quarantine,
            metrics=self.metrics,
        )

    def take(self, envelope: Envelope) -> None:
        """With all that it hands itself."""
        self.ingest(envelope, "me", NOW)
        while self.rest.sent:
            self.ingest(from_event(json.loads(self.rest.sent.pop(0).body)), "me", NOW)

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
    assert len(quarantine.items) == FAULTS // PART * (BAD_LIMIT + 1) + 1  # of the last part there is one
    assert quarantine.items[0].where == "[0]"
    rest = quarantine.items[BAD_LIMIT]
    assert rest.where == f"[{BAD_LIMIT}] and behind"
    assert rest.reason == f"{PART - BAD_LIMIT:,} more items can't be read; the first of them: no text"
    assert rest.way_back == ByEvent()
    assert metrics.counted["quarantined", "faulty"] == FAULTS


class Many(Source):
    """As many items as its body says, each numbered."""

    name = "many"

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        for number in range(int(received.body)):
            yield Feedback(external_id=str(number), text="Hello")


def many(count: int) -> Envelope:
    return replace(EVENT, source="many", body=str(count).encode())


@pytest.mark.parametrize("count", [PART - 1, PART, PART + 1, 3 * PART + 1])
@pytest.mark.parametrize("replay", [True, False])
def test_of_many_items_each_goes_on_once(count: int, replay: bool) -> None:
    desk = Desk(Many())
    desk.take(replace(many(count), replay=replay))
    assert [message.feedback.external_id for message in desk.messages] == [*map(str, range(count))]
    assert desk.quarantine.items == []
    (kept,) = desk.blobs.objects.values()
    assert from_bytes(kept) == replace(many(count), replay=True)


def test_a_body_that_lies_elsewhere_is_fetched_for_each_part() -> None:
    desk = Desk(Many())
    whole = many(3 * PART)
    desk.blobs.objects["webhooks/long"] = whole.body
    desk.take(whole.without_body("webhooks/long"))
    assert len(desk.messages) == 3 * PART


def test_a_crash_between_two_parts_loses_nothing_and_hands_on_no_part_twice() -> None:
    """It came as far as the message for the rest, and not to the claim's end; so it comes again."""
    desk = Desk(Many())
    desk.rest.down = 1
    with pytest.raises(Unavailable):
        desk.take(many(2 * PART + 5))
    desk.ingest(many(2 * PART + 5), "me", NOW)
    desk.claims.held.clear()
    desk.ingest(many(2 * PART + 5), "another", NOW)
    assert len(desk.rest.sent) == 2
    while desk.rest.sent:
        desk.ingest(from_event(json.loads(desk.rest.sent.pop(0).body)), "me", NOW)
    sent = [message.feedback.external_id for message in desk.messages]
    assert {*sent} == {*map(str, range(2 * PART + 5))}
    assert len(sent) == 3 * PART + (PART + 5)  # three times the first part, and once the rest


def test_all_parts_are_read_again() -> None:
    desk = Desk(Many())
    desk.ingest.again(many(2 * PART + 5), NOW)
    assert len(desk.messages) == 2 * PART + 5
    assert desk.rest.sent == []


def test_an_event_without_end_ends_in_the_quarantine() -> None:
    desk = Desk(Many())
    desk.ingest(replace(many(10**9), begin=1_000_000), "me", NOW)
    (kept,) = desk.quarantine.items
    assert kept.reason == "the event holds more than 1,000,000 items"


class Telling(Source):
    """Yields what a test gives it."""

    name = "telling"

    def __init__(self, *items: Any) -> None:
        self._items = items

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield from self._items


ANSWERED, REDACTED = Answered(thread="t", at=NOW), Redacted(external_id="a", at=NOW)
RELEASED = Released(name="acme/shop", version="4.2.0", at=NOW)
SAID = Feedback(external_id="a", text="Hello")


def told(*items: Any) -> Desk:
    desk = Desk(Telling(*items))
    desk.take(replace(EVENT, source="telling"))
    return desk


def test_what_is_told_besides_words_goes_on_in_its_place() -> None:
    desk = told(ANSWERED, SAID, REDACTED)
    first, second, third = (message.body for message in desk.queue.sent)
    assert from_json(second).feedback.external_id == "a"
    answered, redacted = notice_message.from_json(first), notice_message.from_json(third)
    assert (answered.kind, answered.threads, answered.at) == ("answered", ("t",), NOW)
    assert (redacted.kind, redacted.external_id, redacted.event_id) == ("redacted", "a", "e1")


def test_a_release_is_told_on_the_bus_with_the_same_id_each_time() -> None:
    desk = told(RELEASED)
    desk.ingest.again(replace(EVENT, source="telling"), NOW)
    one, other = desk.bus.events
    assert one == other
    assert (one.type, one.subject, one.connections) == ("release.published", "acme/shop", ("telling/c",))
    assert one.data == {
        "name": "acme/shop",
        "version": "4.2.0",
        "at": "2026-03-01T09:00:00Z",
        "source": "telling",
        "connection": "c",
    }
    assert desk.queue.sent == []


def test_a_release_that_the_bus_refuses_comes_again() -> None:
    desk = Desk(Telling(RELEASED))
    desk.bus.down = True
    with pytest.raises(Unavailable):
        desk.take(replace(EVENT, source="telling"))
    desk.bus.down = False
    desk.take(replace(EVENT, source="telling"))
    assert len(desk.bus.events) == 1


@pytest.mark.parametrize(
    ("items", "kept"),
    [
        ((ANSWERED,), False),
        ((REDACTED, Ignore("a colleague's note")), False),
        ((Ignore("a colleague's note"),), False),
        ((RELEASED,), False),
        ((), True),
        ((ANSWERED, SAID), True),
        ((ANSWERED, Bad("item 2", "no text")), True),
        ((Answered(thread="", at=NOW),), True),
    ],
    ids=lambda value: ", ".join(type(item).__name__ for item in value) if isinstance(value, tuple) else "",
)
def test_bytes_are_kept_only_where_they_hold_what_a_customer_said(items: Any, kept: bool) -> None:
    assert bool(told(*items).blobs.objects) is kept


NONSENSE = [
    Answered(thread=" ", at=NOW),
    Answered(thread="t", at=None),  # type: ignore[arg-type]
    Redacted(at=NOW),
    Redacted(external_id="\0", at=NOW),
    Redacted(external_id=7, at=NOW),  # type: ignore[arg-type]
    Redacted(thread="t", at="2026-03-01"),  # type: ignore[arg-type]
    Released(name="", version="1", at=NOW),
    Released(name="a", version=None, at=NOW),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("nonsense", NONSENSE, ids=str)
def test_what_names_nothing_is_quarantined_while_the_rest_goes_on(nonsense: Any) -> None:
    desk = told(nonsense, SAID)
    (kept,) = desk.quarantine.items
    assert (kept.where, kept.raw_key in desk.blobs.objects) == ("item 0", True)
    assert [message.feedback.external_id for message in desk.messages] == ["a"]
