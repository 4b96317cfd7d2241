"""/sources: what is installed, and what a source would make of given bytes."""

from __future__ import annotations

import base64
import binascii
import logging
from typing import Any

from chalicelib.api.exchange import Call, public_address
from chalicelib.api.intake import connections
from chalicelib.api.intake.shapes import SourcePreviewRequest
from chalicelib.domain.intake.source_view import SourceView
from chalicelib.domain.items import Items
from chalicelib.errors import Invalid
from triggeriq import Request

log = logging.getLogger(__name__)


def listed(call: Call) -> Items[SourceView]:
    return Items(call.use.intake.sources(call.caller.restriction))


def preview(call: Call, source: str, body: SourcePreviewRequest) -> Any:
    """Only for an admin or the connection's owner: it tells why a signature is refused."""
    connections.standing(call, source, body.connection)
    try:
        content = base64.b64decode(body.body_base64, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("body_base64 is not base64; encode the body's bytes in it", "body_base64") from None
    request = Request(
        method=body.method,
        headers={name.lower(): value for name, value in body.headers.items()},
        body=content,
        query=body.query,
        url=body.url or _address(call, source, body),
    )
    # Logged, since previews could be used to learn how to forge a signature.
    log.info("a source was previewed", extra={"source": source, "by": call.caller.owner})
    return call.use.intake.preview(source, body.connection, request)


def _address(call: Call, source: str, body: SourcePreviewRequest) -> str:
    """That by which a webhook of the connection comes."""
    connection = "" if body.connection == "default" else f"/{body.connection}"
    query = {name: [value] for name, value in body.query.items()}
    return public_address(call.settings.public_url, f"/webhooks/{source}{connection}", query)
