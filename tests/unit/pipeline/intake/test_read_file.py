"""Reading a file in as many invocations as it takes, each from the last one's checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from itertools import chain, repeat
from typing import Any

import pytest

from chalicelib.domain.intake import file_job, notice_message
from chalicelib.domain.intake.feedback import LINE_LIMIT
from chalicelib.domain.intake.feedback_message import from_json
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.errors import Unavailable
from chalicelib.pipeline.intake.backlog import REST_SECONDS
from chalicelib.pipeline.intake.read_file import BAD_LIMIT, CHECKPOINT
from plugins.sources.csv_upload import CsvUpload
from plugins.sources.inbound_email import InboundEmail
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeQueue,
    FakeSources,
    plenty,
)
from tests.unit.pipeline.intake.reading import IMPORT, JOB, ROWS, Reading, job_of, sheet
from triggeriq import Answered, Feedback, Item, Redacted, Source


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


class Told(Source):
    """Yields what a test gives it, a row each."""

    name = "csv"
    reads = (".csv",)

    def __init__(self, *items: Any) -> None:
        self._items = items

    def read(self, stream: Any, hint: Any, resume: Any, connection: Any) -> Iterator[tuple[str, Any]]:
        for place, item in enumerate(self._items):
            yield str(place), item


def test_what_a_file_tells_besides_words_goes_on_in_its_place() -> None:
    reading = Reading(b"x")
    items = (Answered(thread="t", at=NOW), Feedback(external_id="a", text="Hello"), Redacted(at=NOW))
    reading.read = replace(reading.read, sources=FakeSources(Told(*items)))
    reading.read(JOB, plenty)
    first, second = (message.body for message in reading.feedback.sent)
    notice = notice_message.from_json(first)
    assert (notice.kind, notice.threads, notice.event_id) == ("answered", ("t",), "i1:0")
    assert from_json(second).feedback.external_id == "a"
    (kept,) = reading.quarantine.items
    assert kept.where == "2"
    assert (reading.held.read, reading.held.made, reading.held.quarantined) == (3, 1, 1)
