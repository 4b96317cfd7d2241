"""Which bad rows of a file are given back, how many at a time, and to whom."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import EXCERPT_LIMIT, Quarantined
from chalicelib.domain.intake.way_back import ByFile
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Invalid, NotFound
from chalicelib.pipeline.intake import give_back
from chalicelib.pipeline.intake.give_back import GiveBack
from tests.unit.pipeline.fakes import FakeBlobs, FakeImports

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
HELD = Import(
    id="i-1", source="csv", connection="default", bucket="b", key="reviews/csv/default/März.csv.gz", etag="e",
    size=1, head=b"id,text\n", registered_at=NOW, modified_at=NOW, updated_at=NOW,
)  # fmt: skip


def entry(
    number: int, raw: bytes = b"1,\n", where: str | None = None, job: FileJob | None = None
) -> Quarantined:
    return Quarantined(
        source="csv", connection="default", reason="no text", where=where or f"line {number}", at=NOW,
        id=f"q-{number:06}", excerpt=raw[:EXCERPT_LIMIT], raw_key=f"raw-{number}",
        way_back=ByFile(job or FileJob("i-1", row_after="1")),
    )  # fmt: skip


class Kept:
    def __init__(self, *entries: Quarantined) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.id)

    def of_event(self, event_id: str, at: datetime, after: str = "") -> Iterator[Quarantined]:
        assert (event_id, at) == (HELD.id, HELD.modified_at)
        yield from (entry for entry in self.entries if entry.id > after)


def give(*entries: Quarantined, held: Import = HELD, blobs: FakeBlobs | None = None) -> GiveBack:
    return GiveBack(imports=FakeImports(held), quarantine=Kept(*entries), blobs=blobs or FakeBlobs())


def test_rows_come_in_the_order_of_the_file() -> None:
    places = ("line 10", "line 9", "[2].items[10]", "line 100", "[2].items[9]", "7")
    entries = (entry(n, where=place) for n, place in enumerate(places))
    text = give(*entries)("i-1", "list", None, None).text
    assert [shown["where"] for shown in csv.DictReader(io.StringIO(text))] == [
        "7", "[2].items[9]", "[2].items[10]", "line 9", "line 10", "line 100"
    ]  # fmt: skip


def test_the_file_is_named_after_the_first() -> None:
    file = give(entry(3))("i-1", None, None, None)
    assert (file.name, file.form, file.next) == ("bad-rows-of-M_rz.csv", "table", None)
    assert file.text == '\ufeff_line,_reason,id,text\n3,"no text",1,\n'
    assert give(entry(3))("i-1", "list", None, None).name == "bad-rows-i-1.csv"


def test_what_is_no_row_is_only_listed() -> None:
    rest = entry(4, b"", "after 3", FileJob("i-1", resume=True))
    refused = replace(entry(5, b"", "file"), way_back=None)
    gives = give(entry(3), rest, refused)
    assert gives("i-1", "file", None, None).text.count("\n") == 2
    assert gives("i-1", "list", None, None).text.count("\n") == 4


def test_a_file_of_another_form_is_listed() -> None:
    held = replace(HELD, key="reviews/app_store/default/a.json", head=b"")
    file = give(entry(3), held=held)("i-1", "file", None, None)
    assert (file.form, file.name) == ("list", "bad-rows-i-1.csv")


def test_a_long_row_is_fetched_whole() -> None:
    long = b"1," + b"x" * 5_000 + b"\n"
    blobs = FakeBlobs({"raw-3": long})
    text = give(entry(3, long), blobs=blobs)("i-1", None, None, None).text
    assert text.endswith('3,"no text",' + long.decode())
    assert give(entry(3, long))("i-1", None, None, None).text.endswith('3,"no text"\n')  # it is gone


def all_of(gives: GiveBack, form: str | None) -> Iterator[str]:
    """The answers, from the first to the last."""
    cursor = None
    while True:
        file = gives("i-1", form, cursor, None)  # type: ignore[arg-type]
        yield file.text
        if file.next is None:
            return
        assert f"cursor={file.next}" in file.text.splitlines()[-1]
        cursor = file.next


@pytest.mark.parametrize("form", ["file", "list", None])
@pytest.mark.parametrize("character", ["x", '"', "\1", "ü", "😀"])
def test_all_rows_are_had_in_answers_that_lambda_may_give(form: str | None, character: str) -> None:
    raw = b"1," + (character * 1_900).encode()[: EXCERPT_LIMIT - 10] + b"\n"
    gives = give(*(entry(n, raw) for n in range(2, 5_000)))
    answers = list(all_of(gives, form))
    assert len(answers) > 1
    assert all(len(json.dumps(answer)) < 5_500_000 for answer in answers)
    found = sum(answer.count('"no text"') + answer.count(",no text,") for answer in answers)
    assert found == 4_998


def test_no_answer_has_more_rows_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(give_back, "ROWS_LIMIT", 10)
    gives = give(*(entry(n) for n in range(2, 27)))
    assert [answer.count("no text") for answer in all_of(gives, None)] == [10, 10, 5]


def test_bad_rows_of_no_import_are_not_found_nor_those_of_others() -> None:
    gives = give(entry(3))
    with pytest.raises(NotFound):
        gives("i-2", None, None, None)
    with pytest.raises(NotFound):
        gives("i-1", None, None, Restriction(("csv/other",)))
    assert gives("i-1", None, None, Restriction(("csv/default",))).text


@pytest.mark.parametrize("cursor", ["nonsense", to_cursor(5), to_cursor("a", "b"), to_cursor("ü")])
def test_a_cursor_that_nobody_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        give(entry(3))("i-1", None, cursor, None)
