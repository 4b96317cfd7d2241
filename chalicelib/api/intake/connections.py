"""/connections: each is one configured instance of a source. An admin makes connections and sees them all.
The owner of one may read it with the scope read; with the scope write he may replace it, delete it, have it
polled, and have what it brought in read again. A caller who is restricted to connections sees no others, even
those that he owns.

Settings that name credentials say where they are sent, too. So only an admin who is not restricted changes
such settings: anybody else could have the secret of another connection sent to a host of his own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.api.intake.shapes import ConnectionPut, RereadRequest
from chalicelib.domain.intake.connection import ConnectionView, Secret
from chalicelib.domain.intake.credentials import SETTING
from chalicelib.domain.page import Page
from chalicelib.errors import Forbidden, NotFound


def listed(call: Call, query: PageQuery) -> Page[ConnectionView]:
    owner = None if call.caller.may("admin") else call.caller.owner
    page: Page[ConnectionView] = call.use.intake.connections.list(
        query.limit, query.cursor, owner, call.caller.restriction
    )
    return page


def find(call: Call, source: str, connection: str = "default") -> ConnectionView:
    view = standing(call, source, connection)
    if view is None:
        raise not_found(source, connection)
    return view


def standing(call: Call, source: str, connection: str) -> ConnectionView | None:
    """The connection, or None. Raises NotFound where the caller is restricted to other connections, whether
    this one exists or not; Forbidden where it belongs to another owner."""
    if not call.caller.may_see(source, connection):
        raise not_found(source, connection)
    view: ConnectionView | None = call.use.intake.connections.get(source, connection)
    if view is not None:
        call.caller.require_owner(view.owner)
    return view


def not_found(source: str, connection: str) -> NotFound:
    return NotFound(f"{source} has no connection {connection}; PUT makes it")


def put(call: Call, source: str, body: ConnectionPut, connection: str = "default") -> Any:
    if not call.caller.may_see(source, connection):
        # Refused before anything is looked up: the answer must not tell whether the connection exists.
        raise Forbidden(
            f"the key is restricted to {call.caller.restriction}; name one of those, or ask an admin for a "
            f"key that has {source}/{connection}"
        )
    known = standing(call, source, connection)
    if known is None:
        call.caller.require("admin")
    owner = body.owner or (known.owner if known else call.caller.owner)
    if owner != call.caller.owner and not call.caller.may("admin"):
        raise Forbidden("only an admin may name another owner; leave owner out")
    _require_say_over_credentials(call, known.settings if known else {}, body.settings)
    secrets = tuple(Secret(secret.value, secret.expires_at) for secret in body.secrets)
    return call.use.intake.connections.put(source, connection, secrets, body.settings, owner)


def _require_say_over_credentials(call: Call, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    if before == after or not (before.get(SETTING) or after.get(SETTING)):
        return
    if not call.caller.may("admin"):
        raise Forbidden(
            f"only an admin may change settings that name {SETTING}; send them as they were, or ask an admin"
        )
    call.caller.require_unrestricted()


def delete(call: Call, source: str, connection: str = "default") -> Answer:
    find(call, source, connection)
    call.use.intake.connections.delete(source, connection)
    return Answer()


def reread(call: Call, source: str, connection: str, body: RereadRequest) -> Answer:
    """If the connection does not exist, only an admin may do it: files and mails need no connection."""
    known = standing(call, source, connection)
    if known is None:
        call.caller.require("admin")
    job = call.use.operations.start_job(
        "reread",
        {"source": source, "connection": connection, **body.model_dump()},
        by=call.caller.name,
        owner=known.owner if known else call.caller.owner,
    )
    return Answer(job, headers={"Location": f"/jobs/{job.id}"})


def poll(call: Call, source: str, connection: str) -> ConnectionView:
    find(call, source, connection)
    view: ConnectionView = call.use.intake.connections.hurry(source, connection)
    return view
