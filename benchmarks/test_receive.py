"""A webhook to its 202 through the app, beside a bare Chalice route that makes the same calls by hand.

Once with the local AWS, whose own time is nearly all of it; once with answers that are there at once, which
leaves our own time: that figure can fail.
"""

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


class Contenders:
    """The app and the route by hand, on the same tables."""

    def __init__(self) -> None:
        # A warm container reads the connection once a minute; here, once.
        settings = from_env(
            {
                "TRIGGERIQ_STAGE": "local",
                "TRIGGERIQ_FUNCTION": "receive",
                "TRIGGERIQ_CONNECTION_CACHE_SECONDS": "3600",
            }
        )
        use = UseCases(Outside(settings))
        use.intake.connections.put(SOURCE, "bench", (Secret(SECRET),), {}, "bench")
        self._ours = App("ours", settings=lambda: settings, use_cases=lambda: use)
        self._by_hand = bare()

    def ours(self, event: dict[str, Any]) -> Any:
        return self._ours(event, None)

    def by_hand(self, event: dict[str, Any]) -> Any:
        return self._by_hand(event, None)


def request() -> tuple[dict[str, Any]]:
    """A webhook that nobody sent before."""
    id = f"msg_{next(_ids)}"
    data = {"id": id, "text": "The app closes as soon as I open my orders. " * 5, "rating": 1}
    body = json.dumps({"type": "feedback.created", "data": data}).encode()
    names = {"source": SOURCE, "connection": "bench"}
    return (http_event("POST", ROUTE, names, signed(id, body), body),)


def accepted(answer: Any) -> bool:
    return answer["statusCode"] == 202 and b"false" in str(answer["body"]).encode()


def test_webhook_to_202(side_by_side: SideBySide, stack: Stack) -> None:
    contenders = Contenders()
    sqs = stack.client("sqs")
    ingest = sqs.get_queue_url(QueueName="triggeriq-local-ingest")["QueueUrl"]

    def setup() -> tuple[dict[str, Any]]:
        # moto's queues slow down with what is in them; nothing consumes them here
        if next(_ids) % 20 == 0:
            while found := sqs.receive_message(QueueUrl=ingest, MaxNumberOfMessages=10).get("Messages"):
                for message in found:
                    sqs.delete_message(QueueUrl=ingest, ReceiptHandle=message["ReceiptHandle"])
        return request()

    side_by_side(
        rounds=300,
        warm_up=20,
        setup=setup,
        check=accepted,
        ours=contenders.ours,
        route_by_hand=contenders.by_hand,
    )


def test_webhook_to_202_but_for_aws(
    side_by_side: SideBySide, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of botocore is run, but for the connection: each answer is there at once."""
    contenders = Contenders()
    assert accepted(contenders.ours(*request()))  # it has its connection now
    answers = {
        "GetItem": b"{}",
        "PutItem": b"{}",
        "PutEvents": b'{"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}',
    }

    def send(session: object, sent: AWSPreparedRequest) -> AWSResponse:
        target = sent.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        return AWSResponse(sent.url, 200, {}, BytesIO(answers[operation]))

    monkeypatch.setattr(URLLib3Session, "send", send)
    monkeypatch.setattr(AWSResponse, "content", property(lambda answer: answer.raw.getvalue()))
    side_by_side(
        rounds=1_000,
        warm_up=50,
        setup=request,
        check=accepted,
        ours=contenders.ours,
        route_by_hand=contenders.by_hand,
    )
