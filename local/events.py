"""Events in the form in which AWS hands them to a function.

SQS: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
Schedules: https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchevents.html
On-failure records: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from local.catalogue import ACCOUNT, REGION, Function, named, queue_arn

UNITS = {"minute": 60, "hour": 3600, "day": 86400}


def sqs_event(messages: Iterable[Mapping[str, Any]], queue: str) -> dict[str, Any]:
    """The event for one batch, made of messages that ReceiveMessage returned with all attributes."""
    return {"Records": [_sqs_record(message, queue) for message in messages]}


def _sqs_record(message: Mapping[str, Any], queue: str) -> dict[str, Any]:
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: _message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn(queue),
        "awsRegion": REGION,
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _message_attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    attribute = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    return attribute


def failed_records(result: Any, records: list[dict[str, Any]]) -> set[str]:
    """The message ids that a function hands back, by the rules of ReportBatchItemFailures.

    A response that AWS can't make sense of (an unknown or empty id, another shape) fails the batch.
    """
    everything = {record["messageId"] for record in records}
    failures = result.get("batchItemFailures") if isinstance(result, dict) else None
    if not failures:
        return set()
    try:
        failed = {failure["itemIdentifier"] for failure in failures}
    except (TypeError, KeyError):
        return everything
    return failed if failed <= everything else everything


def scheduled_event(function: Function) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{named(function.name)}"],
        "detail": {},
    }


def rate_seconds(schedule: str) -> int:
    """Seconds of "rate(5 minutes)". Raises ValueError for any other form, cron(…) included."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule)
    if match is None:
        raise ValueError(f"{schedule!r} is no schedule that runs locally: write rate(<n> minutes|hours|days)")
    return int(match[1]) * UNITS[match[2]]


def asynchronous_event(body: str) -> dict[str, Any] | None:
    """The event in a message of a stand-in queue; None for the test event of S3."""
    event: dict[str, Any] = json.loads(body)
    if event.get("Event") == "s3:TestEvent":
        return None
    if "detail-type" in event:
        event.setdefault("account", ACCOUNT)  # moto leaves it out
    return event


def failure_record(function: Function, event: Any, error: Mapping[str, Any], attempts: int) -> dict[str, Any]:
    """What the on-failure queue gets when the retries of an asynchronous invocation are used up."""
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{function.arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": dict(error),
    }
