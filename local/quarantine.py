"""What lies in the quarantine of the running system, for `make capture`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.intake import envelope
from chalicelib.errors import Unreadable
from local import aws
from local.catalogue import named
from local.stack import running


def request(id: str, environment: Mapping[str, str]) -> bytes:
    """The request of that entry as HTTP writes it, without what proved it, which is not kept. id: its
    beginning is enough, as a terminal shows it. Raises LookupError where there is no such entry, or none that
    came as a webhook, and StartError where nothing runs."""
    _, status = running(environment)
    row = _row(aws.client("dynamodb", status.aws_port), id)
    way, raw_key = row.get("way", {}).get("S"), row.get("raw_key", {}).get("S")
    if not raw_key or way not in ("receive", "event"):
        raise LookupError(f"{id} did not come as a webhook, or nothing was kept of its bytes")
    stored = aws.client("s3", status.aws_port).get_object(Bucket=named("artifacts"), Key=raw_key)
    kept = bytes(stored["Body"].read())
    if way == "event":
        return _of_event(kept)
    replay = json.loads(row["replay"]["S"])
    return _written(replay["method"], replay["headers"], kept)


def _row(dynamodb: Any, id: str) -> Mapping[str, Any]:
    found = dynamodb.query(
        TableName=named("quarantine"),
        KeyConditionExpression="kind = :kind AND begins_with(id, :id)",
        ExpressionAttributeValues={":kind": {"S": "quarantine"}, ":id": {"S": id}},
        Limit=2,
    )["Items"]
    if not found:
        raise LookupError(f"the quarantine has no entry {id}; GET /quarantine lists them")
    if len(found) > 1:
        raise LookupError(
            f"the ids of several entries begin so: {', '.join(one['id']['S'] for one in found)}"
        )
    return dict(found[0])


def _of_event(kept: bytes) -> bytes:
    """Of an event its body, and of the headers those that its source wants kept."""
    try:
        event = envelope.from_bytes(kept)
    except Unreadable as error:
        raise LookupError(f"its bytes can't be read: {error}") from error
    return _written("POST", event.headers, event.body)


def _written(method: str, headers: Mapping[str, str], body: bytes) -> bytes:
    head = [f"{method} /", *(f"{name}: {value}" for name, value in headers.items())]
    return "\n".join([*head, "", ""]).encode() + body
