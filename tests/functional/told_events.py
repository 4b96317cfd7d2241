"""Every event that a stack has in its log, held against the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.services.dynamodb.event_log import DynamoEventLog
from chalicelib.services.s3 import S3Blobs
from local.catalogue import named
from local.stack import Stack
from tests.catalogued import faults


def event_log(stack: Stack) -> DynamoEventLog:
    return DynamoEventLog(
        stack.client("dynamodb"),
        named("events"),
        lambda: S3Blobs(stack.client("s3"), named("artifacts")),
        lambda: datetime.now(UTC),
    )


def stored_events(stack: Stack) -> Iterator[StoredEvent]:
    log, dynamodb = event_log(stack), stack.client("dynamodb")
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=named("events"),
        FilterExpression="begins_with(pk, :event)",
        ExpressionAttributeValues={":event": {"S": "event#"}},
        ProjectionExpression="#owner, #source, #id",
        ExpressionAttributeNames={"#owner": "owner", "#source": "source", "#id": "id"},
    )
    for page in pages:
        rows = [(item["owner"]["S"], item["source"]["S"], item["id"]["S"]) for item in page["Items"]]
        for start in range(0, len(rows), 100):
            yield from log.found(rows[start : start + 100]).values()


def faults_of(stack: Stack) -> list[str]:
    """What is wrong with the events that any test of the session has made; a few are enough to say."""
    found: list[str] = []
    for event in stored_events(stack):
        if event.body is not None:
            found += faults(event.members(), ours=event.owner == OURSELVES)
    return found[:20]
