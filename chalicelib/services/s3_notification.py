"""What S3 tells of uploads: read here, sent to a function, or to a dead-letter queue where that failed."""

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
    """The same of a notification that Lambda could not hand to a function, and told its destination of
    failures; none where the function failed on something else.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    try:
        event = json.loads(body)["requestPayload"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    return uploads_in(event) if isinstance(event, dict) else []
