"""What lay in the quarantine goes back by the way it came, and leaves only when it is safe there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.envelope import ClaimCheck, from_event
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByBus, ByFile, ByQueue, ByReceive, UnknownWay, WayBack
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Conflict, NotFound, PluginFailed, Unavailable
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.pipeline.intake.replay import Replay
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeBus,
    FakeConnections,
    FakeQuarantine,
    FakeQueue,
    FakeReceipts,
    FakeSources,
    now,
)
from triggeriq import Connection, Event, Events, Ignore, Request, Source, Unreadable

TRACE = new_trace()
QUEUE = "triggeriq-test-feedback"


class Mended(Source):
    """answer: what it makes of the request now. asked: what it was asked with."""

    name = "mended"
    keep_headers = ("x-topic",)

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[Request, Connection]] = []

    def receive(self, request: Request, connection: Connection) -> Any:
        self.asked.append((request, connection))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Replaying:
    """One entry of the quarantine, and all that its replay leaves."""

    def __init__(
        self, way: WayBack | None, *, answer: Any = None, objects: Mapping[str, bytes] | None = None
    ) -> None:
        self.quarantine, self.bus, self.receipts = FakeQuarantine(), FakeBus(), FakeReceipts("e-1")
        self.source, self.feedback, self.files = Mended(answer), FakeQueue(QUEUE), FakeQueue("files")
        blobs = FakeBlobs({"raw": b"the bytes"} if objects is None else objects)
        self.id = self.quarantine.keep(
            Quarantined(
                source="mended",
                connection="shop",
                reason="no text",
                where="body",
                at=NOW,
                raw_key="raw",
                way_back=way,
            )
        )
        self.replay = Replay(
            quarantine=self.quarantine,
            sources=FakeSources(self.source),
            connections=FakeConnections("shop"),
            publish=Publish(receipts=self.receipts, bus=self.bus, blobs=blobs, now=now),
            blobs=blobs,
            queues={QUEUE: self.feedback},
            files=self.files,
        )

    def __call__(self, within: Restriction | None = None) -> None:
        self.replay(self.id, within)

    @property
    def left(self) -> bool:
        """Whether it lies in the quarantine still."""
        return self.quarantine.find(self.id, None) is not None

    @property
    def sent(self) -> int:
        return len(self.bus.events) + len(self.feedback.sent) + len(self.files.sent)


RECEIVE = ByReceive(
    method="PUT", headers={"x-topic": "review", "x-other": "y"}, query={"kind": "a"}, trace=TRACE
)
BUS = ByBus(id="e-1", received_at=NOW, headers={"x-topic": "review"}, sha256="ab", trace=TRACE)
FILE = ByFile(FileJob("i-1", row_after="line 3", trace=TRACE))
MESSAGE = ByQueue(queue=QUEUE, trace=TRACE)


def test_a_request_is_named_again_and_its_events_pass_their_receipts() -> None:
    replaying = Replaying(RECEIVE, answer=Events(Event("e-1")))
    replaying()
    ((request, connection),) = replaying.source.asked
    assert (request.method, request.body, request.headers) == ("PUT", b"the bytes", RECEIVE.headers)
    assert request.query == {"kind": "a"}
    assert connection.secrets  # the connection as it stands now
    (envelope,) = [from_event(event.as_json()) for event in replaying.bus.events]
    assert (envelope.id, envelope.body, envelope.replay, envelope.trace) == ("e-1", b"the bytes", True, TRACE)
    assert envelope.headers == {"x-topic": "review"}
    assert not replaying.left


@pytest.mark.parametrize("answer", [Events(), Ignore("a test")])
def test_a_request_that_holds_no_feedback_after_all_is_done_with(answer: Any) -> None:
    replaying = Replaying(RECEIVE, answer=answer)
    replaying()
    assert (replaying.sent, replaying.left) == (0, False)


@pytest.mark.parametrize("error", [Unreadable("no id"), PluginFailed("mended/1", "raised KeyError")])
def test_a_request_that_still_cannot_be_read_stays(error: Exception) -> None:
    replaying = Replaying(RECEIVE, answer=error)
    with pytest.raises(Conflict, match=f"it still can't be read: {error}"):
        replaying()
    assert (replaying.sent, replaying.left) == (0, True)


def test_a_request_of_a_connection_that_is_gone_is_read_without_its_settings() -> None:
    replaying = Replaying(RECEIVE, answer=Events(Event("e-1")))
    replace(replaying.replay, connections=FakeConnections())(replaying.id, None)
    assert [connection for _, connection in replaying.source.asked] == [
        Connection(source="mended", name="shop")
    ]
    assert not replaying.left


def test_a_request_whose_source_is_gone_stays() -> None:
    replaying = Replaying(RECEIVE)
    with pytest.raises(Conflict, match="no plugin gives the source mended now"):
        replace(replaying.replay, sources=FakeSources())(replaying.id, None)
    assert replaying.left


def test_an_event_goes_on_the_bus_with_where_its_bytes_lie() -> None:
    replaying = Replaying(BUS)
    replaying()
    (envelope,) = [from_event(event.as_json()) for event in replaying.bus.events]
    assert envelope.claim_check == ClaimCheck("raw", "ab")
    assert (envelope.id, envelope.received_at, envelope.headers) == ("e-1", NOW, BUS.headers)
    assert (envelope.source, envelope.connection) == ("mended", "shop")
    assert (envelope.replay, envelope.trace) == (True, TRACE)
    assert not replaying.left


@pytest.mark.parametrize("way", [BUS, RECEIVE])
def test_what_the_bus_refuses_stays(way: WayBack) -> None:
    replaying = Replaying(way, answer=Events(Event("e-1")))
    replaying.bus.refused = {"e-1": "ThrottlingException"}
    with pytest.raises(Unavailable, match="refused"):
        replaying()
    assert replaying.left


@pytest.mark.parametrize("way", [FILE, ByFile(FileJob("i-1", resume=True))])
def test_a_row_or_the_rest_of_a_file_becomes_its_job(way: ByFile) -> None:
    replaying = Replaying(way)
    replaying()
    (message,) = replaying.files.sent
    assert (file_job.from_json(message.body), message.trace) == (way.job, way.job.trace)
    assert not replaying.left


def test_a_message_goes_on_its_queue_as_it_was() -> None:
    replaying = Replaying(MESSAGE)
    replaying()
    (message,) = replaying.feedback.sent
    assert (message.body, message.trace, message.delay_seconds) == ("the bytes", TRACE, 0)
    assert not replaying.left


def test_a_message_of_a_queue_that_is_gone_stays() -> None:
    replaying = Replaying(ByQueue(queue="triggeriq-test-old"))
    with pytest.raises(Conflict, match="there is no queue triggeriq-test-old now"):
        replaying()
    assert replaying.left


@pytest.mark.parametrize("way", [MESSAGE, FILE])
def test_what_a_queue_does_not_take_stays(way: WayBack) -> None:
    replaying = Replaying(way)
    replaying.feedback.down = replaying.files.down = 1
    with pytest.raises(Unavailable):
        replaying()
    assert replaying.left
    replaying()
    assert (replaying.sent, replaying.left) == (1, False)


@pytest.mark.parametrize("way", [RECEIVE, MESSAGE])
def test_what_has_lost_its_bytes_stays(way: WayBack) -> None:
    replaying = Replaying(way, objects={})
    with pytest.raises(NotFound):
        replaying()
    assert (replaying.sent, replaying.left) == (0, True)


def test_what_has_no_way_back_says_what_to_do_instead() -> None:
    replaying = Replaying(None)
    with pytest.raises(Conflict, match="no text: mend the file and upload it again"):
        replaying()
    assert replaying.left


def test_what_another_release_kept_stays_for_it() -> None:
    replaying = Replaying(UnknownWay("bus", '{"v": 2}'))
    with pytest.raises(Conflict, match="another release"):
        replaying()
    assert replaying.left


def test_what_was_replayed_is_gone() -> None:
    replaying = Replaying(FILE)
    replaying()
    with pytest.raises(NotFound, match="there is no entry"):
        replaying()
    assert replaying.sent == 1


def test_what_is_of_other_connections_is_not_there_to_be_replayed() -> None:
    replaying = Replaying(RECEIVE, answer=Events(Event("e-1")))
    with pytest.raises(NotFound, match="there is no entry"):
        replaying(Restriction(("mended/other",)))
    assert (replaying.sent, replaying.left) == (0, True)
    replaying(Restriction(("mended/shop",)))
    assert (replaying.sent, replaying.left) == (1, False)
