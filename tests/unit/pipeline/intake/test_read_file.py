"""Reading a file in as many invocations as it takes, each from the last one's checkpoint."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import chain, repeat
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.feedback import LINE_LIMIT
from chalicelib.domain.intake.feedback_message import from_json
from chalicelib.domain.intake.file_import import Import, Unpacked
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByFile
from chalicelib.domain.trace import Trace
from chalicelib.errors import Unavailable
from chalicelib.pipeline.intake import parts, read_file
from chalicelib.pipeline.intake.backlog import REST_SECONDS, Backlog
from chalicelib.pipeline.intake.read_file import BAD_LIMIT, CHECKPOINT, ReadFile
from plugins.sources.csv_upload import CsvUpload
from plugins.sources.inbound_email import InboundEmail
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeConnections,
    FakeImports,
    FakeMetrics,
    FakeQuarantine,
    FakeQueue,
    FakeSources,
    etag_of,
    now,
    plenty,
)
from triggeriq import Connection, Feedback, FileHint, Item, Nothing, Source, Unreadable
from triggeriq.lines import CHUNK

ROWS = 5 * CHECKPOINT + 7
IMPORT = Import(
    id="i1",
    source="csv",
    connection="c",
    bucket="b",
    key="reviews/csv/c/a.csv",
    etag="e",
    size=1,
    registered_at=NOW,
    modified_at=NOW,
    updated_at=NOW,
)


def sheet(rows: int = ROWS, *bad: int) -> bytes:
    lines = (f"{n}" if n in bad else f"{n},row {n}" for n in range(1, rows + 1))
    return ("id,text\n" + "\n".join(lines) + "\n").encode()


TRACE = Trace("65e19ab0" + "a" * 24, "b" * 16)
JOB = FileJob("i1", trace=TRACE)


def job_of(item: Quarantined) -> FileJob:
    """What a replay has read again."""
    assert isinstance(item.way_back, ByFile)
    return item.way_back.job


class Reading:
    """One file, and all that reading it leaves."""

    def __init__(self, body: bytes, held: Import = IMPORT) -> None:
        self.imports = FakeImports(replace(held, size=len(body), etag=etag_of(body)))
        self.feedback, self.files, self.quarantine = FakeQueue(), FakeQueue(), FakeQuarantine()
        self.blobs, self.artifacts = FakeBlobs({held.key: body}), FakeBlobs()
        self.metrics = FakeMetrics()
        self.read = ReadFile(
            imports=self.imports,
            sources=FakeSources(CsvUpload()),
            connections=FakeConnections(),
            blobs=self.blobs,
            artifacts=self.artifacts,
            feedback=self.feedback,
            files=self.files,
            quarantine=self.quarantine,
            metrics=self.metrics,
            now=now,
            unpacked_limit=10**9,
            backlog=Backlog(self.feedback, limit=1_000),
        )

    def mend(self, body: bytes) -> None:
        """From now on the file holds this: as if what reads it had been mended."""
        self.blobs.objects[IMPORT.key] = body
        self.imports.imports["i1"] = replace(self.held, etag=etag_of(body))

    @property
    def held(self) -> Import:
        return self.imports.imports["i1"]

    @property
    def ids(self) -> list[str]:
        return [from_json(message.body).feedback.external_id for message in self.feedback.sent]


def test_a_file_is_read_in_one_go_where_time_allows() -> None:
    reading = Reading(sheet())
    reading.read(JOB, plenty)
    assert reading.ids == [str(n) for n in range(1, ROWS + 1)]
    held = reading.held
    assert (held.status, held.read, held.made, held.quarantined, held.left) == ("done", ROWS, ROWS, 0, 0)
    assert reading.files.sent == []


def test_a_mail_that_nobody_wrote_says_why_it_made_no_ticket() -> None:
    mail = b"From: a@example.com\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n"
    reading = Reading(mail, replace(IMPORT, source="inbound_email", key="emails/c/1"))
    replace(reading.read, sources=FakeSources(InboundEmail()))(JOB, plenty)
    held = reading.held
    assert (held.status, held.read, held.made, held.quarantined) == ("done", 1, 0, 0)
    assert held.reason == "ignored: an automatic reply: Auto-Submitted: auto-replied"
    assert reading.feedback.sent == []


def test_a_mark_that_no_store_takes_is_cut() -> None:
    class Marking(CsvUpload):
        def read(self, *arguments: Any) -> Iterator[tuple[str, Item]]:
            for mark, item in super().read(*arguments):
                yield f"{mark}\0\ud800{'x' * 900}", item

    reading = Reading(sheet(1))
    replace(reading.read, sources=FakeSources(Marking()))(JOB, plenty)
    ((body, *_),) = reading.feedback.sent
    message = from_json(body)
    assert message.event_id == f"i1:2@16{'x' * (LINE_LIMIT - 4)}"
    assert message.raw_key == f"s3://b/reviews/csv/c/a.csv#2@16{'x' * (LINE_LIMIT - 4)}"


def test_several_invocations_give_one_result() -> None:
    reading = Reading(sheet(ROWS, 3, 250))
    invocations = 0
    jobs = [JOB]
    while jobs:
        seconds_left = chain([600.0] * 149, repeat(1.0))  # the 150th row of each invocation is its last
        reading.read(jobs.pop(), seconds_left.__next__)
        jobs = [file_job.from_json(message.body) for message in reading.files.sent]
        reading.files.sent.clear()
        invocations += 1
    assert invocations == ROWS // 150 + 1
    assert reading.ids == [str(n) for n in range(1, ROWS + 1) if n not in (3, 250)]
    held = reading.held
    assert (held.status, held.read, held.made, held.quarantined) == ("done", ROWS, ROWS - 2, 2)
    assert [item.where for item in reading.quarantine.items] == ["line 4", "line 251"]


def test_a_crash_sends_only_what_came_since_the_checkpoint_again() -> None:
    reading = Reading(sheet())
    sent = iter(range(10**6))

    class Failing(FakeQueue):
        def send(self, messages):
            if next(sent) == 25:  # in the third stretch of a hundred
                raise Unavailable("sqs", "down")
            super().send(messages)

    failing = Failing()
    with pytest.raises(Unavailable):
        replace(reading.read, feedback=failing)(JOB, plenty)
    assert reading.held.read == 2 * CHECKPOINT
    reading.read(JOB, plenty)
    assert reading.ids == [str(n) for n in range(2 * CHECKPOINT + 1, ROWS + 1)]
    assert reading.held.made == ROWS


def test_a_file_cancelled_under_way_stops_at_the_next_checkpoint() -> None:
    reading = Reading(sheet())

    def cancel_then_plenty() -> float:
        if not reading.held.over:
            reading.imports.cancel("i1")
        return 600.0

    reading.read(JOB, cancel_then_plenty)
    assert reading.held.status == "cancelled"
    assert len(reading.ids) == CHECKPOINT
    reading.read(JOB, plenty)
    assert len(reading.ids) == CHECKPOINT


def test_two_invocations_at_once_do_not_both_go_on() -> None:
    reading = Reading(sheet())
    first = True

    def another_reads_meanwhile() -> float:
        nonlocal first
        if first:
            first = False
            reading.read(JOB, plenty)
        return 600.0

    reading.read(JOB, another_reads_meanwhile)
    assert reading.held.status == "done"
    assert reading.held.made == ROWS
    assert set(reading.ids) == {str(n) for n in range(1, ROWS + 1)}


def test_a_job_that_comes_twice_reads_nothing_again() -> None:
    reading = Reading(sheet(3))
    reading.read(JOB, plenty)
    reading.read(JOB, plenty)
    assert reading.ids == ["1", "2", "3"]


def test_a_file_rests_in_its_queue_while_too_much_feedback_waits() -> None:
    reading = Reading(sheet(2 * CHECKPOINT))
    reading.feedback.backlog = [1_001]
    reading.read(JOB, plenty)
    ((body, delay, *_),) = reading.files.sent
    assert (delay, file_job.from_json(body)) == (REST_SECONDS, JOB)
    assert (reading.held.status, reading.held.read) == ("running", CHECKPOINT)
    reading.files.sent.clear()
    reading.feedback.backlog = [1_000]
    reading.read(file_job.from_json(body), plenty)
    assert reading.files.sent == []
    assert reading.held.status == "done"
    assert reading.ids == [str(n) for n in range(1, 2 * CHECKPOINT + 1)]


def test_a_file_that_rests_on_is_not_opened() -> None:
    reading = Reading(sheet(), replace(IMPORT, status="running", mark="2", read=1, made=1))
    reading.feedback.backlog = [1_500]
    reading.blobs.objects.clear()
    reading.read(JOB, plenty)
    assert [message.delay_seconds for message in reading.files.sent] == [REST_SECONDS]
    assert (reading.held.status, reading.ids) == ("running", [])


def test_a_file_that_rests_can_be_cancelled() -> None:
    reading = Reading(sheet(2 * CHECKPOINT))
    reading.feedback.backlog = [1_001, 1_001]
    reading.read(JOB, plenty)
    reading.imports.cancel("i1")
    reading.files.sent.clear()
    reading.read(JOB, plenty)
    assert (reading.held.status, reading.files.sent) == ("cancelled", [])
    assert len(reading.ids) == CHECKPOINT


def test_a_row_that_is_read_again_does_not_wait_for_others() -> None:
    reading = Reading(sheet(3))
    reading.read(JOB, plenty)
    reading.feedback.sent.clear()
    reading.feedback.backlog = [1_001]
    reading.read(FileJob("i1", row_after="2"), plenty)
    assert reading.ids == ["2"]


def test_bad_rows_among_good_ones_give_no_file_up() -> None:
    rows = 2 * BAD_LIMIT
    reading = Reading(sheet(rows, *range(1, rows, 2)))
    reading.read(JOB, plenty)
    assert (reading.held.status, reading.held.made, reading.held.quarantined) == (
        "done",
        rows // 2,
        rows // 2,
    )


def test_a_row_whose_file_is_gone_is_kept_again() -> None:
    reading = Reading(sheet(2, 1))
    reading.read(JOB, plenty)
    (item,) = reading.quarantine.items
    reading.blobs.objects.clear()
    reading.read(job_of(item), plenty)
    again = reading.quarantine.items[-1]
    assert (again.way_back, again.reason != item.reason) == (item.way_back, True)


def test_a_file_of_bad_rows_is_given_up() -> None:
    reading = Reading(b"id,text\n" + b"1\n" * (BAD_LIMIT + 500))
    reading.read(JOB, plenty)
    assert reading.held.status == "failed"
    assert reading.held.quarantined == BAD_LIMIT
    assert "is it really a file for csv" in (reading.held.reason or "")


def test_a_failed_file_goes_on_behind_what_was_read() -> None:
    reading = Reading(b"\xff\xfe" + "id,text\n1,row 1\n".encode("utf-16-le") + b"x")  # half a character
    reading.read(JOB, plenty)
    assert reading.held.status == "failed"
    (item,) = reading.quarantine.items
    reading.read(JOB, plenty)
    assert reading.held.status == "failed"
    reading.mend(sheet(5))
    reading.read(job_of(item), plenty)
    assert reading.held.status == "done"
    assert reading.ids[-1] == "5"


@pytest.mark.parametrize("row", [1, 2, 5])
def test_one_row_is_read_again_and_kept_again_by_the_same_way(row: int) -> None:
    reading = Reading(sheet(5, row))
    reading.read(JOB, plenty)
    (kept,) = reading.quarantine.items
    for _ in range(2):
        reading.quarantine.kept.clear()
        reading.read(job_of(kept), plenty)
        assert reading.quarantine.items == [kept]
    reading.mend(sheet(5))
    reading.feedback.sent.clear()
    reading.quarantine.kept.clear()
    reading.read(job_of(kept), plenty)
    assert reading.ids == [str(row)]
    assert reading.quarantine.items == []


def test_a_file_that_is_gone_fails_with_the_reason() -> None:
    reading = Reading(sheet(1))
    reading.blobs.objects.clear()
    reading.read(JOB, plenty)
    assert reading.held.status == "failed"
    assert len(reading.quarantine.items) == 1


def test_nothing_of_the_stream_is_left_open() -> None:
    class Watched(BytesIO):
        pass

    stream = Watched(sheet(CHECKPOINT * 2))
    reading = Reading(b"")

    class Blobs(FakeBlobs):
        def open(self, key, etag=None):
            return stream

    replace(reading.read, blobs=Blobs())(JOB, plenty)
    assert stream.closed


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "A.NDJSON.GZ"])
def test_a_file_is_told_by_its_ending_however_it_is_written(name: str) -> None:
    held = replace(IMPORT, key=f"reviews/csv/c/{name}")
    reading = Reading(b'{"id": "1", "text": "It crashes"}\n', held)
    reading.read(JOB, plenty)
    assert (reading.held.status, reading.ids) == ("done", ["1"])


# ---- packed files ----------------------------------------------------------------------------------

BAD_PLACES = {7, 300}
LONG = sheet(1_000, *BAD_PLACES)
WANTED = [str(n) for n in range(1, 1_001) if n not in BAD_PLACES]


def zipped(name: str, body: bytes) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return packed.getvalue()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As though the files here were large."""
    monkeypatch.setattr(parts, "PART", 1_000)
    monkeypatch.setattr(read_file, "LARGE", 0)


def packed(name: str, body: bytes) -> Reading:
    return Reading(body, replace(IMPORT, key=f"reviews/csv/c/{name}"))


def stretches(reading: Reading, rows: int = 150) -> Iterator[Import]:
    """What is known of the file after each invocation, each of which has time for so many rows."""
    jobs = [JOB]
    while jobs:
        unpacking = len(LONG) // parts.PART + 1
        time_left = chain(
            [600.0] * (rows - 1 + (unpacking if reading.held.status != "running" else 0)), repeat(1.0)
        )
        reading.read(jobs.pop(), time_left.__next__)
        jobs = [file_job.from_json(message.body) for message in reading.files.sent]
        reading.files.sent.clear()
        yield reading.held


PACKED = [
    ("a.csv.gz", gzip.compress(LONG)),
    ("a.csv.zip", zipped("a.csv", LONG)),
    ("A.ZIP", zipped("all of it/reviews.CSV", LONG)),
]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("name", "body"), PACKED)
def test_a_large_packed_file_is_unpacked_once_and_read_in_stretches(name: str, body: bytes) -> None:
    reading = packed(name, body)
    for count, held in enumerate(stretches(reading)):
        if count == 0:
            reading.blobs.objects.clear()  # nobody unpacks it once more
            assert held.unpacked is not None
            assert held.unpacked.size == len(LONG)
            assert set(reading.artifacts.objects) == {
                f"unpacked/i1/{n:05}" for n in range(len(held.unpacked.parts))
            }
        if not held.over:
            assert held.left == len(LONG) - held.bytes_read
    assert (held.status, held.read, held.made, held.quarantined, held.left) == ("done", 1_000, 998, 2, 0)
    assert reading.ids == WANTED
    assert reading.artifacts.objects == {}


def test_a_small_packed_file_needs_no_parts() -> None:
    for name, body in PACKED:
        reading = packed(name, body)
        *_, held = stretches(reading)
        assert (held.status, reading.ids) == ("done", WANTED)
        assert reading.artifacts.objects == {}


@pytest.mark.usefixtures("small")
def test_a_large_file_that_is_not_packed_is_read_where_it_lies() -> None:
    reading = packed("a.csv", LONG)
    *_, held = stretches(reading)
    assert (held.status, held.unpacked, reading.ids) == ("done", None, WANTED)


@pytest.mark.usefixtures("small")
def test_a_crash_while_it_is_unpacked_begins_again() -> None:
    reading = packed(*PACKED[0])

    class Dying(FakeBlobs):
        def put(self, key: str, body: bytes, content_type: str = "") -> None:
            super().put(key, body)
            if len(self.objects) == 3:
                raise Unavailable("s3", "down")

    dying = Dying()
    with pytest.raises(Unavailable):
        replace(reading.read, artifacts=dying)(JOB, plenty)
    assert (reading.held.status, reading.held.read) == ("unpacking", 0)
    assert reading.held.unpacked == Unpacked(name="a.csv", parts=(1_000, 1_000))
    reading.artifacts.objects.update(dying.objects)
    reading.read(JOB, plenty)
    assert (reading.held.status, reading.ids) == ("done", WANTED)
    assert reading.artifacts.objects == {}


@pytest.mark.usefixtures("small")
def test_a_file_that_is_cancelled_while_it_is_unpacked_leaves_no_part() -> None:
    reading = packed(*PACKED[0])
    asked = iter(range(10**6))

    def cancel_after_two_parts() -> float:
        if next(asked) == 1:
            reading.imports.cancel("i1")
        return 600.0

    reading.read(JOB, cancel_after_two_parts)
    assert (reading.held.status, reading.ids) == ("cancelled", [])
    assert reading.artifacts.objects == {}


@pytest.mark.usefixtures("small")
def test_a_file_that_is_cancelled_between_two_stretches_leaves_no_part() -> None:
    reading = packed(*PACKED[0])
    next(stretches(reading))
    assert reading.artifacts.objects
    reading.imports.cancel("i1")
    reading.read(JOB, plenty)
    assert (reading.held.status, reading.held.read) == ("cancelled", 150)
    assert reading.artifacts.objects == {}


@pytest.mark.usefixtures("small")
def test_what_takes_too_long_to_unpack_is_told() -> None:
    reading = packed(*PACKED[0])
    seconds_left = chain([600.0] * 2, repeat(1.0))
    reading.read(JOB, seconds_left.__next__)
    assert (reading.held.status, reading.ids) == ("failed", [])
    assert "too long to unpack" in str(reading.held.reason)
    assert reading.artifacts.objects == {}
    (item,) = reading.quarantine.items
    reading.read(job_of(item), plenty)  # it is tried again, with more time
    assert (reading.held.status, reading.ids) == ("done", WANTED)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("cut", [1, 8, 200])
def test_rows_before_the_damage_are_taken(cut: int) -> None:
    reading = packed("a.csv.gz", gzip.compress(LONG)[:-cut])
    *_, held = stretches(reading)
    assert (held.status, "cut off after" in str(held.reason)) == ("failed", True)
    assert reading.ids == WANTED[: len(reading.ids)]
    assert len(reading.ids) >= (998 if cut < 9 else 800)
    assert reading.artifacts.objects == {}


@pytest.mark.parametrize("cut", [1, 8, 200])
def test_rows_before_the_damage_are_taken_of_a_small_file_too(cut: int) -> None:
    reading = packed("a.csv.gz", gzip.compress(LONG)[:-cut])
    *_, held = stretches(reading)
    assert (held.status, "cut off after" in str(held.reason)) == ("failed", True)
    assert len(reading.ids) >= (998 if cut < 9 else 800)


@pytest.mark.usefixtures("small")
def test_a_file_that_failed_is_unpacked_again_when_it_goes_on() -> None:
    reading = packed("a.csv.gz", gzip.compress(LONG)[:-200])
    *_, held = stretches(reading)
    done = len(reading.ids)
    whole = gzip.compress(LONG)
    reading.blobs.objects[held.key] = whole
    reading.imports.imports["i1"] = replace(held, etag=etag_of(whole))
    reading.read(FileJob("i1", resume=True), plenty)
    assert reading.held.status == "done"
    assert set(reading.ids) == set(WANTED)
    assert len(reading.ids) <= len(WANTED) + done - held.made + 1
    assert reading.artifacts.objects == {}


@pytest.mark.usefixtures("small")
def test_parts_that_were_lost_are_made_again() -> None:
    reading = packed(*PACKED[0])
    next(stretches(reading))
    reading.artifacts.objects.clear()
    reading.read(JOB, plenty)
    assert reading.held.status == "registered"
    (again,) = reading.files.sent
    reading.files.sent.clear()
    reading.read(file_job.from_json(again.body), plenty)
    assert (reading.held.status, reading.ids) == ("done", WANTED)
    assert [item.where for item in reading.quarantine.items] == ["line 8", "line 301"]


@pytest.mark.usefixtures("small")
def test_a_row_of_a_packed_file_is_read_again_when_the_file_is_done() -> None:
    reading = packed(*PACKED[0])
    *_, held = stretches(reading)
    (job,) = {job_of(item) for item in reading.quarantine.items if item.where == "line 8"}
    mended = gzip.compress(LONG.replace(b"\n7\n", b"\n7,mended\n"))
    reading.blobs.objects[held.key] = mended
    reading.imports.imports["i1"] = replace(held, etag=etag_of(mended))
    reading.read(job, plenty)
    assert reading.ids[-1] == "7"
    assert reading.artifacts.objects == {}


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.zip", zipped("picture.png", b"PNG"), "it holds picture.png; csv reads what ends in .csv, .tsv"),
        ("a.zip", zipped("a.csv.gz", gzip.compress(LONG)), "it holds a.csv.gz"),
        ("a.zip", zipped("a.zip", zipped("a.csv", LONG)), "it holds a.zip"),
        ("a.csv.zip.gz", gzip.compress(zipped("a.csv", LONG)), "it holds a.csv.zip"),
        ("a.csv.zip", LONG, "it is called .zip, and is none"),
    ],
)
def test_a_packed_file_that_holds_another_kind_says_so(name: str, body: bytes, reason: str) -> None:
    reading = packed(name, body)
    reading.read(JOB, plenty)
    assert reading.held.status == "failed"
    assert reason in str(reading.held.reason)


def test_how_many_rows_are_left_is_known_roughly() -> None:
    reading = packed("a.csv", LONG)
    assert reading.held.rows_left is None
    told = [held.rows_left for held in stretches(reading, rows=200)]
    assert told[-1] == 0
    assert all(count is not None for count in told)


# ---- positions -------------------------------------------------------------------------------------


class Measured(BytesIO):
    """A stream that counts what is read of it."""

    read_bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(size)
        self.read_bytes += len(piece)
        return piece


class MeasuredBlobs(FakeBlobs):
    """opened: the streams that were, in their order."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        super().__init__(objects)
        self.opened: list[Measured] = []

    def open(self, key: str, etag: str | None = None) -> BinaryIO:
        with super().open(key, etag) as whole:
            self.opened.append(Measured(whole.read()))
        return self.opened[-1]


class Pages(Source):
    """Pages of ten bytes, read forward or from where a mark says."""

    name = "csv"
    reads = (".csv",)
    forward = False

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item]]:
        done = int(resume.partition("@")[2]) if resume else 0
        if self.forward:
            while done and stream.read(10):
                done -= 10
            done = int(resume.partition("@")[2]) if resume else 0
        else:
            stream.seek(done)
        while page := stream.read(10):
            done += 10
            yield f"page {done // 10}@{done}", Feedback(external_id=page.decode(), text="x")


class ForwardPages(Pages):
    forward = True


BOOK = b"".join(b"%010d" % n for n in range(3_000))
TABLE = b"id,text\n" + b"".join(b"%d,%s\n" % (n, b"x" * 1_000) for n in range(3_000))
OBJECTS = b"".join(b'{"id": %d, "text": "%s"}\n' % (n, b"x" * 1_000) for n in range(3_000))


@pytest.mark.parametrize(
    ("source", "key", "book", "most"),
    [
        (Pages(), "a.csv", BOOK, 10_000),
        (ForwardPages(), "a.csv", BOOK, len(BOOK)),
        (CsvUpload(), "a.csv", TABLE, 700_000),
        (CsvUpload(), "a.csv", ("\ufeff" + TABLE.decode()).encode("utf-16-le"), 1_000_000),
        (CsvUpload(), "a.ndjson", OBJECTS, 700_000),
    ],
    ids=["seeking", "forward", "csv", "utf-16", "ndjson"],
)
def test_whoever_goes_on_reads_from_where_he_was(source: Source, key: str, book: bytes, most: int) -> None:
    """As far from the beginning as may be: what lies before is not fetched again."""
    reading = packed(key, book)
    blobs = MeasuredBlobs(reading.blobs.objects)
    read = replace(reading.read, sources=FakeSources(source), blobs=blobs)
    read(JOB, chain([600.0] * 2_700, repeat(1.0)).__next__)
    first = reading.held.read
    assert reading.held.status == "running"
    assert 2_600 < first == len(reading.ids) <= 2_701
    read(JOB, chain([600.0] * 200, repeat(1.0)).__next__)
    assert first + 190 < reading.held.read == len(set(reading.ids)) == len(reading.ids)
    assert blobs.opened[-1].read_bytes <= most


def test_a_failure_is_told_by_the_place_that_people_know() -> None:
    class Failing(Pages):
        def read(self, *arguments: Any) -> Iterator[tuple[str, Item]]:
            for pair in super().read(*arguments):
                yield pair
                raise Unreadable("torn")

    reading = packed("a.csv", BOOK)
    replace(reading.read, sources=FakeSources(Failing()))(JOB, plenty)
    (item,) = reading.quarantine.items
    assert (item.where, item.reason) == ("after page 1", "torn")


EMPTY = CHUNK * 12
"""Bytes of empty rows."""


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("a.csv", b"id,text,a\n1,x,\n" + b",,\n" * (EMPTY // 3) + b"2,y,\n"),
        ("a.csv", b"id,text\n1,x\n" + b"\r\n" * (EMPTY // 2) + b"2,y\n"),
        ("a.csv", b"id,text\n1,x\n" + b"id,text\n" * (EMPTY // 8) + b"2,y\n"),
        ("a.csv", "\ufeffid\ttext\r\n1\tx\r\n".encode("utf-16-le") + b"\t\0\r\0\n\0" * (EMPTY // 6)),
        ("a.ndjson", b'{"text":"x"}\n' + b" \n" * (EMPTY // 2) + b'{"text":"y"}\n'),
    ],
    ids=["commas", "blank", "headers", "unicode text", "ndjson"],
)
def test_who_passes_over_many_empty_rows_goes_on_from_among_them(key: str, body: bytes) -> None:
    """A spreadsheet may be saved with a million of them. A step of a read has a bounded time, and so has an
    invocation."""
    reading = Reading(body, replace(IMPORT, key=f"reviews/csv/c/{key}"))
    marks = [mark for mark, item in read_of(reading) if isinstance(item, Nothing)]
    assert len(set(marks)) >= 9
    places = []
    while not reading.held.over:
        reading.read(JOB, chain([600.0] * 4, repeat(1.0)).__next__)
        places.append(reading.held.bytes_read)
    assert len(places) == len(set(places)) >= 3
    rows = len(reading.ids)
    assert (reading.held.status, reading.held.read, reading.held.made) == ("done", rows, rows)
    assert rows == len(set(reading.ids)) == 1 + body.count(b"y")
    assert reading.held.reason is None


def test_a_bad_row_behind_many_empty_ones_is_read_again() -> None:
    reading = Reading(b"id,text\n1,x\n" + b",\n" * (EMPTY // 2) + b"2\n3,z\n")
    reading.read(JOB, plenty)
    (bad,) = reading.quarantine.items
    body = reading.blobs.objects[IMPORT.key]
    reading.mend(body.replace(b"\n2\n", b"\n2,mended\n"))
    reading.read(job_of(bad), plenty)
    assert reading.ids == ["1", "3", "2"]


def read_of(reading: Reading) -> list[tuple[str, Item | Nothing]]:
    hint = FileHint(name=reading.held.key, modified_at=now())
    return list(
        CsvUpload().read(
            BytesIO(reading.blobs.objects[reading.held.key]), hint, None, Connection(source="csv")
        )
    )
