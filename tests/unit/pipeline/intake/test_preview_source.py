"""Previews: by which of its two methods a source is asked, and that what is shown is bounded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.api.parsing import adapter
from chalicelib.domain.intake.source_preview import PreviewedNotice, SourcePreview
from chalicelib.pipeline.intake.preview_source import SHOWN_LIMIT, UNPACKED_LIMIT, PreviewSource
from plugins.sources.app_store import AppStore
from plugins.sources.csv_upload import CsvUpload
from plugins.sources.generic_json import GenericJson
from tests.unit.pipeline.fakes import NOW, FakeConnections, FakeSources, now
from triggeriq import (
    Answered,
    Bad,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Redacted,
    Released,
    Request,
    Source,
)

MANY = SHOWN_LIMIT + 1
MORE = f"there are more; only the first {SHOWN_LIMIT:,} are shown"


def preview(source: Source, body: bytes, headers: dict[str, str] | None = None) -> SourcePreview:
    shown = PreviewSource(sources=FakeSources(source), connections=FakeConnections(), now=now)
    return shown(source.name, "c", Request(method="POST", headers=headers or {}, body=body))


class Both(Source):
    name = "both"
    reads = (".txt",)

    def receive(self, request: Any, connection: Any) -> Events:
        return Events(Event("e"))

    def transform(self, received: Any, connection: Any) -> Iterator[Item]:
        yield Feedback(external_id="webhook")

    def read(self, stream: Any, hint: Any, resume: Any, connection: Any) -> Iterator[tuple[str, Item]]:
        yield "1", Feedback(external_id=f"file {hint.name}")


@pytest.mark.parametrize(("headers", "expected"), [({}, "webhook"), ({"x-file-name": "a.txt"}, "file a.txt")])
def test_a_file_name_previews_the_bytes_as_a_file(headers: dict[str, str], expected: str) -> None:
    shown = preview(Both(), b"x", headers)
    assert [one.external_id for one in shown.feedback] == [expected]
    assert shown.errors == ()


@pytest.mark.parametrize(
    ("source", "body"),
    [
        (CsvUpload(), b"text\n" + b"hello\n" * MANY),
        (CsvUpload(), b"text\n" + b"two,cells\n" * MANY),
        (CsvUpload(), gzip.compress(b"text\n" + b"two,cells\n" * 1_000_000)),
        (AppStore(), b'{"data": [' + b",".join([b"1"] * MANY) + b"]}"),
        (GenericJson(), b"[" + b",".join([b'{"text": "hello"}'] * MANY) + b"]"),
    ],
    ids=["rows", "bad rows", "bad rows, packed", "bad reviews", "items"],
)
def test_no_more_is_shown_than_an_answer_holds(source: Source, body: bytes) -> None:
    shown = preview(source, body)
    assert len(shown.feedback) + len(shown.errors) == SHOWN_LIMIT + 1
    assert shown.errors[-1] == MORE


def test_just_as_many_are_all_shown() -> None:
    shown = preview(CsvUpload(), b"text\n" + b"hello\n" * SHOWN_LIMIT)
    assert (len(shown.feedback), shown.errors) == (SHOWN_LIMIT, ())


def test_what_could_be_read_is_shown_beside_what_could_not() -> None:
    rows = (b"text\n" + (b"x" * 9_999 + b"\n") * 300)[: UNPACKED_LIMIT + 500_000]
    shown = preview(CsvUpload(), gzip.compress(rows))
    assert len(shown.feedback) in range(100, 201)
    assert shown.errors == (f"the packed file holds more than {UNPACKED_LIMIT} bytes; upload it in parts",)


@pytest.mark.parametrize(
    ("head", "cell"), [(b"text", b"\\" * 39_000), (b"text,title,author,version", b"\\" * 500)]
)
def test_what_grows_as_json_is_shown_as_far_as_lambda_answers(head: bytes, cell: bytes) -> None:
    row = b",".join([cell] * (head.count(b",") + 1)) + b"\n"
    shown = preview(CsvUpload(), gzip.compress(head + b"\n" + row * (UNPACKED_LIMIT // len(row) - 1)))
    shape = adapter("intake", "SourcePreview")
    body = shape.dump_json(shape.validate_python(shown, from_attributes=True)).decode()
    assert 4_000_000 < len(json.dumps({"body": body})) < 6_000_000
    assert shown.errors == (f"there are more; only the first {len(shown.feedback):,} have room in an answer",)


class Telling(Both):
    """Everything that is no feedback."""

    def transform(self, received: Any, connection: Any) -> Iterator[Item]:
        yield Ignore("a colleague's note")
        yield Answered(thread=" t\0", at=NOW)
        yield Redacted(external_id="a", at=NOW)
        yield Released(name="acme/shop", version="4.2.0", at=NOW)
        yield Bad("item 4", "no text")


def test_what_is_told_besides_is_shown_as_it_would_be_sent_on() -> None:
    shown = preview(Telling(), b"x")
    assert shown.notices == (
        PreviewedNotice(kind="answered", at=NOW, thread="t"),
        PreviewedNotice(kind="redacted", at=NOW, external_id="a"),
        PreviewedNotice(kind="released", at=NOW, name="acme/shop", version="4.2.0"),
    )
    assert shown.errors == ("ignored: a colleague's note", "item 4: no text")
    assert shown.feedback == ()


def test_a_notice_that_names_nothing_is_an_error() -> None:
    class Odd(Both):
        def transform(self, received: Any, connection: Any) -> Iterator[Item]:
            yield Answered(thread="", at=NOW)

    assert preview(Odd(), b"x").errors == ("it names neither a feedback nor a conversation",)
