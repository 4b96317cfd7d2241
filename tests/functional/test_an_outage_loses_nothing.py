"""Dependencies that are down, wholly or for single entries: what was acknowledged comes in the end,
once, and nothing of it through a dead-letter queue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, SECRET, signed
from tests.functional.conftest import AT_ONCE
from tests.functional.faulty_aws import S3, FaultyAws

DYNAMODB, SQS, BUS = "DynamoDB", "AmazonSQS", "AWSEvents"
SOURCE = "standard_webhooks"


@pytest.fixture(scope="module")
def aws(quiet_stack: Stack) -> Iterator[FaultyAws]:
    aws = FaultyAws(quiet_stack.aws_port)
    yield aws
    aws.close()


@pytest.fixture(scope="module")
def weak(quiet_stack: Stack, aws: FaultyAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """The functions, with the faulty AWS."""
    settings = {**AT_ONCE, "AWS_ENDPOINT_URL": aws.url, "TRIGGERIQ_RECONNECT_SECONDS": "0.2"}
    functions = Functions(quiet_stack, tmp_path_factory.mktemp("weak"), settings)
    yield functions
    functions.close()


@pytest.fixture
def sender(weak: Functions, connection: str) -> Sender:
    weak.run_until_quiet()
    weak.told()
    weak.dead()
    return Sender(weak, connection)


class Sender:
    """A partner who has a connection, and what he sees."""

    def __init__(self, functions: Functions, connection: str) -> None:
        self.functions, self.connection = functions, connection
        body = json.dumps({"secrets": [SECRET], "settings": {}}).encode()
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        place = {"source": SOURCE, "connection": connection}
        event = http_event("PUT", "/connections/{source}/{connection}", place, headers, body)
        assert functions.invoke("api", event)["statusCode"] == 200

    def send(self, id: str = "msg_1", text: str = "It crashes") -> Any:
        body = json.dumps({"type": "feedback.created", "data": {"id": id, "text": text}}).encode()
        place = {"source": SOURCE, "connection": self.connection}
        event = http_event("POST", "/webhooks/{source}/{connection}", place, signed(id, body), body)
        return self.functions.invoke("receive", event)

    def tickets(self) -> list[Any]:
        event = http_event("GET", "/tickets", {}, {"X-Api-Key": KEY})
        event["multiValueQueryStringParameters"] = {"connection": [self.connection]}
        return list(json.loads(self.functions.invoke("api", event)["body"])["items"])

    def assert_tickets(self, count: int) -> None:
        self.functions.run_until_quiet()
        assert len(self.tickets()) == count
        assert self.functions.dead() == []


LAST_RECEIVE = 5
"""A message that comes once more is a dead letter (`max_receives` of resources.json)."""
LONGER = LAST_RECEIVE + 2
"""Receives: more than a message has."""


def run(functions: Functions, times: int, only: Sequence[str] = ("ingest", "files", "process")) -> None:
    """Hand over so often what waits, with whatever comes of it: what fails is there again the next time."""
    for _ in range(times):
        for function in only:
            functions.step(function)


def test_the_bus_is_down_and_the_senders_retry_works(sender: Sender, aws: FaultyAws) -> None:
    with aws.outage(BUS):
        answer = sender.send()
    assert answer["statusCode"] == 503
    assert "again" in json.loads(answer["body"])["detail"]
    assert json.loads(sender.send()["body"]) == {"events": [{"id": "msg_1", "duplicate": False}]}
    sender.assert_tickets(1)


def test_the_bus_refuses_one_entry_and_the_senders_retry_works(sender: Sender, aws: FaultyAws) -> None:
    with aws.refusing_entries("AWSEvents.PutEvents"):
        assert sender.send()["statusCode"] == 503
    assert sender.send()["statusCode"] == 202
    sender.assert_tickets(1)


def test_dynamodb_goes_down_behind_the_connection_and_the_sender_still_gets_his_202(
    sender: Sender, aws: FaultyAws
) -> None:
    sender.send("msg_0")
    with aws.outage(DYNAMODB):
        assert sender.send("msg_1")["statusCode"] == 202
        run(sender.functions, LONGER)
    sender.assert_tickets(2)


def test_dynamodb_takes_requests_and_never_answers(sender: Sender, aws: FaultyAws) -> None:
    for number in range(5):
        sender.send(f"msg_{number}")
    with aws.silence(DYNAMODB):
        event = sender.functions.next_batch("ingest")
        assert event is not None
        sender.functions.finish("ingest", event)  # within its time-out, all parked
    sender.assert_tickets(5)


def test_dynamodb_is_down_before_the_connection_was_read(sender: Sender, aws: FaultyAws) -> None:
    with aws.outage(DYNAMODB):
        assert sender.send()["statusCode"] == 503
    assert sender.send()["statusCode"] == 202
    sender.assert_tickets(1)


def test_s3_is_down_while_events_are_ingested(sender: Sender, aws: FaultyAws) -> None:
    sender.send()
    with aws.outage(S3):
        run(sender.functions, LONGER)
    sender.assert_tickets(1)


def test_the_queue_refuses_single_entries(sender: Sender, aws: FaultyAws) -> None:
    for number in range(3):
        sender.send(f"msg_{number}")
    with aws.refusing_entries("AmazonSQS.SendMessageBatch", times=3):
        run(sender.functions, LONGER)
    sender.assert_tickets(3)


def test_the_queue_takes_nothing_for_a_while(sender: Sender, aws: FaultyAws) -> None:
    sender.send()
    with aws.outage("AmazonSQS.SendMessage"):
        run(sender.functions, LAST_RECEIVE - 1, only=["ingest"])
    sender.assert_tickets(1)


def test_the_bus_is_down_when_tickets_are_told_of(sender: Sender, aws: FaultyAws) -> None:
    sender.send()
    run(sender.functions, 1, only=["ingest"])
    with aws.outage(BUS):
        run(sender.functions, LONGER, only=["process"])
    assert len(sender.tickets()) == 1
    assert sender.functions.told() == []
    sender.assert_tickets(1)
    assert [event["type"] for event in sender.functions.told()] == ["ticket.created"]


def test_postgres_is_stopped_for_more_receives_than_a_message_has(sender: Sender, quiet_stack: Stack) -> None:
    quiet_stack.stop_postgres()
    try:
        for number in range(3):
            assert sender.send(f"msg_{number}")["statusCode"] == 202
        run(sender.functions, 2 * LAST_RECEIVE)
    finally:
        quiet_stack.start_postgres()
    sender.assert_tickets(3)
