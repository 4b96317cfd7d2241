"""POST /events to its 202 through the app, beside a route by hand that does the least: it reads the JSON,
puts the event into a table and on the bus.

All of botocore is run, but for the connection: each answer is there at once. So the time is our own
processor's, and the figure can fail. Ours has a call more than the route by hand: it takes off the mark by
which an event that is not on the bus yet is found again.
"""

from __future__ import annotations

import itertools
import json
import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from chalice import Chalice, Response

from benchmarks.conftest import SideBySide
from chalicelib.api.app import App
from chalicelib.bootstrap import Outside, UseCases
from chalicelib.settings import from_env
from tests.functional.aws_events import http_event
from tests.functional.client import KEY

KEPT_SECONDS = 30 * 24 * 3600
DATA = {"order": 4711, "total": "12.50", "lines": [{"sku": f"s{n}", "pieces": n} for n in range(20)]}
_ids = itertools.count()


class Aws:
    """Answers at once; asked: the operations."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def send(self, sent: AWSPreparedRequest) -> AWSResponse:
        target = sent.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        self.asked.append(operation)
        answer: dict[str, Any] = {}
        if operation == "PutEvents":
            entries = json.loads(sent.body or "{}")["Entries"]
            answer = {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in entries]}
        return AWSResponse(sent.url, 200, {}, BytesIO(json.dumps(answer).encode()))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    aws = Aws()
    monkeypatch.setattr(URLLib3Session, "send", lambda session, sent: aws.send(sent))
    monkeypatch.setattr(AWSResponse, "content", property(lambda answer: answer.raw.getvalue()))
    return aws


def bare() -> Chalice:
    """The route that one writes by hand."""
    app = Chalice("bare", configure_logs=False)
    dynamodb, events = boto3.client("dynamodb"), boto3.client("events")

    @app.route("/events", methods=["POST"])
    def post() -> Response:
        if app.current_request.headers.get("x-api-key") != KEY:
            return Response({"error": "unauthorised"}, status_code=401)
        event = json.loads(app.current_request.raw_body)
        now = datetime.now(UTC)
        dynamodb.put_item(
            TableName="triggeriq-local-events",
            Item={
                "pk": {"S": f"event#local#{event['id']}"},
                "type": {"S": event["type"]},
                "received_at": {"S": now.isoformat()},
                "body": {"S": json.dumps(event)},
                "expires_at": {"N": str(int(now.timestamp()) + KEPT_SECONDS)},
            },
        )
        answer = events.put_events(
            Entries=[
                {
                    "EventBusName": "triggeriq-local",
                    "Source": "partner.local",
                    "DetailType": event["type"],
                    "Detail": json.dumps(event),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            return Response({"error": "unavailable"}, status_code=503)
        return Response({"events": [{"id": event["id"], "duplicate": False}]}, status_code=202)

    return app


def request() -> tuple[dict[str, Any]]:
    """An event that nobody posted before."""
    event = {
        "specversion": "1.0",
        "id": f"e{next(_ids)}",
        "source": "/shop",
        "type": "order.paid",
        "data": DATA,
    }
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    return (http_event("POST", "/events", {}, headers, json.dumps(event).encode()),)


def accepted(answer: Any) -> bool:
    (event,) = json.loads(answer["body"])["events"]
    return answer["statusCode"] == 202 and event == {"id": f"e{next(_ids) - 1}", "duplicate": False}


def test_posted_event_to_202_but_for_aws(side_by_side: SideBySide, aws: Aws) -> None:
    settings = from_env({"TRIGGERIQ_STAGE": "local", "TRIGGERIQ_FUNCTION": "receive"})
    use = UseCases(Outside(settings))
    ours, by_hand = App("ours", settings=lambda: settings, use_cases=lambda: use), bare()
    side_by_side(
        rounds=1_000,
        warm_up=50,
        clock=time.process_time,
        setup=request,
        check=accepted,
        ours=lambda event: ours(event, None),
        route_by_hand=lambda event: by_hand(event, None),
    )
    assert aws.asked[:5] == ["PutItem", "PutEvents", "UpdateItem", "PutItem", "PutEvents"]
