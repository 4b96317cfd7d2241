"""What the rows of a table say, and the lines of an NDJSON file."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from plugins.sources.tables.handled import handled
from plugins.sources.tables.headers import Columns, knows, plain
from triggeriq import Bad, Feedback, Item, Nothing, Unreadable
from triggeriq.dates import Order, order_of
from triggeriq.lines import Mark, TextFile
from triggeriq.markup import text_of
from triggeriq.payload import digest, moment, name, parse_object
from triggeriq.shape import ALIASES, DEFAULT, Shape
from triggeriq.tables import Row, Table
from triggeriq.values import JSON

_NOTHING = frozenset(
    (
        "",
        "NULL",
        "\\N",
        "(null)",
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
    )
)
"""Cells that hold nothing: a spreadsheet's errors, a database's NULL."""
_TAG = re.compile(
    r"</(?:a|b|div|em|h[1-6]|html|i|li|p|span|strong|table|td|u|ul|ol)\s*>|<(?:br|hr)\s*/?>|<p>",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[2-9][0-9]{4}(?:[.,][0-9]{1,12})?")
_EXCEL = datetime(1899, 12, 30, tzinfo=UTC)
"""Day 0 of a spreadsheet's dates, which are numbers of days."""
_TIMES = ("created_at", "updated_at", "resolved_at")
_HANDLED = ("status", "priority", "assignee", "updated_at", "resolved_at")
_SAID = (
    "thread",
    "author.id",
    "author.name",
    "author.email",
    "created_at",
    "title",
    "text",
    "rating",
)


def csv_items(
    stream: BinaryIO, after: Mark | None, columns: Mapping[str, str], charset: str, dates: Order | None
) -> Iterator[tuple[str, Item | Nothing]]:
    """Each row behind a mark with its own mark; None: all. See `CsvSettings` for the others. Raises
    Unreadable where there is no header, or none that names a text, a title or a rating."""
    mapped = {plain(cell) for cell in columns.values()}
    table = Table(TextFile(stream, charset), lambda cell: knows(cell) or plain(cell) in mapped)
    reader = _Rows(Columns(table.header, columns), table, dates)
    for row in table.rows(after):
        yield str(row.mark), reader.item(row)


class _Rows:
    """Reads the rows of one table."""

    def __init__(self, columns: Columns, table: Table, dates: Order | None) -> None:
        self._table = table
        self._names = list(columns.places.items())
        self._repeated = [(name, places) for name, places in columns.repeated.items()]
        self._paths = columns.paths
        self._order = dates or self._usual_order(columns, table)
        self._shape = Shape(
            {part: tuple((name,) for name in columns.paths[part]) for part in ALIASES}, moment=self._moment
        )
        if not any(map(self._shape.has, ("text", "title", "rating"))):
            raise Unreadable(
                f"line {table.line}: no column for the text; "
                f"the header needs one of {', '.join(ALIASES['text'])}, "
                'or the connection the setting {"columns": {"text": "<what it is called>"}}'
            )
        self._is_handled = any(
            columns.paths[part] for part in ("status", "priority", "assignee", "resolved_at")
        )
        said = {name for part in _SAID for name in columns.paths[part]}
        told = {name for part in _HANDLED for name in columns.paths[part]}
        by_thread = self._is_handled and columns.paths["thread"]
        self._telling = [
            place for name, place in self._names if (name in said if by_thread else name not in told)
        ]

    def _usual_order(self, columns: Columns, table: Table) -> Order | None:
        """The order of day and month that the dates of the head have; None where they don't tell."""
        places = [columns.places[name] for part in _TIMES for name in columns.paths[part]]
        found = Counter(
            order
            for cells in table.head
            for place in places
            if place < len(cells)
            if (order := order_of(cells[place]))
        )
        return max(found, key=found.__getitem__, default=None)

    def _moment(self, value: JSON) -> datetime | None:
        if isinstance(value, str) and _SERIAL.fullmatch(value.strip()):
            return moment((_EXCEL + timedelta(days=float(value.replace(",", ".")))).isoformat())
        return moment(value, self._order)

    def item(self, read: Row) -> Item | Nothing:
        """What a row holds."""
        cells = read.cells
        if isinstance(cells, Bad):
            return cells
        if not cells:
            return Nothing()
        row: dict[str, JSON] = {
            name: cell for name, place in self._names if (cell := cells[place]) not in _NOTHING
        }
        for name_, places in self._repeated:
            held = [cells[place] for place in places if cells[place] not in _NOTHING]
            row |= {name_: ",".join(held)} if name_ in self._paths["tags"] else _several(name_, held)
        try:
            feedback = self._shape.feedback(row, external_id=self._name_of(row, cells))
        except Unreadable as error:
            return self._table.bad(read, str(error))
        changed: dict[str, Any] = {}
        if "<" in feedback.text and _TAG.search(feedback.text):
            changed["text"] = text_of(feedback.text)
        if self._is_handled:
            changed |= self._taken_over(row, feedback)
        return replace(feedback, **changed) if changed else feedback

    def _name_of(self, row: Mapping[str, JSON], cells: list[str]) -> str:
        """What names a row without an id: its cells, but for those that tell what became of it, so that a
        later export is of the same feedback. Of a ticket's row, which has many such, it is who said what and
        when in which ticket."""
        if any(name in row for name in self._paths["id"]):
            return ""
        return digest(json.dumps([cells[place] for place in self._telling]).encode())

    def _taken_over(self, row: Mapping[str, JSON], feedback: Feedback) -> dict[str, Any]:
        """The feedback's fields that what became of it elsewhere changes."""

        def first(part: str, read: Any) -> Any:
            return next(
                (found for column in self._paths[part] if (found := read(row.get(column))) is not None), None
            )

        status, priority, assignee = (first(part, name) for part in ("status", "priority", "assignee"))
        found = handled(
            status, priority, assignee, first("updated_at", self._moment), first("resolved_at", self._moment)
        )
        if found is None:
            return {}
        understood = {
            column
            for part in ("status", "priority", "assignee")
            if getattr(found, part)
            for column in self._paths[part][:1]
        }
        left = {key: value for key, value in feedback.attributes.items() if key not in understood}
        return {"handled": found, "attributes": left}


def _several(name: str, cells: list[str]) -> dict[str, JSON]:
    """What columns of the same name hold: the first that is not empty counts, the others come along."""
    return {f"{name}_{number}" if number > 1 else name: cell for number, cell in enumerate(cells, start=1)}


def ndjson_items(
    stream: BinaryIO, after: Mark | None, columns: Mapping[str, str], charset: str, dates: Order | None
) -> Iterator[tuple[str, Item | Nothing]]:
    """Each line behind a mark with its own mark; see `csv_items`."""
    file = TextFile(stream, charset)
    shape = Shape.mapped(columns) if columns else DEFAULT
    if dates:
        shape = replace(shape, moment=lambda value: moment(value, dates))
    for line in file.lines(after or Mark(0, 0)):
        if isinstance(line.content, Bad):
            yield str(file.mark(line)), line.content
        elif not line.content:
            yield str(file.mark(line)), Nothing()
        elif line.content.strip():
            yield str(file.mark(line)), _object(file, line.number, line.content, shape)


def _object(file: TextFile, line: int, raw: bytes, shape: Shape) -> Item:
    content = raw.strip()
    try:
        text = content if file.charset in ("", "utf-8") else file.decode(content).encode()
        return shape.feedback(parse_object(text), digest(content))
    except UnicodeDecodeError as error:
        return Bad(f"line {line}", f"not {error.encoding} at byte {error.start + 1}", raw=raw)
    except Unreadable as error:
        return Bad(f"line {line}", str(error), raw=raw)
