"""/api-keys: an admin makes them (only then is the key shown), lists them and revokes them."""

from __future__ import annotations

from dataclasses import asdict

from chalicelib.api.exchange import Answer, Call
from chalicelib.api.field_types import PageQuery
from chalicelib.api.operations.shapes import ApiKeyMake, NewApiKey
from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.operations.access import SCOPES, ApiKey, new_key
from chalicelib.domain.page import Page
from chalicelib.errors import Invalid


def make(call: Call, body: ApiKeyMake) -> Answer:
    now = call.use.now()
    if body.expires_at is not None and body.expires_at <= now:
        raise Invalid(
            "it has passed; name a time that is still to come, or leave it out for a key without an end",
            "expires_at",
        )
    if body.owner == OURSELVES:
        raise Invalid(f"{OURSELVES} is the owner of what TriggerIQ itself tells; name another", "owner")
    key_id, key, digest = new_key()
    kept = ApiKey(
        id=key_id,
        digest=digest,
        owner=body.owner,
        scopes=tuple(scope for scope in SCOPES if scope in body.scopes),
        connections=None if body.connections is None else tuple(dict.fromkeys(body.connections)),
        created_at=now,
        created_by=call.caller.name,
        expires_at=body.expires_at,
    )
    call.use.operations.api_keys.put(kept)
    shown = NewApiKey.model_validate({**asdict(kept), "key": key, "sees": _sees(kept)})
    return Answer(shown, headers={"Location": f"/api-keys/{key_id}"})


def _sees(key: ApiKey) -> str:
    """Tells whoever makes the key what it will see."""
    if key.connections is None:
        return (
            "every ticket, and all else that its scopes open, of every connection; "
            "name `connections` to make a key that sees less"
        )
    return (
        f"only what is made of {', '.join(key.connections)} alone; for this key, anything else does not exist"
    )


def listed(call: Call, query: PageQuery) -> Page[ApiKey]:
    page: Page[ApiKey] = call.use.operations.api_keys.list(query.limit, query.cursor)
    return page


def revoke(call: Call, id: str) -> Answer:
    call.use.operations.api_keys.revoke(id, call.use.now())
    return Answer()
