"""/imports: uploaded files, those being read and those that are done."""

from __future__ import annotations

import csv
import io
from typing import Any

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.domain.page import ANSWER_BYTES, bytes_in_answer

BAD_ROWS_LIMIT = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def listed(call: Call, query: PageQuery) -> Any:
    return call.use.intake.imports.list(query.limit, query.cursor, call.caller.restriction)


def find(call: Call, id: str) -> Any:
    return call.use.intake.imports.find(id, call.caller.restriction)


def cancel(call: Call, id: str) -> Any:
    return call.use.intake.imports.cancel(id, call.caller.restriction)


def bad_rows(call: Call, id: str) -> Answer:
    rows = call.use.intake.imports.bad_rows(id, BAD_ROWS_LIMIT, call.caller.restriction)
    lines = [_line("where", "reason", "row", "at", "quarantine_id")]
    left = ANSWER_BYTES
    for done, row in enumerate(rows):
        said = row.excerpt.decode("utf-8", "replace").rstrip("\r\n")
        line = _line(*map(_cell, (row.where, row.reason, said, row.at.isoformat(), row.id)))
        left -= bytes_in_answer(line)
        if left < 0:
            lines.append(_line("", f"{len(rows) - done} more did not fit; GET /quarantine lists them"))
            break
        lines.append(line)
    return Answer(
        "".join(lines),
        headers={"Content-Disposition": f'attachment; filename="bad-rows-{id}.csv"'},
        content_type="text/csv; charset=utf-8",
    )


def _line(*cells: str) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()


def _cell(text: str) -> str:
    """The text in a form that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
