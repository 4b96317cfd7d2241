"""Finds out who the caller is: by the AWS identity that the gateway has found, or by the headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.operations.access import (
    LOCAL_CALLER,
    LOCAL_KEY,
    LOCAL_STAGE,
    SCOPES,
    Caller,
    caller_of,
    id_of,
)
from chalicelib.errors import Forbidden, Unauthorised

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.api.exchange import Call
    from chalicelib.settings import IamCaller


def authenticated(call: Call) -> Caller:
    """Who signed the request for AWS, where the route takes that and identities are named; else who sent the
    key in `X-Api-Key`. Raises Unauthorised, and Forbidden for an identity that is not named."""
    if call.signed_by and call.settings.iam_callers:
        return caller_of_identity(call.signed_by, call.settings.iam_callers)
    key = call.headers.get("x-api-key")
    if not key:
        raise Unauthorised("missing")
    if key == LOCAL_KEY and call.settings.stage == LOCAL_STAGE:
        return LOCAL_CALLER
    key_id = id_of(key)
    return caller_of(key, call.use.operations.api_keys.find(key_id), call.use.now())


def caller_of_identity(arn: str, named: Iterable[IamCaller]) -> Caller:
    """Whom an AWS identity stands for. arn: as the gateway has it. Raises Forbidden."""
    from chalicelib.domain.operations.aws_identity import identity_of
    from chalicelib.domain.operations.restriction import Restriction

    identity = identity_of(arn)
    for one in named:
        if identity is not None and identity_of(one.arn) == identity:
            scopes = tuple(scope for scope in SCOPES if scope in one.scopes)
            restriction = None if one.connections is None else Restriction(one.connections)
            return Caller("role", arn, one.owner, scopes, restriction)
    raise Forbidden(f"{arn} is nobody here; whoever deploys names its role or user in `iam_callers`")
