"""/imports: uploaded files, those being read and those that are done."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.api.intake.shapes import BadRowsQuery

_TYPES = {"table": "text/csv", "list": "text/csv", "lines": "application/x-ndjson"}


def listed(call: Call, query: PageQuery) -> Any:
    return call.use.intake.imports.list(query.limit, query.cursor, call.caller.restriction)


def find(call: Call, id: str) -> Any:
    return call.use.intake.imports.find(id, call.caller.restriction)


def cancel(call: Call, id: str) -> Any:
    return call.use.intake.imports.cancel(id, call.caller.restriction)


def bad_rows(call: Call, id: str, query: BadRowsQuery) -> Answer:
    file = call.use.intake.give_back(id, query.form, query.cursor, call.caller.restriction)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    if file.next is not None:
        asked = {"cursor": file.next, **({} if query.form is None else {"form": query.form})}
        headers["Link"] = f'</imports/{id}/bad-rows?{urlencode(asked)}>; rel="next"'  # RFC 8288
    return Answer(file.text, headers=headers, content_type=f"{_TYPES[file.form]}; charset=utf-8")
