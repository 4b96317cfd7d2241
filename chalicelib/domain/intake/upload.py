"""An object that somebody uploaded, as S3 tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus


@dataclass(frozen=True, slots=True)
class Upload:
    """etag: without quotes. size: bytes."""

    bucket: str
    key: str
    etag: str
    size: int
    modified_at: datetime


def uploads_in(event: Mapping[str, Any]) -> list[Upload]:
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
        for record in event.get("Records", [])
        if "s3" in record
    ]
