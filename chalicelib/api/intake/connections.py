"""/connections: one configured instance of a source each. An admin makes them and sees all; whoever
owns one may read it with the scope read, and with the scope write replace it, delete it and have what it
brought in read again."""

from __future__ import annotations

from typing import Any

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.api.intake.shapes import ConnectionPut, Reread
from chalicelib.domain.intake.connection import ConnectionView, Secret
from chalicelib.domain.page import Page
from chalicelib.errors import Forbidden, NotFound


def listed(call: Call, query: PageQuery) -> Page[ConnectionView]:
    """A page may be shorter than asked for: what belongs to others is left out."""
    page: Page[ConnectionView] = call.use.intake.connections.list(query.limit, query.cursor)
    if call.caller.may("admin"):
        return page
    return Page(tuple(view for view in page.items if view.owner == call.caller.owner), page.next)


def find(call: Call, source: str, connection: str = "default") -> ConnectionView:
    view: ConnectionView | None = call.use.intake.connections.get(source, connection)
    if view is None:
        raise NotFound(f"{source} has no connection {connection}; PUT makes it")
    call.caller.require_owner(view.owner)
    return view


def put(call: Call, source: str, body: ConnectionPut, connection: str = "default") -> Any:
    standing = _for_its_owner(call, source, connection)
    owner = body.owner or (standing.owner if standing else call.caller.owner)
    if owner != call.caller.owner and not call.caller.may("admin"):
        raise Forbidden("only an admin may name another owner; leave owner out")
    secrets = tuple(Secret(secret.value, secret.expires_at) for secret in body.secrets)
    return call.use.intake.connections.put(source, connection, secrets, body.settings, owner)


def delete(call: Call, source: str, connection: str = "default") -> Answer:
    find(call, source, connection)
    call.use.intake.connections.delete(source, connection)
    return Answer()


def reread(call: Call, source: str, connection: str, body: Reread) -> Answer:
    """An admin may do it without the connection, since files and mails need none."""
    standing = _for_its_owner(call, source, connection)
    job = call.use.operations.start_job(
        "reread",
        {"source": source, "connection": connection, **body.model_dump()},
        by=call.caller.name,
        owner=standing.owner if standing else call.caller.owner,
    )
    return Answer(job, headers={"Location": f"/jobs/{job.id}"})


def _for_its_owner(call: Call, source: str, connection: str) -> ConnectionView | None:
    """The connection, for its owner or an admin, who alone learns that there is none. Raises Forbidden."""
    standing: ConnectionView | None = call.use.intake.connections.get(source, connection)
    if standing is None:
        call.caller.require("admin")
    else:
        call.caller.require_owner(standing.owner)
    return standing
