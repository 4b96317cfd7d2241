"""The body of a Standard Webhook:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def standard_body(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a CloudEvent as type, timestamp and data. The id is in the header webhook-id."""
    held = {name: members[name] for name in ("data", "data_base64") if name in members}
    return {"type": members["type"], "timestamp": members["time"], **held}
