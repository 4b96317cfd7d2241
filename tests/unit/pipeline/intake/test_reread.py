"""What was kept is read again: all that was received in the time, in as many turns as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.envelope import Envelope, to_bytes
from chalicelib.domain.intake.file_import import Import, import_id
from chalicelib.domain.operations.job import Step
from chalicelib.errors import Invalid, NotFound, Unreadable
from chalicelib.pipeline.intake.backlog import REST_SECONDS, Backlog
from chalicelib.pipeline.intake.reread import PART, Reread, RereadArguments
from chalicelib.ports.operations import StoredObject
from plugins.sources.csv_upload import CsvUpload
from plugins.sources.inbound_email import InboundEmail
from tests.unit.pipeline.fakes import NOW, FakeImports, FakeQueue, FakeSources, now

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Bucket:
    """Objects with their times, listed a few a page."""

    bucket = "b"

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}

    def put(self, key: str, body: bytes, at: datetime) -> None:
        self.objects[key] = (body, at)

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NotFound(key)
        return self.objects[key][0]

    def pages(self, prefix: str, since: datetime, after: str = "") -> Iterator[Sequence[StoredObject]]:
        found = [
            StoredObject(key, "etag", len(body), at)
            for key, (body, at) in sorted(self.objects.items())
            if key.startswith(prefix) and key > after
        ]
        for start in range(0, len(found), 10):
            yield [stored for stored in found[start : start + 10] if stored.modified_at >= since]


class Reader:
    """Notes what it is given to read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, datetime]] = []

    def again(self, envelope: Envelope, reread_at: datetime) -> None:
        if envelope.id == "lost":
            raise Unreadable("the body is no longer in S3")
        self.read.append((envelope.id, reread_at))


class History:
    """What a connection has brought in."""

    def __init__(self) -> None:
        self.events, self.uploads, self.reader = Bucket(), Bucket(), Reader()
        self.imports, self.feedback, self.files = FakeImports(), FakeQueue(), FakeQueue()
        self.reread = Reread(
            sources=FakeSources(CsvUpload(), InboundEmail()),
            kept=self.events,
            events=self.reader,
            backlog=Backlog(self.feedback, limit=100),
            uploads=self.uploads,
            imports=self.imports,
            files=self.files,
            now=now,
        )

    def event(self, id: str, at: datetime, source: str = "csv", connection: str = "c") -> str:
        envelope = Envelope(id=id, source=source, connection=connection, received_at=at, body=b"{}")
        self.events.put(envelope.key, to_bytes(envelope), at)
        return envelope.key

    def file(self, name: str, at: datetime, status: Any = "done", under: str = "reviews/csv/c/") -> Import:
        key = under + name
        self.uploads.put(key, b"", at)
        held = Import(
            id=import_id("b", key, "etag"),
            source="csv",
            connection="c",
            bucket="b",
            key=key,
            etag="etag",
            size=10,
            status=status,
            read=5,
            made=4,
            quarantined=1,
            mark="5",
            reason="odd",
            registered_at=at,
            modified_at=at,
            updated_at=at,
            finished_at=at,
        )
        self.imports.imports[held.id] = held
        return held

    def run(self, arguments: RereadArguments, checkpoint: Any = None) -> list[Step]:
        return list(self.reread.run(arguments, checkpoint))


def since(time: datetime, until: datetime | None = None, **names: str) -> RereadArguments:
    return RereadArguments(**{"source": "csv", "connection": "c", **names}, since=time, until=until)


def test_all_events_of_the_connection_since_then_are_read_and_no_other() -> None:
    history = History()
    history.event("before", NOW - DAY - HOUR)
    for hours in range(1, 60):
        history.event(f"e{hours}", NOW - hours * HOUR)
    history.event("now", NOW)
    history.event("other", NOW - HOUR, connection="c2")
    history.event("another", NOW - HOUR, source="inbound_email")
    steps = history.run(since(NOW - DAY))
    assert {id for id, _ in history.reader.read} == {f"e{hours}" for hours in range(1, 25)}
    assert {at for _, at in history.reader.read} == {NOW}
    assert sum(step.skipped for step in steps) == 0
    assert steps[0].total == sum(step.done for step in steps)


def test_an_end_is_kept_to() -> None:
    history = History()
    for days in range(1, 6):
        history.event(f"e{days}", NOW - days * DAY)
    history.run(since(NOW - 4 * DAY, NOW - 2 * DAY))
    assert {id for id, _ in history.reader.read} == {"e4", "e3"}


def test_it_goes_on_from_each_checkpoint_and_passes_nothing_over() -> None:
    history = History()
    for minutes in range(1, 2 * PART + 5):
        history.event(f"e{minutes}", NOW - timedelta(minutes=minutes))
    held = history.file("a.csv", NOW - HOUR)
    arguments = since(NOW - DAY)
    checkpoint, turns = None, 0
    while step := next(history.reread.run(arguments, checkpoint), None):
        checkpoint, turns = step.checkpoint, turns + 1
    assert turns > 4
    read = [id for id, _ in history.reader.read]
    assert sorted(read) == sorted(f"e{minutes}" for minutes in range(1, 2 * PART + 5))
    assert len(history.files.sent) == 1
    assert history.imports.imports[held.id].reread_at == NOW


def test_what_was_kept_without_what_is_needed_is_counted_and_passed_over() -> None:
    history = History()
    history.event("good", NOW - HOUR)
    history.event("lost", NOW - HOUR)
    history.events.put(f"raw/csv/c/{NOW - HOUR:%Y/%m/%d}/0bare", b'{"text": "a bare body"}', NOW - HOUR)
    foreign = Envelope(id="x", source="zendesk", connection="c", received_at=NOW - HOUR)
    history.events.put(f"raw/csv/c/{NOW - HOUR:%Y/%m/%d}/0foreign", to_bytes(foreign), NOW - HOUR)
    steps = history.run(since(NOW - DAY))
    assert [id for id, _ in history.reader.read] == ["good"]
    assert (sum(step.done for step in steps), sum(step.skipped for step in steps)) == (1, 3)


def test_it_rests_while_much_feedback_waits() -> None:
    history = History()
    for minutes in range(1, PART + 5):
        history.event(f"e{minutes}", NOW - timedelta(minutes=minutes))
    history.feedback.backlog = [101, 100]
    waits = [step.wait for step in history.run(since(NOW - DAY))]
    assert [wait for wait in waits if wait] == [REST_SECONDS]
    assert waits[1] == REST_SECONDS


def test_a_file_is_begun_anew_once_and_read_by_its_own_function() -> None:
    history = History()
    held = history.file("a.csv", NOW - HOUR, "failed")
    history.file("old.csv", NOW - 2 * DAY)
    steps = history.run(since(NOW - DAY))
    anew = history.imports.imports[held.id]
    assert anew == replace(
        held,
        status="registered",
        read=0,
        made=0,
        quarantined=0,
        mark=None,
        reason=None,
        finished_at=None,
        reread_at=NOW,
    )
    assert [message.body for message in history.files.sent] == [f'{{"v": 1, "import": "{held.id}"}}']
    assert sum(step.done for step in steps) == 1
    # a crash behind the message, and in the meantime the file was read
    history.imports.imports[held.id] = replace(anew, status="done", mark="9")
    history.run(since(NOW - DAY), steps[0].checkpoint)
    assert history.imports.imports[held.id].status == "done"
    assert len(history.files.sent) == 1


def test_a_crash_between_a_file_and_its_message_sends_the_message() -> None:
    history = History()
    held = history.file("a.csv", NOW - HOUR)
    history.imports.imports[held.id] = held.anew(NOW)
    history.run(since(NOW - DAY))
    assert len(history.files.sent) == 1


@pytest.mark.parametrize(("status", "skipped"), [("cancelled", 1), ("refused", 1), ("running", 0)])
def test_a_file_that_somebody_stopped_stays_so_and_one_under_way_is_left_alone(
    status: str, skipped: int
) -> None:
    history = History()
    held = history.file("a.csv", NOW - HOUR, status)
    steps = history.run(since(NOW - DAY))
    assert history.imports.imports[held.id] == held
    assert history.files.sent == []
    assert sum(step.skipped for step in steps) == skipped


def test_mails_are_read_again_too() -> None:
    history = History()
    history.file("one", NOW - HOUR, under="emails/c/")
    history.run(since(NOW - DAY, source="inbound_email"))
    assert len(history.files.sent) == 1


def test_what_can_not_be_begun_says_what_is_wrong() -> None:
    history = History()
    history.reread.check(since(NOW - HOUR))
    with pytest.raises(NotFound, match="no source nobody"):
        history.reread.check(since(NOW - HOUR, source="nobody"))
    with pytest.raises(Invalid) as refusal:
        history.reread.check(since(NOW + HOUR))
    assert refusal.value.field == "since"
    with pytest.raises(Invalid) as refusal:
        since(NOW, NOW)
    assert refusal.value.field == "until"
    with pytest.raises(Invalid) as refusal:
        since(NOW, connection="c/../d")
    assert refusal.value.field == "connection"


def test_a_time_without_a_zone_is_utc() -> None:
    assert since(datetime(2026, 3, 1)).since == datetime(2026, 3, 1, tzinfo=UTC)  # noqa: DTZ001


def test_the_job_is_made_of_its_connection() -> None:
    assert History().reread.connections(since(NOW)) == ("csv/c",)
