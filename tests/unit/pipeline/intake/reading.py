"""One file, and all that reading it leaves, for the tests of ReadFile."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.intake.feedback_message import from_json
from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByFile
from chalicelib.domain.trace import Trace
from chalicelib.pipeline.intake.backlog import Backlog
from chalicelib.pipeline.intake.read_file import CHECKPOINT, ReadFile
from plugins.sources.csv_upload import CsvUpload
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
)

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


def packed(name: str, body: bytes) -> Reading:
    """The reading of a file of this name."""
    return Reading(body, replace(IMPORT, key=f"reviews/csv/c/{name}"))
