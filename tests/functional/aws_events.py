"""AWS's own events, each made to be about what a test is about."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.catalogue import Function, named, queue_arn

EVENTS = Path(__file__).parents[1] / "data" / "aws_events"


def real(name: str) -> dict[str, Any]:
    """An event as AWS made it. name: of a file in tests/data/aws_events."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def http_event(
    method: str,
    route: str,
    place: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A request as an HTTP API hands it over with payload format 1.0. place: the route's parameters."""
    path = route.format(**place or {})
    event = real("http_api")
    event |= {
        "resource": route,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": dict(place) if place else None,
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }
    event["requestContext"] |= {"resourcePath": route, "path": path, "httpMethod": method}
    return event


def sqs_batch(queue: str, *messages: Mapping[str, Any]) -> dict[str, Any]:
    """A batch, of what ReceiveMessage gave with all attributes."""
    first = real("sqs")["Records"][0]
    records = []
    for message in messages:
        record = copy.deepcopy(first) | {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "md5OfBody": message["MD5OfBody"],
            "eventSourceARN": queue_arn(queue),
            "messageAttributes": {
                name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
                for name, value in message.get("MessageAttributes", {}).items()
            },
        }
        record["attributes"] |= message.get("Attributes", {})
        records.append(record)
    return {"Records": records}


def s3_notification(bucket: str, key: str, etag: str, size: int) -> dict[str, Any]:
    """That an object was created. key: as it is named, plain."""
    event = real("s3")
    described = event["Records"][0]["s3"]
    described["bucket"] |= {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}
    described["object"] |= {"key": key.replace(" ", "+"), "eTag": etag, "size": size}
    return event


def schedule(function: Function) -> dict[str, Any]:
    event = real("schedule")
    rule = event["resources"][0].rpartition("/")[0]
    return event | {"resources": [f"{rule}/{named(function.name)}"]}
