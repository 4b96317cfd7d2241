"""A large packed file is unpacked once, to parts, and read from there."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain, repeat
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.file_import import Import, Unpacked
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.errors import Unavailable
from chalicelib.pipeline.intake import parts, read_file
from tests.unit.pipeline.fakes import (
    FakeBlobs,
    etag_of,
    plenty,
)
from tests.unit.pipeline.intake.reading import JOB, Reading, job_of, packed, sheet

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
