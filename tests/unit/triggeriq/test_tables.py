"""CSV as spreadsheets and exports really write it."""

from __future__ import annotations

import csv
import itertools
import tracemalloc
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.triggeriq.streams import Counted, Endless
from triggeriq import Bad, Unreadable
from triggeriq.lines import HEAD, MAX_LINE, Mark, TextFile
from triggeriq.tables import Table
from triggeriq.testing.samples import Forward, Pieces

NAMES = frozenset(("id", "text", "title", "rating", "author"))


def opened(body: bytes, charset: str = "") -> Table:
    return Table(TextFile(BytesIO(body), charset), NAMES.__contains__)


def rows(body: bytes, after: Mark | None = None) -> list[Any]:
    found = (row.cells for row in opened(body).rows(after))
    return [cells.reason if isinstance(cells, Bad) else cells for cells in found if cells]


def test_rows_have_the_number_of_their_first_line_and_a_mark_behind_their_last() -> None:
    body = b'id,text\n1,"x\ny"\n\n2,z'
    assert [(row.first, str(row.mark)) for row in opened(body).rows()] == [(2, "3@16"), (5, "5@20")]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "header",
    [
        ["id", "text"],
        ["id", "text", "a, b; c", "d; e|f, g; h"],
        ["id", "text", 'say "a,b,c,d"'],
        ["id", "text (1;2;3;4)", "rating, from 1, to 5, or none"],
    ],
)
def test_the_header_s_names_tell_what_parts_the_cells(mark: str, header: list[str]) -> None:
    sheet = StringIO()
    csv.writer(sheet, delimiter=mark).writerows([header, [f"a{mark}b,;c"] * len(header)])
    table = opened(sheet.getvalue().encode())
    assert table.header == header
    assert [row.cells for row in table.rows()] == [[f"a{mark}b,;c"] * len(header)]


@pytest.mark.parametrize(
    "body",
    [
        b"sep=;\r\nid;text\r\n1;a, b, c\r\n",
        b'"sep=;"\nid;text\n1;a, b, c\n',
        b"SEP=;\nid;text\n1;a, b, c\n",
        b"\r\n\r\nid;text\r\n1;a, b, c\r\n",
        b" \n;;\nid;text\n1;a, b, c\n",
        b"\xef\xbb\xbfsep=;\nid;text\n1;a, b, c\n",
        b"\xef\xbb\xbf\nid;text\n1;a, b, c\n",
        b"Feedback, as of May\nid;text\n1;a, b, c\n",
        b"Export\n\nCreated: 2026-05-01\nid;text\n1;a, b, c\n",
        b"All of our feedback;;\nid;text;\n1;a, b, c;\n",
        b"id;text\r1;a, b, c\r",
        b"id;text\r\n1;a, b, c\n\r\n;\n;;;;\n  ;  \n",
        b"id;text;;;\n1;a, b, c;;;\n",
        b"id;text;;;\n1;a, b, c\n",
        b"id;text\n1;a, b, c;;\n",
        b"id;text\nid;text\n1;a, b, c\nid;text\n",
        "sep=;\nid;text\n1;a, b, c\n".encode("utf-16"),
        "sep=;\nid;text\n1;a, b, c\n".encode("utf-16-le"),
        b'"id";"text"\n"1";"a, b, c"\n',
        b"id;text\r\r\n1;a, b, c\r\r\n",
    ],
)
def test_what_stands_around_a_table_is_no_row_of_it(body: bytes) -> None:
    table = opened(body)
    assert table.header[:2] == ["id", "text"]
    assert [row.cells[:2] for row in table.rows() if isinstance(row.cells, list)] == [["1", "a, b, c"]]


@pytest.mark.parametrize("mark", ["^", "~", ":"])
def test_a_line_for_the_spreadsheet_tells_any_delimiter(mark: str) -> None:
    assert rows(f"sep={mark}\nid{mark}text\n1{mark}a,b\n".encode()) == [["1", "a,b"]]


def test_a_table_of_one_column_needs_no_delimiter() -> None:
    assert rows(b"text\nhello, world\nor: a; b\n") == [["hello, world"], ["or: a; b"]]


def test_the_first_row_is_the_header_where_no_other_has_more_names() -> None:
    assert opened(b"text,colour\nid,text\n").header == ["text", "colour"]
    assert opened(b"colour,size\nred,1\n").header == ["colour", "size"]


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        (b'"She said ""hi"""', 'She said "hi"'),
        (b'"two\r\nlines"', "two\r\nlines"),
        (b'5" screen', '5" screen'),
        (b'"Great" app', "Great app"),
        (b'"a "b" c"', 'a b" c"'),
        (b"with a \x00 in it", "with a \x00 in it"),
        (b"1.23E+11", "1.23E+11"),
        (b"#N/A", "#N/A"),
        (b"TRUE", "TRUE"),
        (b"C:\\new\\table", "C:\\new\\table"),
        (b"'quoted'", "'quoted'"),
        (b"  spaces  ", "  spaces  "),
        (b"\xc2\xa0", "\u00a0x"),
    ],
)
def test_a_cell_is_what_was_written(written: bytes, cell: str) -> None:
    tail = b"x" if cell.endswith("x") else b""
    assert rows(b"id,text,rating\n1," + written + tail + b",5\n2,b,4\n") == [
        ["1", cell, "5"],
        ["2", "b", "4"],
    ]


def test_quotes_escaped_by_a_backslash_are_told_from_doubled_ones() -> None:
    body = b'id,text,rating\n1,"She said \\"hi\\", and left",5\n2,"a \\\\ b",4\n3,"say ""no""",3\n'
    assert rows(body) == [["1", 'She said "hi", and left', "5"], ["2", "a \\ b", "4"], ["3", 'say "no"', "3"]]
    assert rows(b'id,text\n1,"C:\\dir\\"\n2,"D:\\"\n') == [["1", "C:\\dir\\"], ["2", "D:\\"]]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'2,"open', "',' expected after '\"'"),
        (b'2,"x"y"', "',' expected after '\"'"),
        (b"2,b,c,d", "4 cells, where the header has 2"),
        (b"2", "1 cells, where the header has 2"),
        (b'2,"a\nb"c"', "',' expected after '\"'"),
        (b"2,\xff", "not UTF-8 at byte 3 of line 3"),
        (b'2,"x\n\xff"', "not UTF-8 at byte 1 of line 4"),
        (b'2,"' + b"x" * MAX_LINE + b'"', "longer than"),
        (b'2,"' + b"x\n" * (MAX_LINE // 2) + b'"', "a row longer than"),
    ],
)
def test_a_bad_row_spares_those_around_it(bad: bytes, reason: str) -> None:
    found = rows("id,text\n1,für\n".encode() + bad + '\n3,"über"\n'.encode())
    assert found[0] == ["1", "für"]
    assert found[-1] == ["3", "über"]
    assert reason in found[1]


def test_a_bad_row_comes_along_in_utf_8() -> None:
    table = opened('id;text\n1;"für" a" b\n2;müde\n'.encode("cp1252"))
    (bad, *_) = [row.cells for row in table.rows()]
    assert isinstance(bad, Bad)
    assert bad.raw == '1;"für" a" b\n'.encode()


def test_a_cell_may_be_as_long_as_a_row() -> None:
    assert [len(cells[1]) for cells in rows(b"id,text\n1," + b"x" * 999_000 + b"\n2,short\n")] == [999_000, 5]


def test_a_cell_without_end_is_given_up() -> None:
    table = opened(b'id\n1\n"' + b"no end in sight\n" * 200_000)
    found = (row for row in table.rows() if row.cells)
    assert next(found).cells == ["1"]
    assert isinstance(next(found).cells, Bad)
    assert next(found).cells == ["no end in sight"]
    assert sum(1 for _ in found) == 200_000 - 2


def test_a_quote_left_open_before_many_empty_lines_is_given_up() -> None:
    found = rows(b'id,text\n1,"a\n' + b"\n" * 100_000 + b"2,b\n")
    assert [one[:3] for one in found] == ["a r", ["2", "b"]]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"PK\x03\x04rest", "Excel workbook or a ZIP"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8brest", "packed"),
        (b"", "no header"),
        (b"\r\n\n", "no header"),
        (b" \n,,,\n", "no header"),
        (b'"id', "quote is left open"),
    ],
)
def test_what_is_no_table_is_told(body: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=what):
        opened(body)


@pytest.mark.parametrize(
    ("head", "row", "size", "most"),
    [
        (b"id,text\n", b'1,"some words\nand more of them"\n' * 500, 6_000_000, 2_000_000),
        (b'id,text\n1,"', b"an endless cell " * 1000, 20_000_000, 8_000_000),
    ],
    ids=["rows", "endless cell"],
)
def test_memory_stays_flat(head: bytes, row: bytes, size: int, most: int) -> None:
    stream = Endless(itertools.chain([head], itertools.repeat(row, size // len(row))))
    tracemalloc.start()
    try:
        for _ in Table(TextFile(stream), NAMES.__contains__).rows():
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most


CELL = st.text(alphabet='ab1ß漢👍 ,;"|\t\\\n', max_size=12)
DIALECTS = st.builds(
    dict,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    lineterminator=st.sampled_from(("\n", "\r\n")),
)


def sheet(cells: list[list[str]], dialect: dict[str, Any]) -> str:
    written = StringIO()
    csv.writer(written, **dialect).writerows([["id", "text", "rating"], *cells])
    return written.getvalue()


@given(
    st.lists(
        st.lists(CELL, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))), max_size=12
    ),
    DIALECTS,
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16")),
    st.sampled_from(("", "sep", "\n")),
)
def test_a_table_is_read_as_it_was_written_and_from_every_row_on(
    cells: list[list[str]], dialect: dict[str, Any], charset: str, before: str
) -> None:
    if "\\" in str(cells):  # a backslash before a quote has two meanings: see the test above
        cells = [[cell.replace("\\", "/") for cell in row] for row in cells]
    first = f"sep={dialect['delimiter']}\n" if before == "sep" else before
    body = (first + sheet(cells, dialect)).encode(charset)
    whole = list(opened(body).rows())
    assert [row.cells for row in whole] == cells
    for place, row in enumerate(whole, start=1):
        for stream in (Pieces(body, 5), Forward(body, 7)):
            table = Table(TextFile(stream), NAMES.__contains__)
            assert list(table.rows(Mark.parse(str(row.mark)))) == whole[place:]
        assert list(opened(body).rows(Mark(row.mark.line))) == whole[place:]  # of a former release


BROKEN = st.sampled_from(
    (b'"', b"\\", b"\x00", b"\xff\xfe", b",,,", b"\n\n", b"\r", b'"\n"', b"sep=|", b'\\"', b"\xef\xbb\xbf")
)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8),
    DIALECTS,
    BROKEN,
    st.floats(0, 1),
)
def test_with_one_thing_broken_all_is_a_row_or_bad_from_every_row_on(
    cells: list[list[str]], dialect: dict[str, Any], broken: bytes, where: float
) -> None:
    body = sheet(cells, dialect).encode()
    place = int(where * len(body))
    body = body[:place] + broken + body[place:]
    try:
        whole = list(opened(body).rows())
    except Unreadable:
        return
    ends = [row.mark.at or 0 for row in whole]
    assert ends == sorted(ends)
    for number, row in enumerate(whole, start=1):
        assert list(opened(body).rows(Mark.parse(str(row.mark)))) == whole[number:]


@given(st.binary(max_size=500))
def test_any_bytes_are_rows_or_unreadable(body: bytes) -> None:
    try:
        for row in opened(body).rows():
            assert row.cells
    except Unreadable:
        pass


def test_to_go_on_near_the_end_of_a_large_table_little_is_read() -> None:
    body = b"id,text\n" + b"1,some words and more\n" * 100_000
    last = list(opened(body).rows())[-2]
    stream = Counted(body, 1 << 16)
    assert len(list(Table(TextFile(stream), NAMES.__contains__).rows(last.mark))) == 1
    assert stream.count < 3 * HEAD
