"""/quarantine: what could not be read, and its way back in."""

from __future__ import annotations

from typing import Any

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.intake.shapes import QuarantineQuery
from chalicelib.errors import NotFound


def listed(call: Call, query: QuarantineQuery) -> Any:
    return call.use.intake.quarantine.list(
        query.limit, query.cursor, call.caller.restriction, source=query.source
    )


def find(call: Call, id: str) -> Any:
    found = call.use.intake.quarantine.find(id, call.caller.restriction)
    if found is None:
        raise NotFound(f"there is no entry {id} in the quarantine; GET /quarantine lists them")
    return found


def replay(call: Call, id: str) -> Answer:
    call.use.intake.replay(id, call.caller.restriction)
    return Answer({"id": id})
