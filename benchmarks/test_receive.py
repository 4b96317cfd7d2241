"""A webhook to its 202 through the app, beside a bare Chalice route that makes the same calls by hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from chalice import Chalice, Response

from benchmarks.conftest import SideBySide
from chalicelib.api.app import App
from chalicelib.bootstrap import Outside, UseCases
from chalicelib.domain.intake.connection import Secret
from chalicelib.settings import from_env
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.client import SECRET, signed

SOURCE = "standard_webhooks"
ROUTE = "/webhooks/{source}/{connection}"
KEPT_SECONDS = 72 * 3600
_ids = itertools.count()


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    before = dict(os.environ)
    with Stack() as stack:
        os.environ.update(stack.environment)
        yield stack
    os.environ.clear()
    os.environ.update(before)


def bare() -> Chalice:
    """The route that one writes by hand: verify, look for the receipt, put on the bus, write the receipt."""
    app = Chalice("bare", configure_logs=False)
    dynamodb, events = boto3.client("dynamodb"), boto3.client("events")
    key = base64.b64decode(SECRET.removeprefix("whsec_"))

    @app.route(ROUTE, methods=["POST"])
    def webhook(source: str, connection: str) -> Response:
        request = app.current_request
        body = request.raw_body
        id, at = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        if abs(time.time() - int(at)) > 300:
            return Response({"error": "stale"}, status_code=401)
        digest = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
        given = request.headers["webhook-signature"].split(" ")
        if not any(hmac.compare_digest(base64.b64decode(s.removeprefix("v1,")), digest) for s in given):
            return Response({"error": "mismatch"}, status_code=401)
        receipt = {"pk": {"S": f"receipt#{source}#{connection}#{id}"}}
        now = datetime.now(UTC)
        held = dynamodb.get_item(TableName="triggeriq-local-events", Key=receipt).get("Item")
        if held and int(held["expires_at"]["N"]) > now.timestamp():
            return Response({"events": [{"id": id, "duplicate": True}]}, status_code=202)
        data = {"v": 1, "id": id, "source": source, "connection": connection, "body": body.decode()}
        answer = events.put_events(
            Entries=[
                {
                    "EventBusName": "triggeriq-local",
                    "Source": "triggeriq",
                    "DetailType": "feedback.received",
                    "Detail": json.dumps({"specversion": "1.0", "id": id, "data": data}),
                }
            ]
        )
        if answer["FailedEntryCount"]:
            return Response({"error": "unavailable"}, status_code=503)
        dynamodb.put_item(
            TableName="triggeriq-local-events",
            Item={**receipt, "expires_at": {"N": str(int(now.timestamp()) + KEPT_SECONDS)}},
            ConditionExpression="attribute_not_exists(pk) OR expires_at < :now",
            ExpressionAttributeValues={":now": {"N": str(int(now.timestamp()))}},
        )
        return Response({"events": [{"id": id, "duplicate": False}]}, status_code=202)

    return app


def test_webhook_to_202(side_by_side: SideBySide, stack: Stack) -> None:
    settings = from_env({"TRIGGERIQ_STAGE": "local", "TRIGGERIQ_FUNCTION": "receive"})
    use = UseCases(Outside(settings))
    use.intake.connections.put(SOURCE, "bench", (Secret(SECRET),), {}, "bench")
    ours, by_hand = App("ours", settings=lambda: settings, use_cases=lambda: use), bare()
    sqs = stack.client("sqs")
    ingest = sqs.get_queue_url(QueueName="triggeriq-local-ingest")["QueueUrl"]

    def request() -> tuple[dict[str, Any]]:
        # moto's queues slow down with what is in them; nothing consumes them here
        if next(_ids) % 20 == 0:
            while found := sqs.receive_message(QueueUrl=ingest, MaxNumberOfMessages=10).get("Messages"):
                for message in found:
                    sqs.delete_message(QueueUrl=ingest, ReceiptHandle=message["ReceiptHandle"])
        id = f"msg_{next(_ids)}"
        data = {"id": id, "text": "The app closes as soon as I open my orders. " * 5, "rating": 1}
        body = json.dumps({"type": "feedback.created", "data": data}).encode()
        place = {"source": SOURCE, "connection": "bench"}
        return (http_event("POST", ROUTE, place, signed(id, body), body),)

    side_by_side(
        rounds=300,
        warm_up=20,
        setup=request,
        check=lambda answer: answer["statusCode"] == 202 and b"false" in str(answer["body"]).encode(),
        ours=lambda event: ours(event, None),
        route_by_hand=lambda event: by_hand(event, None),
    )
