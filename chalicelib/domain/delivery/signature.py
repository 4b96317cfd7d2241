"""What proves a delivery: the headers of Standard Webhooks.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.delivery.subscription import Format
from chalicelib.domain.intake.connection import Secret

PREFIX = "whsec_"
"""Before a secret's Base64."""
SIGNED: tuple[Format, ...] = ("standard", "cloudevents")
"""A chat looks at no signature: whoever knows its address may post."""


def headers_of(
    format: Format, event_id: str, body: bytes, content_type: str, secrets: Iterable[Secret], now: datetime
) -> dict[str, str]:
    """The headers of one attempt, with a signature by each secret that is in force, the first one's first.

    event_id: the same for each attempt; it has no ".", which stands between what is signed. now: when the
    attempt is made. Raises ValueError for a secret that is no Base64.
    """
    if format not in SIGNED:
        return {"content-type": content_type}
    timestamp = str(int(now.timestamp()))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return {
        "content-type": content_type,
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(
            f"v1,{base64.b64encode(hmac.digest(_key(secret.value), signed, 'sha256')).decode()}"
            for secret in secrets
            if secret.in_force(now)
        ),
    }


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a secret is whsec_ and Base64") from None
