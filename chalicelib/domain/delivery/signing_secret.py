"""Secrets by which receivers know that a delivery is ours, in the form of Standard Webhooks: `whsec_` and the
Base64 of 24 to 64 bytes.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.delivery.subscription import Confidential
from chalicelib.domain.intake.connection import Secret

BYTES = 32
"""Of a secret that we make."""
ROTATION = timedelta(hours=24)
"""How long the former secret signs beside a new one."""

_B = "[A-Za-z0-9+/]"
SECRET_PATTERN = (
    f"whsec_(?:(?:{_B}{{4}}){{8,20}}(?:{_B}{{2}}==|{_B}{{3}}=)?|(?:{_B}{{4}}){{21}}(?:{_B}{{2}}==)?)"
)
"""What all of a secret matches."""


def fault_of_secret(secret: str) -> str:
    """Why that is no secret; "" where it is one."""
    if not re.fullmatch(SECRET_PATTERN, secret, re.ASCII):
        return "is whsec_ and the Base64 of 24 to 64 bytes"
    return ""


def new_secret() -> str:
    """One that nobody can guess."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(BYTES)).decode()}"


def rotated(confidential: Confidential, secret: str, now: datetime) -> Confidential:
    """With another secret as the current one; the former is in force for as long as ROTATION says. One that
    was rotated out before it is in force no more, so that there are two at most."""
    former = tuple(Secret(one.value, now + ROTATION) for one in confidential.secrets[:1])
    return replace(confidential, secrets=(Secret(secret), *former))
