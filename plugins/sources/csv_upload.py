"""Tables of feedback: CSV with a header, and NDJSON. Tickets of an old system can be imported this way
too."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, BinaryIO

from triggeriq import Bad, Connection, FileHint, Item, Source, Unreadable, hookimpl
from triggeriq.payload import digest, parse_object
from triggeriq.reading import csv_rows, lines
from triggeriq.shape import ALIASES, DEFAULT, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvSettings:
    """There is no way to verify a webhook: all are refused. Tables come as files."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column holds which part of a feedback: {"text": "Customer says"}. In NDJSON a column is a
    dotted path. What is not named is found by the usual names of a header."""

    def __post_init__(self) -> None:
        Shape.mapped(dict.fromkeys(self.columns, "x"), "columns")  # a column may be called anything


class CsvUpload(Source):
    """The mark of a row is its last line. A row without an id gets the sha256 of its cells as its id."""

    name = "csv"
    title = "CSV and NDJSON files (files only: there is no way to verify a webhook, so all are refused)"
    content_types = ("text/csv", "application/x-ndjson")
    reads = (".csv", ".tsv", ".ndjson", ".jsonl")
    settings = CsvSettings

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item]]:
        settings: CsvSettings = connection.settings or CsvSettings()
        read = _ndjson if hint.name.lower().endswith((".ndjson", ".jsonl")) else _csv
        yield from read(stream, int(resume or 0), settings.columns)


def _csv(stream: BinaryIO, done: int, columns: Mapping[str, str]) -> Iterator[tuple[str, Item]]:
    rows = csv_rows(stream, after=done)
    header = next(rows, (1, 1, []))[2]
    if isinstance(header, Bad):
        raise Unreadable(f"{header.where}: {header.reason}")
    # Of two with the same name the first counts
    names = {_column(cell): place for place, cell in reversed(list(enumerate(header)))}
    names.pop("", None)
    shape = DEFAULT if not columns else Shape.mapped({part: _column(cell) for part, cell in columns.items()})
    shape = shape.within(names)
    width = len(header)
    if not any(map(shape.has, ("text", "title", "rating"))):
        raise Unreadable(
            f"line 1: no column for the text; the header needs one of {', '.join(ALIASES['text'])}"
        )
    for first, last, cells in rows:
        yield (
            str(last),
            cells
            if isinstance(cells, Bad)
            else _row(first, cells[:width] if not any(cells[width:]) else cells, width, names, shape),
        )


def _column(cell: str) -> str:
    """A cell of the header as a name: "Author E-Mail", "author.e-mail" and "authorE-mail" all become
    author_e_mail."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cell.strip())
    return re.sub(r"[\W_]+", "_", words).strip("_").lower()


def _row(line: int, cells: list[str], width: int, names: Mapping[str, int], shape: Shape) -> Item:
    if len(cells) != width:
        return Bad(f"line {line}", f"{len(cells)} cells, where the header has {width}", raw=_written(cells))
    try:
        item = {name: cells[place] for name, place in names.items()}
        return shape.feedback(item, external_id=digest(json.dumps(cells).encode()))
    except Unreadable as error:
        return Bad(f"line {line}", str(error), raw=_written(cells))


def _written(cells: list[str]) -> bytes:
    """The row as CSV, for a person to see. Its own delimiter and quotes may have been others."""
    row = StringIO()
    csv.writer(row).writerow(cells)
    return row.getvalue().encode()


def _ndjson(stream: BinaryIO, done: int, columns: Mapping[str, str]) -> Iterator[tuple[str, Item]]:
    shape = Shape.mapped(columns) if columns else DEFAULT
    for number, line in lines(stream):
        if number <= done:
            continue
        if isinstance(line, Bad):
            yield str(number), line
        elif line.strip():
            try:
                yield str(number), shape.feedback(parse_object(line), digest(line.strip()))
            except Unreadable as error:
                yield str(number), Bad(f"line {number}", str(error), raw=line)


@hookimpl
def register_sources(register: Any) -> None:
    register(CsvUpload)
