"""Give back the bad rows of a file, as a file in its own form: to be mended and sent again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from chalicelib.domain.intake.bad_rows import BadRow, Form, form_of, written
from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.quarantine import EXCERPT_LIMIT, Quarantined
from chalicelib.domain.intake.way_back import ByFile
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import ANSWER_BYTES, bytes_in_answer, from_cursor, to_cursor
from chalicelib.errors import NotFound
from chalicelib.ports.intake import ImportStore
from chalicelib.ports.operations import Blobs

ROWS_LIMIT = 10_000
"""Rows of one answer."""
_ROOM = 500
"""Bytes of an answer that are kept for what is said at its end."""
_ID = re.compile(r"[\w.:-]{1,250}", re.ASCII)
_NUMBER = re.compile("([0-9]+)")


class QuarantineList(Protocol):
    def of_event(self, event_id: str, at: datetime, after: str = "") -> Iterator[Quarantined]: ...


class BadRowsFile(NamedTuple):
    name: str
    text: str
    form: Form
    next: str | None
    """The cursor of the rows that have no room in it; None: these are all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """The use-case. form: "file" for the file's own form where it is a table or lines, "list" for what is
    wrong with each; None: the file's own. Rows stand in the file's order within an answer. Raises NotFound;
    Invalid for a cursor that it never gave.

    within: what the caller is restricted to. An import of other connections does not exist for him.
    """

    imports: ImportStore
    quarantine: QuarantineList
    blobs: Blobs

    def __call__(
        self, id: str, form: Literal["file", "list"] | None, cursor: str | None, within: Restriction | None
    ) -> BadRowsFile:
        held = self.imports.find(id, within)
        if held is None:
            raise NotFound(f"there is no import {id}; GET /imports lists them")
        (after,) = from_cursor(cursor, _ID) if cursor else ("",)
        chosen: Form = "list" if form == "list" else form_of(held.file_name, held.head)
        rows, next = self._some(held, str(after), chosen)
        rows.sort(key=lambda row: _numbered(row.where))
        more = f"/imports/{id}/bad-rows?cursor={next}" + (f"&form={form}" if form else "") if next else ""
        text = written(chosen, held.head, rows, more)
        return BadRowsFile(_name(held, chosen), text, chosen, next)

    def _some(self, held: Import, after: str, form: Form) -> tuple[list[BadRow], str | None]:
        """As many rows as have room in an answer, and the cursor of the others."""
        rows: list[BadRow] = []
        left = ANSWER_BYTES - _ROOM - bytes_in_answer(written(form, held.head, (), ""))
        last = ""
        for item in self.quarantine.of_event(held.id, held.modified_at, after):
            if form == "list" or _is_row(item):
                row = BadRow(item.where, item.reason, self._raw(item), item.at, item.id)
                left -= bytes_in_answer(written(form, b"x" if held.head else b"", (row,), ""))
                if rows and (left < 0 or len(rows) == ROWS_LIMIT):
                    return rows, to_cursor(last)
                rows.append(row)
            last = item.id
        return rows, None

    def _raw(self, item: Quarantined) -> bytes:
        if len(item.excerpt) < EXCERPT_LIMIT:
            return item.excerpt
        try:
            return self.blobs.get(item.raw_key)
        except NotFound:  # it was kept for a shorter time than the entry
            return b""


def _is_row(item: Quarantined) -> bool:
    """Whether it is one row, and not all that follows a place which could not be read on."""
    return isinstance(item.way_back, ByFile) and item.way_back.job.row_after is not None


def _name(held: Import, form: Form) -> str:
    """What the file is called where it is saved: in ASCII, without what a header could take for its own."""
    if form == "list":
        return f"bad-rows-{held.id}.csv"
    bare = re.sub(r"[^A-Za-z0-9._ -]", "_", held.file_name)
    return f"bad-rows-of-{bare[-100:]}"


def _numbered(where: str) -> list[tuple[int, str]]:
    """Sorts "line 10" behind "line 9"."""
    return [
        (int(part or 0), "") if index % 2 else (0, part) for index, part in enumerate(_NUMBER.split(where))
    ]
