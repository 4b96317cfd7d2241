"""Files of any size from strangers, read forward in flat memory.

Every reader takes a binary stream of which only `read(n)` is used, in pieces of any size. The
charset is that of the byte order mark, else UTF-8.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO

from triggeriq.errors import Unreadable
from triggeriq.payload import DECODER, check_depth
from triggeriq.values import JSON, Bad

CHUNK = 1 << 16
MAX_LINE = 1_000_000
"""The most bytes of a line, of a CSV row, or of an item in a JSON array: as many as a webhook's body may
have."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins as this one does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def utf8_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream's bytes as UTF-8, without a mark. Raises Unreadable where UTF-16 or 32 is broken.

    What is taken for UTF-8 is not checked here, nor are lone surrogates: whoever decodes it line by line can
    say where the fault is.
    """
    head = b""
    while len(head) < 4 and (piece := stream.read(CHUNK)):
        head += piece
    mark, charset = next((row for row in _MARKS if head.startswith(row[0])), (b"", "utf-8"))
    chunks = _chunks(head[len(mark) :], stream)
    return chunks if charset == "utf-8" else _transcoded(chunks, charset)


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    if head:
        yield head
    while chunk := stream.read(CHUNK):
        yield chunk


def _transcoded(chunks: Iterator[bytes], charset: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(charset)("surrogatepass")
    try:
        for chunk in chunks:
            if piece := decoder.decode(chunk):
                yield piece.encode("utf-8", "surrogatepass")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unreadable(f"broken {charset}: a character is cut or impossible") from None


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | Bad]]:
    """Each line with its number from 1, its line end kept (LF, CRLF or CR), as UTF-8 bytes.

    A line longer than MAX_LINE is skipped, and one Bad is given instead.
    """
    number, rest, too_long = 0, b"", False
    for chunk in utf8_chunks(stream):
        pieces = (rest + chunk).splitlines(keepends=True)
        rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            number += 1
            yield number, _too_long(number) if too_long or len(piece) > MAX_LINE else piece
            too_long = False
        if len(rest) > MAX_LINE:
            too_long, rest = True, rest[-1:]  # its last byte may be the CR of a CRLF
    if rest:
        yield number + 1, _too_long(number + 1) if too_long else rest


def _too_long(number: int) -> Bad:
    return Bad(f"line {number}", f"longer than {MAX_LINE:,} bytes")


class _Feed:
    """Lines for csv.reader. It remembers those of the row that is being read, so that a quote that never
    closes spoils its own row and not those behind it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._lines = lines(stream)
        self._again: deque[tuple[int, bytes | Bad]] = deque()
        self._size = 0
        self.row: list[tuple[int, bytes | Bad]] = []
        self.spoilt = ""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        number, line = taken = self._again.popleft() if self._again else next(self._lines)
        self.row.append(taken)
        if isinstance(line, Bad):
            raise csv.Error(line.reason)
        self._size += len(line)
        if self._size > MAX_LINE:
            raise csv.Error(f"a row longer than {MAX_LINE:,} bytes; is a quote left open?")
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            self.spoilt = f"not UTF-8 at byte {error.start + 1} of line {number}"
            return line.decode(errors="replace")

    def _ahead(self) -> tuple[int, bytes | Bad]:
        """The next line, without taking it. At the end its number is 0."""
        if not self._again:
            self._again.extend(line for line in [next(self._lines, None)] if line)
        return self._again[0] if self._again else (0, b"")

    def header(self) -> bytes:
        """The next line as it is, without taking it."""
        line = self._ahead()[1]
        return b"" if isinstance(line, Bad) else line

    def begin(self, after: int = 0) -> None:
        """Begin a new row: the next one, or the first behind line `after`."""
        self.row, self._size, self.spoilt = [], 0, ""
        while after and 0 < self._ahead()[0] <= after:
            self._again.popleft()

    def step_back(self) -> None:
        """Put back all lines of the row but the first."""
        self._again.extendleft(reversed(self.row[1:]))


def csv_rows(stream: BinaryIO, after: int = 0) -> Iterator[tuple[int, int, list[str] | Bad]]:
    """The rows of a CSV file: the numbers of their first and last lines, and their cells.

    The first is the header, then come those behind line `after`. Cells are separated by whichever of comma,
    semicolon and tab the header has most. A row that can't be read (a quote left open, a wrong charset, too
    long) is Bad, and reading goes on with the line behind that row's first.
    """
    feed = _Feed(stream)
    header = feed.header()
    delimiter = max(",", ";", "\t", key=lambda mark: header.count(mark.encode()))
    reader = csv.reader(feed, strict=True, delimiter=delimiter)
    skip = 0
    while True:
        feed.begin(skip)
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first = feed.row[0][0]
            feed.step_back()
            yield first, first, Bad(f"line {first}", str(error), raw=_bytes(feed.row[:1]))
        else:
            first, last = feed.row[0][0], feed.row[-1][0]
            if feed.spoilt:
                yield first, last, Bad(f"line {first}", feed.spoilt, raw=_bytes(feed.row))
            elif cells:
                yield first, last, cells
            else:
                continue  # an empty line
        skip = after


def _bytes(row: list[tuple[int, bytes | Bad]]) -> bytes:
    return b"".join(line for _, line in row if isinstance(line, bytes))


_CUT = "the file ends here, before its end"


class _Cursor:
    """A position in a JSON text that comes in pieces. It holds one item and one piece at most."""

    def __init__(self, stream: BinaryIO) -> None:
        self._chunks = utf8_chunks(stream)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._ended = "", 0, False

    def _more(self) -> bool:
        if self._ended:
            return False
        chunk = next(self._chunks, b"")
        self._ended = not chunk
        try:
            self._text = self._text[self._at :] + self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise Unreadable("not UTF-8") from None
        self._at = 0
        return True

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, *expected: str) -> str:
        """The next character, which must be one of `expected`."""
        found = self.peek()
        if found not in expected or not found:
            wanted = " or ".join(expected)
            raise Unreadable(f"{wanted} is expected" if found else _CUT)
        self._at += 1
        return found

    def value(self) -> JSON:
        """The JSON value that begins here."""
        self.peek()
        while True:
            value: JSON
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_LINE:
                    raise Unreadable(f"not JSON, or longer than {MAX_LINE:,} characters") from None
                if not self._more():
                    ended = error.pos >= len(self._text) - 1 or error.msg.startswith("Unterminated")
                    raise Unreadable(_CUT if ended else "not JSON") from None
            except RecursionError:
                raise Unreadable("JSON nested too deep") from None
            else:
                if end < len(self._text):
                    self._at = end
                    return value
                if not self._more():  # a number may go on in the next piece, and something must follow
                    raise Unreadable(_CUT)


def json_items(stream: BinaryIO, key: str) -> Iterator[JSON]:
    """The items of the array under `key` in a document `{"<key>": […], …}`, one by one.

    A bare array is read too, and so are several documents one behind the other (pages of an API). Raises
    Unreadable, with the position, after the items that could be read: for a truncated file, a syntax error,
    an item longer than MAX_LINE.
    """
    cursor, count = _Cursor(stream), 0
    try:
        while True:
            for item in _document(cursor, key):
                check_depth(item)
                yield item
                count += 1
            if not cursor.peek():
                return
    except Unreadable as error:
        raise Unreadable(f"{key}[{count}]: {error}") from None


def _document(cursor: _Cursor, key: str) -> Iterator[JSON]:
    if cursor.peek() == "[":
        yield from _array(cursor)
        return
    cursor.take("{")
    found = False
    mark = cursor.take("}") if cursor.peek() == "}" else ","
    while mark != "}":
        name = cursor.value()
        cursor.take(":")
        if name == key and cursor.peek() == "[":
            found = True
            yield from _array(cursor)
        elif name == key:
            found = True
            yield cursor.value()
        else:
            cursor.value()
        mark = cursor.take(",", "}")
    if not found:
        raise Unreadable(f'there is no "{key}" in the document')


def _array(cursor: _Cursor) -> Iterator[JSON]:
    cursor.take("[")
    if cursor.peek() == "]":
        cursor.take("]")
        return
    mark = ","
    while mark == ",":
        yield cursor.value()
        mark = cursor.take(",", "]")
