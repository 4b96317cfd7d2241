"""Jobs on the queue `files`, written and read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.file_job import FileJob, from_json, to_json
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Unreadable
from tests.unit.pipeline.fakes import NOW

HELD = Import(
    id="i-1", source="csv", connection="c", bucket="b", key="k", etag="e", size=1, registered_at=NOW,
    modified_at=NOW, updated_at=NOW,
)  # fmt: skip


@pytest.mark.parametrize(
    "job",
    [
        FileJob("i-1"),
        FileJob("i-1", trace=new_trace()),
        FileJob("i-1", row_after=""),
        FileJob("i-1", row_after="line 3", trace=new_trace()),
        FileJob("i-1", resume=True),
    ],
)
def test_what_is_written_is_read(job: FileJob) -> None:
    assert from_json(to_json(job)) == job


def test_a_job_says_no_more_than_it_must() -> None:
    assert json.loads(to_json(FileJob("i-1"))) == {"v": 1, "import": "i-1"}


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"v": 2, "import": "i1"}', '{"v": 1}', "[" * 100_000]
)
def test_a_message_that_is_no_job_is_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        from_json(body)


def test_only_a_job_from_the_quarantine_reads_a_file_that_is_over() -> None:
    done, failed = replace(HELD, status="done"), replace(HELD, status="failed")
    assert not FileJob("i-1").reopens(failed)
    assert FileJob("i-1", resume=True).reopens(failed)
    assert not FileJob("i-1", resume=True).reopens(done)
    assert FileJob("i-1", row_after="").reopens(done)
