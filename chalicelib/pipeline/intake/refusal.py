"""Why a webhook is refused, for its sender and for whoever configures its connection."""

from __future__ import annotations

from datetime import datetime

from triggeriq import Connection, Request, Source, refusals
from triggeriq.verification import can_prove


def why_refused(source: Source, connection: Connection, request: Request, reason: str, now: datetime) -> str:
    """What is wrong with a request that `verify` refused for `reason`, and what is expected. It holds nothing
    secret and nothing that was sent. Raises PluginFailed."""
    schemes = source.schemes(connection)
    if schemes and not can_prove(schemes, connection):
        return (
            "this connection has no valid secret, so it lets nobody in; its owner must give it one in force, "
            f"by PUT /connections/{connection.source}/{connection.name}"
        )
    return refusals.why_refused(schemes, request, reason, now)


def why_none_can_be_proven(source: Source, connection: Connection) -> str | None:
    """Why every webhook to a connection is refused, and what to do; None where that is not so, or the source
    takes none. connection: with its secrets that are in force. Raises PluginFailed."""
    if not source.takes("receive"):
        return None
    schemes = source.schemes(connection)
    if not schemes:
        return "its source has no way to verify a webhook, so every webhook is refused"
    if can_prove(schemes, connection):
        return None
    if connection.secrets:
        fault = next(filter(None, (scheme.fault_of(connection.secrets[0]) for scheme in schemes)), "")
        return f"none of its secrets is of use, so every webhook is refused: {fault}"
    return (
        "it has no secret in force, so every webhook is refused; PUT it with the secret that its sender uses"
    )
