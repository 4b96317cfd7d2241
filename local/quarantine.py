"""What lies in the quarantine of the running system, for `make capture`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from local import aws
from local.catalogue import named
from local.stack import running


def request(id: str, environment: Mapping[str, str]) -> bytes:
    """The request of that entry as HTTP writes it, without what proved it, which is not kept. Raises
    LookupError where there is no such entry, or no bytes of it, and StartError where nothing runs."""
    _, status = running(environment)
    key = {"kind": {"S": "quarantine"}, "id": {"S": id}}
    row = aws.client("dynamodb", status.aws_port).get_item(TableName=named("quarantine"), Key=key).get("Item")
    if row is None:
        raise LookupError(f"the quarantine has no entry {id}; GET /quarantine lists them")
    raw_key = row.get("raw_key", {}).get("S")
    if not raw_key:
        raise LookupError(f"nothing was kept of the bytes of {id}")
    stored = aws.client("s3", status.aws_port).get_object(Bucket=named("artifacts"), Key=raw_key)
    way = json.loads(row.get("replay", {}).get("S") or "{}")
    head = [
        f"{way.get('method', 'POST')} /",
        *(f"{name}: {value}" for name, value in way.get("headers", {}).items()),
    ]
    return "\n".join([*head, "", ""]).encode() + bytes(stored["Body"].read())
