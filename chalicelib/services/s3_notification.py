"""Reads what S3 tells of uploads. It comes to a function, or in a dead-letter queue where the function
failed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from chalicelib.domain.intake.upload import Upload


def uploads_in(notification: Mapping[str, Any]) -> list[Upload]:
    """The objects that a notification of S3 names; none where it is something else.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    return [
        Upload(
            bucket=record["s3"]["bucket"]["name"],
            key=unquote_plus(record["s3"]["object"]["key"]),
            etag=record["s3"]["object"]["eTag"].strip('"'),
            size=int(record["s3"]["object"]["size"]),
            modified_at=datetime.fromisoformat(record["eventTime"]),
        )
        for record in notification.get("Records", [])
        if "s3" in record
    ]


def uploads_in_failure(body: str) -> list[Upload]:
    """The same for a notification on which the function failed, as Lambda sends it to the failure
    destination; none where the function failed on something else.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    try:
        event = json.loads(body)["requestPayload"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return uploads_in(event) if isinstance(event, dict) else []
