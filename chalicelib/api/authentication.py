"""Finds out who the caller is, by the headers of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.operations.access import LOCAL_CALLER, LOCAL_KEY, LOCAL_STAGE, Caller, caller_of, id_of
from chalicelib.errors import Unauthorised

if TYPE_CHECKING:
    from chalicelib.api.exchange import Call


def authenticated(call: Call) -> Caller:
    """Who sent the key in `X-Api-Key`. Raises Unauthorised."""
    key = call.headers.get("x-api-key")
    if not key:
        raise Unauthorised("missing")
    if key == LOCAL_KEY and call.settings.stage == LOCAL_STAGE:
        return LOCAL_CALLER
    key_id = id_of(key)
    return caller_of(key, call.use.operations.api_keys.find(key_id), call.use.now())
