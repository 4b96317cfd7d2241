"""Content is kept before its feedback goes on, and never in place of another's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.intake.envelope import Envelope
from chalicelib.domain.intake.feedback import cleaned
from chalicelib.domain.intake.feedback_message import FeedbackMessage, from_json, to_json
from chalicelib.errors import Unavailable
from chalicelib.pipeline.intake import keep_attachments as module
from chalicelib.pipeline.intake.keep_attachments import keep_attachments
from tests.unit.pipeline.fakes import NOW, FakeBlobs, FakeSources, plenty
from tests.unit.pipeline.intake.reading import IMPORT, JOB, Reading
from tests.unit.pipeline.intake.test_ingest import Desk
from triggeriq import AttachedFile, Attachment, Connection, Feedback, FileHint, Received, Source

LOG = AttachedFile(name="../crash.log", content_type="text/plain", content=b"it broke")
SHOT = AttachedFile(name="shot.png", content_type="image/png", content=b"\x89PNG")
NAMED = Attachment(name="huge.iso", bytes=10**12)


def kept(blobs: FakeBlobs, *files: Attachment, event: str = "e1", id: str = "x") -> FeedbackMessage:
    item = Feedback(external_id=id, attachments=files)
    message = FeedbackMessage(
        source="s", connection="c", event_id=event, received_at=NOW, feedback=cleaned(item)
    )
    return keep_attachments(blobs, item, message)


def contents(blobs: FakeBlobs, message: FeedbackMessage) -> list[bytes | None]:
    """By place, as whoever lists attachments finds them."""
    places = range(len(message.feedback.attachments))
    return [blobs.objects.get(f"{message.attachments_key}/{place}") for place in places]


def test_each_content_lies_at_its_place() -> None:
    blobs = FakeBlobs()
    message = kept(blobs, LOG, NAMED, SHOT)
    assert message.attachments_key.startswith("attachments/s/c/")
    assert contents(blobs, message) == [b"it broke", None, b"\x89PNG"]
    assert message.feedback.attachments == (
        Attachment(name="crash.log", content_type="text/plain", bytes=8),
        Attachment(name="huge.iso", bytes=0),
        Attachment(name="shot.png", content_type="image/png", bytes=4),
    )


def test_nothing_is_written_where_nothing_came_along() -> None:
    blobs = FakeBlobs()
    assert kept(blobs).attachments_key == ""
    assert blobs.objects == {}


def test_the_same_again_is_the_same_and_leaves_the_same() -> None:
    blobs = FakeBlobs()
    first = kept(blobs, LOG, SHOT)
    before = dict(blobs.objects)
    assert kept(blobs, LOG, SHOT) == first
    assert blobs.objects == before


@pytest.mark.parametrize(
    "other",
    [
        {"event": "e2"},
        {"id": "y"},
        {"files": (SHOT, LOG)},
        {"files": (replace(LOG, content=b"it broke again"), SHOT)},
    ],
)
def test_others_never_take_its_place(other: dict[str, Any]) -> None:
    blobs = FakeBlobs()
    message = kept(blobs, LOG, SHOT)
    kept(blobs, *other.pop("files", (LOG, SHOT)), **other)
    assert contents(blobs, message) == [b"it broke", b"\x89PNG"]


def test_beyond_the_most_none_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONTENT_LIMIT", 8)
    blobs = FakeBlobs()
    message = kept(blobs, *([LOG] * 60), replace(SHOT, content=b"too long a content"))
    assert len(message.feedback.attachments) == len(blobs.objects) == 50
    long = kept(blobs, replace(SHOT, content=b"too long a content"))
    assert (contents(blobs, long), long.feedback.attachments[0].bytes) == ([None], 0)


def test_the_key_travels_and_stays_short() -> None:
    item = Feedback(external_id="x" * 500, attachments=(LOG,))
    message = FeedbackMessage(
        source="s" * 64, connection="c" * 64, event_id="e" * 999, received_at=NOW, feedback=cleaned(item)
    )
    message = keep_attachments(FakeBlobs(), item, message)
    assert len(message.attachments_key) < 230
    assert from_json(to_json(message)) == message
    assert "it broke" not in json.dumps(json.loads(to_json(message)))


class WithFiles(Source):
    """Each item has a file."""

    name = "s"
    title = "A source of files"
    reads = ("",)

    def transform(self, received: Received, connection: Connection) -> Iterable[Feedback]:
        yield Feedback(external_id="x", attachments=(LOG,))

    def read(
        self, stream: Any, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Feedback]]:
        yield "1", Feedback(external_id="x", attachments=(LOG,))


def test_what_comes_with_a_webhook_is_kept_before_its_message_is_sent() -> None:
    desk = Desk(WithFiles())
    desk.queue.down = 1
    event = Envelope(id="e", source="s", connection="c", received_at=NOW, body=b"{}")
    with pytest.raises(Unavailable):
        desk.take(event)
    assert b"it broke" in desk.blobs.objects.values()
    desk.take(event)
    (message,) = desk.messages
    assert contents(desk.blobs, message) == [b"it broke"]


def test_what_comes_with_a_mail_is_kept_before_its_message_is_sent() -> None:
    reading = Reading(b"mail", replace(IMPORT, source="s"))
    reading.read = replace(reading.read, sources=FakeSources(WithFiles()))
    reading.feedback.down = 1
    with pytest.raises(Unavailable):
        reading.read(JOB, plenty)
    assert [*reading.artifacts.objects.values()] == [b"it broke"]
    reading.read(JOB, plenty)
    (message,) = [from_json(one.body) for one in reading.feedback.sent]
    assert contents(reading.artifacts, message) == [b"it broke"]
