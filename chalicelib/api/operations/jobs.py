"""/jobs: work that takes longer than a request may."""

from __future__ import annotations

from typing import Any

from chalicelib.api.exchange import Call
from chalicelib.api.field_types import PageQuery
from chalicelib.errors import NotFound


def listed(call: Call, query: PageQuery) -> Any:
    return call.use.operations.jobs.list(query.limit, query.cursor, call.caller.restriction, _owner(call))


def find(call: Call, id: str) -> Any:
    found = call.use.operations.jobs.find(id, call.caller.restriction, _owner(call))
    if found is None:
        raise NotFound(f"there is no job {id}; GET /jobs lists them")
    return found


def cancel(call: Call, id: str) -> Any:
    """Only the job's owner or an admin may cancel it."""
    call.caller.require_owner(find(call, id).owner)
    return call.use.operations.jobs.cancel(id)


def _owner(call: Call) -> str | None:
    return None if call.caller.may("admin") else call.caller.owner
