"""Bad rows as a file that can be mended and sent again."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.bad_rows import BadRow, form_of, written

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


def row(line: int, raw: bytes, reason: str = "no text") -> BadRow:
    return BadRow(f"line {line}", reason, raw, AT, f"q-{line}")


@pytest.mark.parametrize(
    ("name", "head", "form"),
    [
        ("a.csv", b"id,text\n", "table"),
        ("a", b"id,text\n", "table"),
        ("a.ndjson", b"", "lines"),
        ("A.JSONL", b"", "lines"),
        ("a.json", b"", "list"),
        ("a.csv", b"", "list"),
    ],
)
def test_the_form_is_the_file_s(name: str, head: bytes, form: str) -> None:
    assert form_of(name, head) == form


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_table_has_its_rows_as_they_were_and_what_is_wrong_before_them(delimiter: str, end: str) -> None:
    head = delimiter.join(("id", "text", "a name")) + end
    first, last = f'1{delimiter}"two\nlines"{delimiter}=1+1{end}', f"2{delimiter}short"
    text = written("table", head.encode(), [row(3, first.encode()), row(9, last.encode(), '"=odd"\n')], "")
    added = delimiter.join(("_line", "_reason", ""))
    assert text == "".join(
        (
            f"\ufeff{added}{head}",
            f'3{delimiter}"no text"{delimiter}{first}',
            f'9{delimiter}"""=odd"""{delimiter}{last}{end}',
        )
    )


def test_a_row_that_lacks_cells_still_lacks_them() -> None:
    text = written("table", b"id,text,rating\n", [row(3, b"1,x\n")], "")
    header, cells = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert (len(header), cells) == (5, ["3", "no text", "1", "x"])


def test_a_row_that_was_not_kept_is_one_that_can_not_be_read() -> None:
    assert written("table", b"id,text\n", [row(3, b"")], "") == '\ufeff_line,_reason,id,text\n3,"no text"\n'
    assert written("lines", b"", [row(3, b""), row(4, b"{}")], "") == "{}\n"


def test_a_mark_is_there_once() -> None:
    assert written("table", b"\xef\xbb\xbfid,text\n", [], "") == "\ufeff_line,_reason,id,text\n"


def test_what_is_no_utf_8_is_shown_as_what_it_may_be() -> None:
    assert written("lines", b"", [row(1, b"Gr\xf6\xdfer\n")], "") == "Größer\n"


@pytest.mark.parametrize("reason", ['=HYPERLINK("x")', "+1", "-1", "@x", "\t=1"])
def test_no_reason_is_taken_for_a_formula(reason: str) -> None:
    text = written("table", b"id,text\n", [row(3, b"1,\n", reason)], "")
    _, cells = csv.reader(io.StringIO(text))
    assert cells[1].startswith("'") or cells[1][0] not in "=+-@"
    listed = written("list", b"", [row(3, b"=1+1,x\n", reason)], "")
    (shown,) = csv.DictReader(io.StringIO(listed))
    assert shown["reason"].startswith("'")
    assert shown["row"] == "'=1+1,x"


def test_a_list_has_what_is_needed_to_find_each() -> None:
    (shown,) = csv.DictReader(io.StringIO(written("list", b"", [row(3, b"1,caf\xe9\n")], "")))
    assert shown == {
        "where": "line 3",
        "reason": "no text",
        "row": "1,caf\ufffd",
        "at": "2026-03-01T09:00:00+00:00",
        "quarantine_id": "q-3",
    }


@pytest.mark.parametrize(("form", "head"), [("table", b"a;b\r\n"), ("lines", b""), ("list", b"")])
def test_that_there_are_more_is_said_at_the_end(form: str, head: bytes) -> None:
    text = written(form, head, [row(3, b"{}\n")], "/imports/i/bad-rows?cursor=x")  # type: ignore[arg-type]
    assert "there are more: /imports/i/bad-rows?cursor=x" in text.splitlines()[-1]
