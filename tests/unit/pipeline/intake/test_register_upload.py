"""Uploads that S3 tells of: which become a job, which are refused, and what stands when something fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.file_import import FILE_LIMIT, MAIL_LIMIT, Import, import_id
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.upload import Upload
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Unavailable
from chalicelib.pipeline.intake.register_upload import RegisterUpload
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBus,
    FakeImports,
    FakeMetrics,
    FakeQuarantine,
    FakeQueue,
    FakeSources,
    now,
)
from triggeriq import Source

TRACE = new_trace()
UPLOAD = Upload("uploads", "reviews/sheet/shop/a.csv", "etag", 10, NOW)
MAIL = replace(UPLOAD, key="emails/shop/0f9a")


class Sheet(Source):
    name = "sheet"
    reads = (".csv", ".tsv")


class Mailbox(Source):
    name = "inbound_email"


class Registering:
    """The use-case, and all that it leaves."""

    def __init__(self) -> None:
        self.imports, self.bus, self.queue = FakeImports(), FakeBus(), FakeQueue("files")
        self.quarantine, self.metrics = FakeQuarantine(), FakeMetrics()
        self.register = RegisterUpload(
            imports=self.imports,
            sources=FakeSources(Sheet(), Mailbox()),
            bus=self.bus,
            queue=self.queue,
            quarantine=self.quarantine,
            metrics=self.metrics,
            trace=lambda: TRACE,
            now=now,
        )

    def __call__(self, upload: Upload) -> Import:
        self.register(upload)
        return self.imports.imports[import_id(upload.bucket, upload.key, upload.etag)]


@pytest.fixture
def registering() -> Registering:
    return Registering()


def test_an_upload_is_known_told_of_and_its_job_is_sent(registering: Registering) -> None:
    held = registering(UPLOAD)
    assert (held.source, held.connection, held.size, held.status, held.queued) == (
        "sheet",
        "shop",
        10,
        "registered",
        True,
    )
    (message,) = registering.queue.sent
    assert (file_job.from_json(message.body), message.trace) == (FileJob(held.id, trace=TRACE), TRACE)
    (event,) = registering.bus.events
    assert (event.type, event.subject, event.trace) == ("file.received", held.id, TRACE)
    assert event.data == {
        "import": held.id,
        "source": "sheet",
        "connection": "shop",
        "key": UPLOAD.key,
        "size": 10,
    }
    assert registering.quarantine.items == []


def test_what_s3_tells_twice_is_one_import_and_one_job(registering: Registering) -> None:
    registering(UPLOAD)
    registering(UPLOAD)
    assert (len(registering.imports.imports), len(registering.queue.sent)) == (1, 1)


def test_other_bytes_under_the_same_key_are_another_file(registering: Registering) -> None:
    registering(UPLOAD)
    registering(replace(UPLOAD, etag="other"))
    assert (len(registering.imports.imports), len(registering.queue.sent)) == (2, 2)


@pytest.mark.parametrize("name", ["a.csv", "A.CSV", "a.tsv", "a.csv.gz", "A.Csv.GZ", "2026/03/a.csv"])
def test_a_file_is_told_by_its_ending_packed_or_not(registering: Registering, name: str) -> None:
    assert registering(replace(UPLOAD, key=f"reviews/sheet/shop/{name}")).queued


def test_a_mail_needs_no_ending(registering: Registering) -> None:
    assert registering(MAIL).queued


@pytest.mark.parametrize(
    ("upload", "reason"),
    [
        (replace(UPLOAD, key="reviews/sheet/shop/a.pdf"), "sheet reads files that end in .csv, .tsv"),
        (replace(UPLOAD, key="reviews/inbound_mail/a.csv"), "the key is neither reviews/"),
        (replace(UPLOAD, key="reviews/sheet/My Shop/a.csv"), "the key's connection 'My Shop' is no name"),
        (replace(UPLOAD, key="reviews/sheet/shop/a\0.csv"), "the key holds a control character"),
        (replace(UPLOAD, size=0), "the file is empty"),
        (replace(UPLOAD, size=FILE_LIMIT + 1), f"at most {FILE_LIMIT} are read"),
        (replace(MAIL, size=MAIL_LIMIT + 1), f"at most {MAIL_LIMIT} are read"),
    ],
)
def test_what_nobody_will_read_is_kept_with_the_reason_and_has_no_job(
    registering: Registering, upload: Upload, reason: str
) -> None:
    held = registering(upload)
    assert (held.status, held.queued, held.finished_at) == ("refused", False, NOW)
    assert reason in (held.reason or "")
    (item,) = registering.quarantine.items
    assert (item.reason, item.way_back, item.event_id) == (held.reason, None, held.id)
    assert item.raw_key == f"s3://uploads/{upload.key}"
    assert (registering.queue.sent, registering.bus.events) == ([], [])
    registering(upload)
    assert len(registering.quarantine.items) == 1


@pytest.mark.parametrize("size", [1, FILE_LIMIT])
def test_the_smallest_and_the_largest_file_are_read(registering: Registering, size: int) -> None:
    assert registering(replace(UPLOAD, size=size)).queued


def test_a_file_of_a_source_that_is_not_there_waits_for_its_reader_to_say_so(
    registering: Registering,
) -> None:
    assert registering(replace(UPLOAD, key="reviews/gone/shop/a.xyz")).queued


def test_a_refusal_counts_for_its_source_where_there_is_one(registering: Registering) -> None:
    registering(replace(UPLOAD, size=0))
    registering(replace(UPLOAD, key="reviews/gone/shop/a.csv", size=0))
    assert registering.metrics.counted == {("quarantined", "sheet"): 1, ("quarantined", ""): 1}


@pytest.mark.parametrize("key", ["reviews/sheet/shop/", "emails/shop/AMAZON_SES_SETUP_NOTIFICATION"])
def test_what_is_no_upload_leaves_nothing(registering: Registering, key: str) -> None:
    registering.register(replace(UPLOAD, key=key))
    assert registering.imports.imports == {}
    assert registering.quarantine.items == []


def test_where_the_bus_refuses_the_job_is_sent_the_next_time(registering: Registering) -> None:
    registering.bus.down = True
    with pytest.raises(Unavailable):
        registering(UPLOAD)
    assert registering.queue.sent == []
    registering.bus.down = False
    assert registering(UPLOAD).queued
    assert len(registering.queue.sent) == 1


def test_an_event_that_the_bus_does_not_take_is_an_outage(registering: Registering) -> None:
    registering(UPLOAD)
    (event,) = registering.bus.events
    other = Registering()
    other.bus.refused = {event.id: "ThrottlingException"}
    with pytest.raises(Unavailable, match=r"file.received was refused \(ThrottlingException\)"):
        other(UPLOAD)
    assert other.queue.sent == []


def test_a_job_that_could_not_be_sent_is_sent_the_next_time_and_told_with_the_same_id(
    registering: Registering,
) -> None:
    registering.queue.down = 1
    with pytest.raises(Unavailable):
        registering(UPLOAD)
    assert registering(UPLOAD).queued
    assert len(registering.queue.sent) == 1
    assert len({event.id for event in registering.bus.events}) == 1


def test_a_file_that_is_over_gets_no_job_though_its_first_was_never_noted(registering: Registering) -> None:
    held = registering(UPLOAD)
    registering.imports.imports[held.id] = replace(held, queued=False, status="cancelled")
    registering(UPLOAD)
    assert len(registering.queue.sent) == 1


def test_what_another_invocation_refused_meanwhile_is_refused_once(registering: Registering) -> None:
    class Raced(FakeImports):
        """Another invocation refuses the file between its registration and ours."""

        def register(self, wanted: Import) -> Import:
            held = super().register(wanted)
            self.imports[wanted.id] = replace(held, status="refused", reason="the other's")
            return held

    raced = Raced()
    replace(registering.register, imports=raced)(replace(UPLOAD, size=0))
    ((held),) = raced.imports.values()
    assert held.reason == "the other's"
    assert len(registering.quarantine.items) == 1


def test_where_the_table_is_away_nothing_is_sent(registering: Registering) -> None:
    registering.imports.down = True
    with pytest.raises(Unavailable):
        registering.register(UPLOAD)
    assert (registering.queue.sent, registering.bus.events) == ([], [])
