"""Deliveries of one `deliver` process, beside ten threads with plain `http.client` that sign and post the
same and write nothing down: once to a receiver that takes 20 ms, once to one that answers at once.

AWS's answers are there at once, so all of botocore is run but the connection: what is measured is our own
time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from benchmarks.conftest import SideBySide
from chalicelib.bootstrap import Outside, UseCases
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Confidential, Subscription
from chalicelib.domain.intake.connection import Secret
from chalicelib.domain.operations.record import Record
from chalicelib.handlers.sqs import delivered
from chalicelib.pipeline.delivery.delivery_job import DeliveryJob
from chalicelib.settings import from_env
from local.stack import Stack
from tests.functional.client import SECRET

ENDPOINTS = 10
NOW = datetime.now(UTC)
EVENT = CloudEvent(
    id="e1",
    type="ticket.created",
    subject="t1",
    time=NOW,
    data={"id": "t1", "text": "The app closes as soon as I open my orders. " * 20, "tags": ["a", "b"]},
    connections=("zendesk/acme",),
)
BATCHES = 10
"""Of ten, in one round."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    before = dict(os.environ)
    with Stack() as stack:
        os.environ.update(stack.environment)
        yield stack
    os.environ.clear()
    os.environ.update(before)


@contextmanager
def receiver(milliseconds: int) -> Iterator[str]:
    """Its root."""
    command = [sys.executable, "-m", "benchmarks.receiver_process", str(milliseconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


class Ours:
    """The use-case as the function makes it, with ten subscriptions and one event, which it knows already."""

    def __init__(self, root: str) -> None:
        settings = from_env({"TRIGGERIQ_STAGE": "local", "TRIGGERIQ_FUNCTION": "deliver"})
        self._outside = Outside(settings)
        self._use = UseCases(self._outside)
        log, subscriptions = self._outside.event_log, self._outside.subscriptions
        self.event = log.put(StoredEvent.of(EVENT, NOW))
        self.urls = [f"{root}/{number}" for number in range(ENDPOINTS)]
        for one in subscriptions.all():
            subscriptions.delete(one.id)
        self.ids = [self._subscribe(url) for url in self.urls]
        for one in subscriptions.all():
            subscriptions.opened(one)

    def _subscribe(self, url: str) -> str:
        made = Subscription(
            id=f"sub_{len(url)}{url[-1]}",
            name="bench",
            owner="bench",
            url=url,
            created_at=NOW,
            updated_at=NOW,
        )
        return self._outside.subscriptions.put(made, Confidential(secrets=(Secret(SECRET),))).id

    def deliver(self) -> int:
        """How many were delivered, as was written down."""
        done = 0
        for _ in range(BATCHES):
            records = [
                Record(
                    id=id,
                    body=DeliveryJob(id, self.event.position, 0).message().body,
                    sent_at=NOW,
                )
                for id in self.ids
            ]
            for _, error in self._use.delivery.deliver(records, lambda: 60.0, delivered):
                assert error is None, error
                done += 1
        return done


class ByHand:
    """Ten threads, and what a webhook's sender writes by hand."""

    def __init__(self, urls: Sequence[str], event: StoredEvent) -> None:
        self._urls = [urlsplit(url) for url in urls]
        self._event = event
        self._threads = ThreadPoolExecutor(10)
        self._key = base64.b64decode(SECRET.removeprefix("whsec_"))

    def deliver(self) -> int:
        answers = [status for _ in range(BATCHES) for status in self._threads.map(self._post, self._urls)]
        assert set(answers) == {200}
        return len(answers)

    def _post(self, url: Any) -> int:
        told = json.loads(self._event.body or "")
        body = json.dumps({"type": told["type"], "timestamp": told["time"], "data": told["data"]}).encode()
        at = str(int(time.time()))
        digest = hmac.new(self._key, f"e1.{at}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "webhook-id": "e1",
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=15)
        try:
            connection.request("POST", url.path, body, headers)
            answer = connection.getresponse()
            answer.read(20_000)
            return answer.status
        finally:
            connection.close()


class AtOnce:
    """AWS, whose answers are there at once."""

    def __init__(self, ours: Ours, stack: Stack) -> None:
        dynamodb = stack.client("dynamodb")
        self._stored: dict[str, dict[str, Any]] = {}
        for table, key in (
            ("events", {"pk": {"S": "event#triggeriq#e1"}}),
            ("subscriptions", {"id": {"S": "#changes"}}),
        ):
            answer = dynamodb.get_item(TableName=f"triggeriq-local-{table}", Key=key)
            self._stored[f"triggeriq-local-{table}"] = {"Item": answer["Item"]}
        scanned = dynamodb.scan(TableName="triggeriq-local-subscriptions")
        self._scanned = {"Items": [_plain(item) for item in scanned["Items"]]}
        self.recorded = 0

    def send(self, session: object, sent: AWSPreparedRequest) -> AWSResponse:
        target = sent.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        answer = getattr(self, operation)(json.loads(sent.body))
        return AWSResponse(sent.url, 200, {}, BytesIO(json.dumps(answer).encode()))

    def GetItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's own name
        return self._stored.get(asked["TableName"], {})

    def Scan(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._scanned

    def PutItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert "leases" in asked["Item"]
        return {}

    def UpdateItem(self, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        """A claim, or an outcome."""
        if asked.get("ReturnValues") != "ALL_NEW":
            assert asked["ExpressionAttributeValues"][":status"] == {"S": "delivered"}
            self.recorded += ":attempt_001" in asked["ExpressionAttributeValues"]
            return {}
        values = asked["ExpressionAttributeValues"]
        return {
            "Attributes": {
                **asked["Key"],
                "owner": {"S": "triggeriq"},
                "event_source": {"S": "triggeriq"},
                "event_id": {"S": "e1"},
                "type": {"S": "ticket.created"},
                "connections": {"L": [{"S": "zendesk/acme"}]},
                "status": values[":status"],
                "attempt": values[":attempt"],
                "due_at": values[":due_at"],
                "created_at": {"S": NOW.isoformat()},
                "updated_at": values[":at"],
                "due_shard": {"S": "0"},
                "expires_at": {"N": "9999999999"},
            }
        }


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
        for name, value in item.items()
    }


@pytest.mark.parametrize("milliseconds", [20, 0])
def test_a_hundred_deliveries(
    side_by_side: SideBySide, stack: Stack, monkeypatch: pytest.MonkeyPatch, milliseconds: int
) -> None:
    with receiver(milliseconds) as root:
        ours = Ours(root)
        aws = AtOnce(ours, stack)
        by_hand = ByHand(ours.urls, ours.event)
        monkeypatch.setattr(URLLib3Session, "send", lambda session, sent: aws.send(session, sent))
        monkeypatch.setattr(AWSResponse, "content", property(lambda answer: answer.raw.getvalue()))
        side_by_side(
            rounds=20,
            warm_up=2,
            check=lambda done: done == ENDPOINTS * BATCHES,
            ours=ours.deliver,
            ten_threads=by_hand.deliver,
        )
        assert aws.recorded >= 20 * ENDPOINTS * BATCHES
