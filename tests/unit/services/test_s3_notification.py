"""What S3 tells of uploads, by the notification itself and by the record of an invocation that failed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.intake.upload import Upload
from chalicelib.services.s3_notification import uploads_in, uploads_in_failure

# After the example of AWS's documentation
RECORD = {
    "eventVersion": "2.2",
    "eventSource": "aws:s3",
    "eventTime": "2026-03-01T09:00:00.000Z",
    "eventName": "ObjectCreated:Put",
    "s3": {
        "bucket": {"name": "uploads"},
        "object": {"key": "reviews/csv/shop/a+b%C3%A4.csv", "size": 1024, "eTag": '"d41d8"'},
    },
}
UPLOAD = Upload("uploads", "reviews/csv/shop/a bä.csv", "d41d8", 1024, datetime(2026, 3, 1, 9, tzinfo=UTC))


def test_a_notification_names_the_objects_as_they_are_called() -> None:
    assert uploads_in({"Records": [RECORD, RECORD]}) == [UPLOAD, UPLOAD]


@pytest.mark.parametrize(
    "event", [{}, {"Event": "s3:TestEvent"}, {"Records": []}, {"Records": [{"sns": {}}]}]
)
def test_another_event_names_none(event: dict[str, Any]) -> None:
    assert uploads_in(event) == []


def test_an_invocation_that_failed_says_what_it_was_told() -> None:
    body = {"version": "1.0", "requestContext": {}, "requestPayload": {"Records": [RECORD]}}
    assert uploads_in_failure(json.dumps(body)) == [UPLOAD]


@pytest.mark.parametrize(
    "body",
    ["", "no JSON", "null", "[]", "{}", '{"requestPayload": []}', '{"requestPayload": {}}', "[" * 100_000],
)
def test_a_failure_of_something_else_names_none(body: str) -> None:
    assert uploads_in_failure(body) == []
