"""Previews: by which of its two methods a source is asked, and that what is shown is bounded."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.api.parsing import adapter
from chalicelib.domain.intake.source_preview import PreviewedNotice, SourcePreview, Verification
from chalicelib.pipeline.intake.preview_source import SHOWN_LIMIT, UNPACKED_LIMIT, PreviewSource
from plugins.sources.app_store import AppStore
from plugins.sources.csv_upload import CsvUpload
from plugins.sources.generic_json import GenericJson
from tests.unit.pipeline.fakes import NOW, FakeConnections, FakeSources, now
from triggeriq import (
    Answered,
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    NotVerified,
    Redacted,
    Released,
    Request,
    Scheme,
    Source,
    Verified,
)
from triggeriq.signing import sign

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


# ---- whether it is genuine, and why not ----------------------------------------------------------------

KEY = "a-secret-of-the-tests-zqjx"
ROW = Scheme(header="x-signature")


class Signed(Both):
    verification = (ROW,)


class Shared(Both):
    verification = (Scheme(kind="token", header="x-token"),)


class Odd(Signed):
    """Refuses whatever comes, with a word that the contract does not know."""

    def verify(self, request: Request, connection: Connection, now: Any) -> Verified:
        raise NotVerified("expected c0ffee")  # type: ignore[arg-type]


class WithSecrets(FakeConnections):
    def __init__(self, *secrets: str) -> None:
        super().__init__("c")
        self._secrets = secrets

    def find(self, source: str, name: str, fresh: bool = False) -> Connection | None:
        return Connection(source=source, name=name, secrets=self._secrets)


def verification(source: Source, headers: dict[str, str], *secrets: str, body: bytes = b"{}") -> Verification:
    previewing = PreviewSource(sources=FakeSources(source), connections=WithSecrets(*secrets), now=now)
    return previewing(source.name, "c", Request(headers=headers, body=body)).verification


def test_a_signature_that_fails_is_explained_by_what_fits() -> None:
    headers = sign(ROW, KEY, b"{}", now())
    assert verification(Signed(), headers, KEY) == Verification(True)
    told = verification(Signed(), headers, KEY, body=b"{}\n")
    assert (told.ok, told.reason) == (False, "mismatch")
    assert "over the body without its final line end" in str(told.detail)
    assert KEY not in str(told)


def test_a_secret_that_is_not_the_current_one_is_told() -> None:
    told = verification(Signed(), sign(ROW, KEY, b"{}", now()), "the new one", KEY)
    assert (told.ok, told.reason) == (True, None)
    assert str(told.detail).startswith("secret 2 of 2 proved it, ")


def test_of_a_shared_secret_it_is_only_told_whether_it_is_right() -> None:
    assert verification(Shared(), {"x-token": KEY}, KEY) == Verification(True)
    for headers in ({"x-token": "another"}, {"x-token": f"Bearer {KEY}"}, {}):
        assert verification(Shared(), headers, KEY) == Verification(False)


def test_a_plugin_s_own_verify_is_heard() -> None:
    told = verification(Odd(), sign(ROW, KEY, b"{}", now()), KEY)
    assert told.ok is False
    assert told.detail == "the signature fits; it is the source's own verify that refuses the request"
