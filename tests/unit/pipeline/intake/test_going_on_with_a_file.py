"""Whoever goes on with a file reads from where he was, and what lies between rows does not hold him up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from itertools import chain, repeat
from typing import Any, BinaryIO

import pytest

from chalicelib.ports.operations import Message
from plugins.sources.csv_upload import CsvUpload
from tests.unit.pipeline.fakes import (
    FakeBlobs,
    FakeQueue,
    FakeSources,
    now,
    plenty,
)
from tests.unit.pipeline.intake.reading import IMPORT, JOB, Reading, job_of, packed
from triggeriq import Connection, Feedback, FileHint, Item, Nothing, Source, Unreadable
from triggeriq.lines import CHUNK


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


def test_a_sign_of_life_parts_no_batch() -> None:
    class Batches(FakeQueue):
        def send(self, messages: Sequence[Message]) -> None:
            super().send(messages)
            sizes.append(len(messages))

    sizes: list[int] = []
    reading = packed("a.csv", TABLE)
    assert any(isinstance(item, Nothing) for _, item in read_of(reading))
    replace(reading.read, feedback=Batches())(JOB, plenty)
    assert set(sizes) == {0, 10}


def read_of(reading: Reading) -> list[tuple[str, Item | Nothing]]:
    hint = FileHint(name=reading.held.key, modified_at=now())
    return list(
        CsvUpload().read(
            BytesIO(reading.blobs.objects[reading.held.key]), hint, None, Connection(source="csv")
        )
    )
