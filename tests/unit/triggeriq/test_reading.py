"""Files of any size, in flat memory."""

from __future__ import annotations

import contextlib
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO, RawIOBase
from typing import Any, BinaryIO

import pytest

from triggeriq import Bad, Unreadable
from triggeriq.reading import MAX_LINE, csv_rows, json_items, lines
from triggeriq.testing.samples import Pieces


class Endless(RawIOBase):
    """A stream made as it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        self._left = self._left or next(self._pieces, b"")
        piece, self._left = self._left[:size], self._left[size:]
        return piece


def documents(stream: BinaryIO) -> Iterator[Any]:
    return json_items(stream, "data")


def table(body: bytes, after: int = 0) -> list[tuple[int, int, Any]]:
    return [
        (first, last, cells.reason if isinstance(cells, Bad) else cells)
        for first, last, cells in csv_rows(BytesIO(body), after)
    ]


def items(body: bytes) -> tuple[list[Any], str]:
    found: list[Any] = []
    try:
        for item in json_items(BytesIO(body), "data"):
            found.append(item)
    except Unreadable as error:
        return found, str(error)
    return found, ""


def test_lines_end_in_lf_crlf_or_cr() -> None:
    for size in (1, 2, 3, 100):
        found = list(lines(Pieces(b"a\nb\r\nc\rd\r\r\ne", size)))
        assert found == [(1, b"a\n"), (2, b"b\r\n"), (3, b"c\r"), (4, b"d\r"), (5, b"\r\n"), (6, b"e")]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_the_mark_tells_the_charset(charset: str) -> None:
    for size in (1, 3, 100):
        body = "Größe\n漢字 👍\n".encode(charset)
        assert b"".join(line for _, line in lines(Pieces(body, size))).decode() == "Größe\n漢字 👍\n"


def test_big_endian_marks_are_known() -> None:
    for mark, charset in ((b"\xfe\xff", "utf-16-be"), (b"\x00\x00\xfe\xff", "utf-32-be")):
        assert list(lines(BytesIO(mark + "a\nb".encode(charset)))) == [(1, b"a\n"), (2, b"b")]


def test_a_character_cut_at_the_end_is_unreadable_behind_the_lines_before() -> None:
    stream = lines(BytesIO("a\nb\n".encode("utf-16") + b"\x00"))
    assert [next(stream), next(stream)] == [(1, b"a\n"), (2, b"b\n")]
    with pytest.raises(Unreadable, match="utf-16-le"):
        next(stream)


def test_a_line_that_is_too_long_is_bad_and_the_rest_goes_on() -> None:
    body = b"a\n" + b"x" * (MAX_LINE + 1) + b"\r\nb\r\n" + b"y" * (3 * MAX_LINE)
    assert [
        (number, line if isinstance(line, bytes) else line.where) for number, line in lines(BytesIO(body))
    ] == [
        (1, b"a\n"),
        (2, "line 2"),
        (3, b"b\r\n"),
        (4, "line 4"),
    ]


def test_rows_have_their_lines_numbers() -> None:
    assert table(b'a,b\n"x\ny",1\n\nz,2') == [(1, 1, ["a", "b"]), (2, 3, ["x\ny", "1"]), (5, 5, ["z", "2"])]


def test_rows_go_on_behind_a_line() -> None:
    body = b'a,b\n"x\ny",1\nz,2\nw,3\n'
    for after, rest in ((0, 3), (3, 2), (4, 1), (5, 0), (99, 0)):
        assert len(table(body, after)) == 1 + rest


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'a\n"open\nb\nc\n', [["a"], "unexpected end of data", ["b"], ["c"]]),
        (b'a\n"x"y\nb\n', [["a"], "',' expected after '\"'", ["b"]]),
        (b"a\n\xff\nb\n", [["a"], "not UTF-8 at byte 1 of line 2", ["b"]]),
        (b'a\n"x\n\xff"\nb\n', [["a"], "not UTF-8 at byte 1 of line 3", ["b"]]),
    ],
)
def test_a_bad_row_spares_those_behind_it(body: bytes, expected: list[Any]) -> None:
    assert [cells for _, _, cells in table(body)] == expected


def test_a_cell_without_end_is_given_up() -> None:
    body = b'a\n1\n"' + b"no end in sight\n" * 200_000
    rows = csv_rows(BytesIO(body))
    assert [next(rows), next(rows)] == [(1, 1, ["a"]), (2, 2, ["1"])]
    first, _, bad = next(rows)
    assert first == 3
    assert isinstance(bad, Bad)
    assert next(rows) == (4, 4, ["no end in sight"])
    assert sum(1 for _ in rows) == 200_000 - 2


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_header_tells_what_separates_the_cells(mark: str) -> None:
    assert table(f"a{mark}b\n1{mark}2\n".encode())[1] == (2, 2, ["1", "2"])


def test_items_come_out_of_a_document() -> None:
    body = b'{"links": {"data": [9]}, "data": [1, {"a": [2]}, "x"], "meta": null}'
    assert items(body) == ([1, {"a": [2]}, "x"], "")
    assert items(b"[1, 2]") == ([1, 2], "")
    assert items(b'{"data": []}\n{"data": [1]} [2]') == ([1, 2], "")
    assert items(b'{"data": {"id": 1}}') == ([{"id": 1}], "")


@pytest.mark.parametrize(
    ("body", "found", "reason"),
    [
        (b"", 0, "data[0]: the file ends here"),
        (b'{"data": [1, 2', 1, "data[1]"),
        (b'{"data": [1, {"a": "b', 1, "data[1]: the file ends here"),
        (b'{"data": [1, 2]', 2, "data[2]: the file ends here"),
        (b'{"data": [1, 2], "x": 1', 2, "data[2]"),
        (b'{"data": [1 2]}', 1, "data[1]: , or ] is expected"),
        (b'{"data": [1, oops, 3]}', 1, "data[1]: not JSON"),
        (b'{"data": [1, NaN]}', 1, "data[1]: NaN"),
        (b'{"data": [1, "\xff"]}', 0, "not UTF-8"),
        (b'{"data": [1, ' + b"[" * 100_000, 1, "data[1]"),
        (b'{"data": [1, ' + b"[" * 200 + b"]" * 200 + b"]}", 1, "data[1]: JSON nested"),
        (b'{"data": ["' + b"x" * (2 * MAX_LINE) + b'"]}', 0, "longer than"),
        (b'{"other": []}', 0, 'there is no "data"'),
        (b"x", 0, "{ is expected"),
    ],
)
def test_a_broken_document_gives_what_came_before(body: bytes, found: int, reason: str) -> None:
    before, error = items(body)
    assert len(before) == found
    assert reason in error


def test_pieces_of_any_size_make_the_same_document() -> None:
    body = json.dumps({"meta": 12345, "data": [123456789, 'ü👍\\"', [1.5e3, True], {"a": None}]}).encode()
    for size in range(1, 20):
        assert list(json_items(Pieces(body, size), "data")) == json.loads(body)["data"]


@pytest.mark.parametrize(
    ("reader", "head", "row", "size", "most"),
    [
        (csv_rows, b"id,text\n", b'1,"some words\nand more of them"\n' * 500, 6_000_000, 1_000_000),
        (
            documents,
            b'{"data": [',
            b'{"id": 1, "text": "words of some length"}, ' * 500,
            6_000_000,
            1_000_000,
        ),
        (csv_rows, b'id,text\n"', b"an endless cell " * 1000, 20_000_000, 8_000_000),
        (documents, b'{"data": ["', b"an endless text " * 1000, 20_000_000, 8_000_000),
        (lines, b"", b"\x00" * 20_000, 20_000_000, 8_000_000),
    ],
    ids=["csv", "json", "endless cell", "endless text", "endless line"],
)
def test_memory_stays_flat(reader: Any, head: bytes, row: bytes, size: int, most: int) -> None:
    stream = Endless(itertools.chain([head], itertools.repeat(row, size // len(row))))
    tracemalloc.start()
    try:
        with contextlib.suppress(Unreadable):
            for _ in reader(stream):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most
