"""The sender's side of `verification`: for tests, demonstrations and senders that you write yourself."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime

from triggeriq.verification import Scheme


def sign(
    scheme: Scheme, secret: str, body: bytes, now: datetime, message_id: str = "msg_1"
) -> dict[str, str]:
    """The headers, names in lower case, with which `scheme` proves `body`. Raises ValueError for a
    secret that is not of the scheme's form.
    """
    if scheme.kind == "secret_name":
        return {}
    header = scheme.header.lower()
    if scheme.kind == "token":
        return {header: scheme.prefix + secret}
    if scheme.kind == "basic":
        return {header: (scheme.prefix or "Basic ") + base64.b64encode(secret.encode()).decode()}
    timestamp = _timestamp(scheme, now)
    signed = b"".join(
        {b"{body}": body, b"{timestamp}": timestamp.encode(), b"{id}": message_id.encode()}.get(piece, piece)
        for piece in scheme.pieces()
    )
    digest = hmac.digest(_key(scheme, secret), signed, scheme.algorithm)
    signature = digest.hex() if scheme.encoding == "hex" else base64.b64encode(digest).decode()
    headers = {header: scheme.prefix + signature}
    if scheme.id_header:
        headers[scheme.id_header.lower()] = message_id
    if scheme.timestamp_header.lower() == header:
        headers[header] = f"{scheme.timestamp_prefix}{timestamp}{scheme.separator}{headers[header]}"
    elif scheme.timestamp_header:
        headers[scheme.timestamp_header.lower()] = scheme.timestamp_prefix + timestamp
    return headers


def _timestamp(scheme: Scheme, now: datetime) -> str:
    if scheme.timestamp_form == "epoch":
        return str(int(now.timestamp()))
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(scheme: Scheme, secret: str) -> bytes:
    if scheme.key_form == "whsec":
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    return secret.encode()
