"""The rows of a file that could not be read, given back to whoever sent them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

Form = Literal["table", "lines", "list"]
"""table: a header and rows as the file has them. lines: nothing but rows. list: what is wrong, for people."""

LINES = (".ndjson", ".jsonl")
"""Endings of files whose rows need no header."""
ADDED = ("_line", "_reason")
"""The columns that a table gets before its own. Behind them a row that lacks cells would shift them into its
own columns."""

_DELIMITERS = ",;\t|"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_UTF8 = "\ufeff"
"""A byte order mark: without it a spreadsheet takes UTF-8 for something else."""


class BadRow(NamedTuple):
    where: str
    reason: str
    raw: bytes
    """As the file has it; nothing where it is too long to be kept."""
    at: datetime
    quarantine_id: str


def form_of(name: str, head: bytes) -> Form:
    """The form in which rows of a file can be sent again. name: the file's, unpacked. head: its header, if it
    has one."""
    if head:
        return "table"
    return "lines" if name.lower().endswith(LINES) else "list"


def written(form: Form, head: bytes, rows: Sequence[BadRow], more: str) -> str:
    """The rows as a file. more: where there are others, said in its last row; "" if there are none."""
    match form:
        case "table":
            return _table(head, rows, more)
        case "lines":
            last = f'{{"_reason": "there are more: {more}"}}\n' if more else ""
            return "".join(_ended(_text(row.raw), "\n") for row in rows if row.raw) + last
        case "list":
            return _list(rows, more)


def _table(head: bytes, rows: Sequence[BadRow], more: str) -> str:
    header = _ended(_text(head), "\n").removeprefix(_UTF8)
    end = header[len(header.rstrip("\r\n")) :]
    delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([header], delimiter=one), [])))
    lines = [_UTF8 + delimiter.join((*ADDED, header))]
    for row in rows:
        begin = (row.where.removeprefix("line "), _quoted(row.reason))
        # A row that was not kept has no cells, so that it is told of again if it is sent like this.
        cells = (*begin, _text(row.raw)) if row.raw else begin
        lines.append(_ended(delimiter.join(cells), end))
    if more:
        lines.append(delimiter.join(("", _quoted(f"there are more: {more}"))) + end)
    return "".join(lines)


def _list(rows: Sequence[BadRow], more: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("where", "reason", "row", "at", "quarantine_id"))
    for row in rows:
        said = row.raw.decode("utf-8", "replace").rstrip("\r\n")
        writer.writerow(map(_harmless, (row.where, row.reason, said, row.at.isoformat(), row.quarantine_id)))
    if more:
        writer.writerow(("", f"there are more: {more}"))
    return file.getvalue()


def _text(raw: bytes) -> str:
    """Bytes that are no UTF-8 as the charset that they are most often meant in, for a person to mend."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _ended(line: str, end: str) -> str:
    return line if line.endswith(("\n", "\r")) else line + end


def _quoted(text: str) -> str:
    return '"' + _harmless(" ".join(text.split())).replace('"', '""') + '"'


def _harmless(text: str) -> str:
    """The text in a form that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
