"""CSV as spreadsheets and exports really write it, read forward in flat memory.

    table = Table(TextFile(stream), knows)
    for row in table.rows(resume):
        ...

What separates the cells, how a quote within quotes is written, and which row is the header is told by the
head of the file: the first rows are read in each way, and the one counts in which the header has most names
that the reader knows, and most rows are as wide as the header.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from triggeriq.errors import Unreadable
from triggeriq.lines import MAX_LINE, Line, Mark, TextFile
from triggeriq.values import Bad

DELIMITERS = (",", ";", "\t", "|")
MAX_LINES = 50_000
"""The most lines of a row. A quote left open before as many bytes of empty lines as a row may have would take
seconds."""
_LOOK_AT = 30
"""Rows of the head that are looked at."""
_TITLES = 10
"""So many rows may stand above the header."""
_SEP = re.compile(r'"?sep=(.)"?[,;\t|]*', re.IGNORECASE)
_OTHERS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a packed file"),
)
"""What is uploaded under the name of a table, by its first bytes."""


class Row(NamedTuple):
    """first: the number of its first line. mark: behind it. cells: or a Bad, where it can't be read. lines:
    those that it stands in.

    One without cells is none: it tells that a further CHUNK has been read.
    """

    first: int
    mark: Mark
    cells: list[str] | Bad
    lines: list[Line]


class _Form(NamedTuple):
    delimiter: str
    escape: str | None
    """The character that stands before a quote within quotes; None: such a quote is doubled."""


class Table:
    """A table with a header."""

    def __init__(self, file: TextFile, knows: Callable[[str], bool]) -> None:
        """knows: whether a cell is a name that a header may have. Raises Unreadable where there is none."""
        csv.field_size_limit(MAX_LINE)  # for all of this process; the module's own is 131,072 characters
        self._file = file
        for opening, what in _OTHERS:
            if file.begins(opening):
                raise Unreadable(f"line 1: this is {what}, not CSV; save it as CSV in UTF-8")
        found = _formed(file, [line for line in file.head() if not _is_empty(line)], knows)
        if found is None:
            raise Unreadable("line 1: there is no header, nor anything else")
        if isinstance(found.header.cells, Bad):
            raise Unreadable(f"{found.header.cells.where}: {found.header.cells.reason}")
        self._form, self._begin = found.form, found.header.mark
        self._head_line = _shown(file, found.header.lines)
        self.header = found.header.cells
        """The names of the columns; some may be empty."""
        self.line = found.header.first
        """The number of the header's line."""
        self.head = [row.cells for row in found.behind if isinstance(row.cells, list)]
        """The first rows."""

    def rows(self, after: Mark | None = None) -> Iterator[Row]:
        """The rows behind a mark; None: all of them.

        A row that can't be read (a quote left open, a wrong charset, too long, wider or narrower than the
        header) is Bad, and reading goes on with the line behind its first. Empty rows are left out, and so is
        the header where it comes again; a row without cells comes between two chunks of the file.
        """
        begin = after if after is not None and after.line > self._begin.line else self._begin
        width = len(self.header)
        for row in _rows(self._file, self._file.lines(begin), self._form, width):
            cells = row.cells
            if isinstance(cells, Bad):
                row = row._replace(cells=self.bad(row, cells.reason))
            elif cells and len(cells) != width:
                said = f"{len(cells)} cells, where the header has {width}"
                row = row._replace(cells=_fitted(cells, self.header) or self.bad(row, said))
            if row.cells != self.header:
                yield row

    def bad(self, row: Row, reason: str) -> Bad:
        """The row, with its header, as it stands in the file, in UTF-8 where it can be read."""
        return Bad(f"line {row.first}", reason, raw=_shown(self._file, row.lines), head=self._head_line)


class _Reading(NamedTuple):
    """A table, read in one of the forms that it may have."""

    form: _Form
    header: Row
    behind: list[Row]
    score: tuple[int, float, int]
    """How many names of the header are known, which part of the rows is as wide, and how wide that is."""


def _read_as(form: _Form, file: TextFile, lines: list[Line], knows: Callable[[str], bool]) -> _Reading | None:
    rows = list(islice(_rows(file, iter(lines), form), _LOOK_AT))
    if not rows:
        return None
    names, place = _header(rows, knows)
    header, behind = rows[place], rows[place + 1 :]
    if isinstance(header.cells, Bad):
        return _Reading(form, header, behind, (0, 0, 0))
    fit = sum(isinstance(row.cells, list) and _fits(row.cells, header.cells) for row in behind)
    return _Reading(form, header, behind, (names, fit / (len(behind) or 1), len(_trimmed(header.cells))))


def _is_empty(line: Line) -> bool:
    return isinstance(line.content, bytes) and not line.content.strip(b" \t\r\n,;|")


def _formed(file: TextFile, lines: list[Line], knows: Callable[[str], bool]) -> _Reading | None:
    """The table that begins with these lines, in the form that suits it best."""
    told = _SEP.fullmatch(_bytes(lines[:1]).decode(errors="replace").strip(" \r\n"))
    if told and lines[1:]:
        lines = lines[1:]
    escapes = (None, "\\") if b'\\"' in _bytes(lines) else (None,)
    readings = [
        _read_as(_Form(delimiter, escape), file, lines, knows)
        for delimiter in (told[1] if told else DELIMITERS)
        for escape in escapes
    ]
    return max((one for one in readings if one is not None), key=lambda one: one.score, default=None)


def _header(rows: list[Row], knows: Callable[[str], bool]) -> tuple[int, int]:
    """How many names the header has that are known, and which row it is: the first, but where narrower ones,
    a title and the like, stand above a row of two such names."""
    best, widest = (0, 0), 0
    for place, row in enumerate(rows[:_TITLES]):
        if isinstance(row.cells, Bad):
            continue
        names = sum(map(knows, row.cells))
        filled = sum(1 for cell in row.cells if cell.strip())
        if place == 0 or (filled > widest and names > max(1, best[0])):
            best = names, place
        widest = max(widest, filled)
    return best


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end."""
    width = len(cells)
    while width and not cells[width - 1].strip():
        width -= 1
    return cells[:width]


def _fits(cells: list[str], header: list[str]) -> bool:
    """Whether a row is as wide as the header, empty cells at the end of either aside."""
    return len(_trimmed(header)) <= len(cells) and len(_trimmed(cells)) <= len(header)


def _fitted(cells: list[str], header: list[str]) -> list[str] | None:
    """The row, made as wide as the header; None where that would lose something."""
    width = len(header)
    return (cells + [""] * (width - len(cells)))[:width] if _fits(cells, header) else None


class _Feed:
    """Lines for csv.reader. It remembers those of the row that is being read, so that a quote that never
    closes spoils its own row and not those behind it."""

    def __init__(self, file: TextFile, lines: Iterator[Line]) -> None:
        self._file = file
        self._lines = lines
        self._again: deque[Line] = deque()
        self._size = 0
        self.row: list[Line] = []
        self.spoilt = ""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.row.append(line)
        content = line.content
        if isinstance(content, Bad):
            raise csv.Error(content.reason)
        self._size += len(content)
        if self._size > MAX_LINE or len(self.row) > MAX_LINES:
            most = f"{MAX_LINE:,} bytes or {MAX_LINES:,} lines"
            raise csv.Error(f"a row longer than {most}; is a quote left open?")
        try:
            return self._file.decode(content)
        except UnicodeDecodeError as error:
            charset = error.encoding.upper().replace("UTF8", "UTF-8")
            self.spoilt = f"not {charset} at byte {error.start + 1} of line {line.number}"
            return content.decode(errors="replace")

    def begin(self) -> None:
        """Begin a new row."""
        self.row, self._size, self.spoilt = [], 0, ""

    def step_back(self) -> Line:
        """Put back all lines of the row but the first, which is returned."""
        self._again.extendleft(reversed(self.row[1:]))
        return self.row[0]


def _rows(file: TextFile, lines: Iterator[Line], form: _Form, width: int = 0) -> Iterator[Row]:
    """All rows that are not empty, of any width. width: which a row should have, where it is known."""
    feed = _Feed(file, lines)
    reader = csv.reader(feed, strict=True, delimiter=form.delimiter, escapechar=form.escape)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = feed.step_back()
            reason = str(error).replace("unexpected end of data", "a quote is left open")
            read = _loosely(file, line, form, width) or Bad(f"line {line.number}", reason)
            yield Row(line.number, file.mark(line), read, [line])
        else:
            first, last = feed.row[0], feed.row[-1]
            if feed.spoilt:
                bad = Bad(f"line {first.number}", feed.spoilt)
                yield Row(first.number, file.mark(last), bad, feed.row)
            elif any(map(str.strip, cells)) or not first.content:
                yield Row(first.number, file.mark(last), cells, feed.row)


def _loosely(file: TextFile, line: Line, form: _Form, width: int) -> list[str] | None:
    """The cells of a line whose quotes are in the wrong places, as in `1,"Great" app`; None where that is not
    sure: where a quote is left open, or the row would have another width."""
    content = _bytes([line])
    if not width or content.count(b'"') % 2:
        return None
    try:
        cells = next(csv.reader([file.decode(content)], delimiter=form.delimiter, escapechar=form.escape))
    except (csv.Error, UnicodeDecodeError):
        return None
    return cells if len(cells) == width else None


def _bytes(lines: list[Line]) -> bytes:
    return b"".join(line.content for line in lines if isinstance(line.content, bytes))


def _shown(file: TextFile, lines: list[Line]) -> bytes:
    """Lines as a person sees them: in UTF-8 where they can be read."""
    content = _bytes(lines)
    try:
        return file.decode(content).encode()
    except UnicodeError:
        return content
