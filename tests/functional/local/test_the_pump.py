"""What AWS does between its services, done by the pump, on real queues, buckets and buses."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import processes
from local.catalogue import load_functions
from local.pump import Pump, Queue
from local.stack import Stack

SECONDS = 60


class Record:
    """What the stub's functions were handed."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def entries(self, function: str) -> list[dict[str, Any]]:
        text = self.file.read_text() if self.file.exists() else ""
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if line["function"] == function]

    def wait(self, function: str, count: int = 1) -> list[dict[str, Any]]:
        assert processes.wait_for(lambda: len(self.entries(function)) >= count, SECONDS), self.entries(
            function
        )
        return self.entries(function)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / "record")


@pytest.fixture
def pump(stack: Stack, record: Record, shared_project: Path) -> Iterator[Pump]:
    environment = {**stack.environment, "STUB_RECORD": str(record.file)}
    functions = {
        name: function
        for name, function in load_functions(shared_project).items()
        if name not in ("deliver", "deliver_due", "sweep")
    }
    for name in ("ingest-dlq", "async-dlq", "async-uploads"):
        queue = Queue(stack.aws_port, name, poll_seconds=0)
        while messages := queue.receive(10):
            queue.delete(messages)
    with Pump(environment, functions, time_scale=0.01, project=shared_project) as pump:
        yield pump


@pytest.fixture
def deliver(stack: Stack, record: Record, shared_project: Path) -> Iterator[Pump]:
    """A pump with a function that has several workers."""
    environment = {**stack.environment, "STUB_RECORD": str(record.file)}
    functions = {"deliver": load_functions(shared_project)["deliver"]}
    with Pump(environment, functions, time_scale=0.01, project=shared_project) as pump:
        yield pump


@pytest.fixture
def ingest(stack: Stack) -> Queue:
    return Queue(stack.aws_port, "ingest")


def settled(stack: Stack, **expected: int) -> bool:
    names = {name.replace("_", "-"): count for name, count in expected.items()}

    def holds() -> bool:
        waiting = stack.waiting(*names)
        return all(waiting[name] == count for name, count in names.items())

    return processes.wait_for(holds, SECONDS, every=0.1)


def test_a_message_reaches_its_function_as_aws_hands_it_over(stack, pump, record, ingest):
    ingest.send("hello")
    [entry] = record.wait("ingest")
    [message] = entry["event"]["Records"]
    assert message["body"] == "hello"
    assert message["md5OfBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert message["eventSource"] == "aws:sqs"
    assert message["eventSourceARN"] == "arn:aws:sqs:us-east-1:123456789012:triggeriq-local-ingest"
    assert message["attributes"]["ApproximateReceiveCount"] == "1"
    assert message["attributes"]["SentTimestamp"].isdigit()
    assert message["messageId"]
    assert message["receiptHandle"]
    context = entry["context"]
    assert context["name"] == "triggeriq-local-ingest"
    assert context["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:triggeriq-local-ingest"
    assert 0 < context["remaining"] <= 1000
    assert settled(stack, ingest=0, ingest_dlq=0)


def test_only_what_a_function_hands_back_comes_again_and_ends_in_the_dlq(stack, pump, record, ingest):
    for body in ("good", "bad", "fine"):
        ingest.send(body)
    assert settled(stack, ingest=0, ingest_dlq=1)
    bodies = [message["body"] for entry in record.entries("ingest") for message in entry["event"]["Records"]]
    assert sorted(bodies) == ["bad"] * 5 + ["fine", "good"]


@pytest.mark.parametrize("trouble", ["raise", "kill", "hang"])
def test_a_function_that_fails_gets_the_whole_batch_again_and_others_their_turn(
    stack, pump, record, ingest, trouble
):
    ingest.send(trouble)
    record.wait("ingest")
    ingest.send("after it")
    assert settled(stack, ingest=0, ingest_dlq=1)
    entries = record.entries("ingest")
    bodies = [message["body"] for entry in entries for message in entry["event"]["Records"]]
    assert bodies.count(trouble) == 5
    # a raised error leaves the process as it is, as in Lambda; a killed or cut one is replaced
    assert len({entry["pid"] for entry in entries}) > 1 or trouble == "raise"


def test_what_is_in_hand_is_shown_again_where_nobody_waits_for_it(stack, record, ingest, shared_project):
    sqs, shown = stack.client("sqs"), []
    url = sqs.get_queue_url(QueueName="triggeriq-local-ingest")["QueueUrl"]
    usual = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "600"})

    def seen() -> bool:
        shown.extend(message["Body"] for message in sqs.receive_message(QueueUrl=url).get("Messages", []))
        return bool(shown)

    try:
        ingest.send("hang")
        functions = {"ingest": load_functions(shared_project)["ingest"]._replace(timeout=SECONDS)}
        environment = {**stack.environment, "STUB_RECORD": str(record.file)}
        with Pump(environment, functions, project=shared_project) as pump:
            (entry,) = record.wait("ingest")
            pump.let_go()
            assert processes.wait_for(seen, SECONDS)
            os.kill(entry["pid"], signal.SIGKILL)
        assert shown == ["hang"]
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=usual)
        sqs.purge_queue(QueueUrl=url)


def test_a_function_with_several_workers_works_on_several_batches_at_once(stack, deliver, record):
    queue = Queue(stack.aws_port, "delivery")
    for _ in range(40):
        queue.send("4")  # each batch is done once four are in hand
    entries = record.wait("deliver", 4)
    assert len({entry["pid"] for entry in entries[:4]}) == 4
    assert settled(stack, delivery=0)


def test_no_further_worker_starts_while_one_is_enough(stack, deliver, record):
    queue = Queue(stack.aws_port, "delivery")
    for number in range(3):
        queue.send("1")
        record.wait("deliver", number + 1)
        assert settled(stack, delivery=0)
    assert len({entry["pid"] for entry in record.entries("deliver")}) == 1


def test_a_message_that_is_delayed_comes_when_it_is_due(stack, deliver, record):
    sqs, attributes = stack.client("sqs"), {"n": {"DataType": "String", "StringValue": "v"}}
    url = sqs.get_queue_url(QueueName="triggeriq-local-delivery")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="1", DelaySeconds=2, MessageAttributes=attributes)
    Queue(stack.aws_port, "delivery").send("0")
    first, second = record.wait("deliver", 2)
    (early,), (late,) = first["event"]["Records"], second["event"]["Records"]
    assert (early["body"], late["body"]) == ("0", "1")
    assert late["messageAttributes"]["n"]["stringValue"] == "v"


def test_an_uploaded_object_reaches_its_function(stack, pump, record):
    s3 = stack.client("s3")
    s3.put_object(Bucket="triggeriq-local-uploads", Key="other/unwatched.csv", Body=b"x")
    s3.put_object(Bucket="triggeriq-local-uploads", Key="reviews/csv/default/a b.csv", Body=b"x")
    s3.put_object(Bucket="triggeriq-local-uploads", Key="emails/default/1.eml", Body=b"x")
    keys = [entry["event"]["Records"][0]["s3"]["object"]["key"] for entry in record.wait("uploads", 2)]
    assert keys == ["reviews%2Fcsv%2Fdefault%2Fa+b.csv", "emails%2Fdefault%2F1.eml"]
    assert settled(stack, async_uploads=0, async_dlq=0)


def test_an_asynchronous_failure_is_tried_twice_more_and_then_kept(stack, pump, record):
    s3 = stack.client("s3")
    s3.put_object(Bucket="triggeriq-local-uploads", Key="emails/raise", Body=b"x")
    assert settled(stack, async_uploads=0, async_dlq=1)
    assert len(record.entries("uploads")) == 3
    [message] = Queue(stack.aws_port, "async-dlq").receive(1)
    kept = json.loads(message["Body"])
    assert kept["requestContext"]["condition"] == "RetriesExhausted"
    assert kept["requestPayload"]["Records"][0]["s3"]["object"]["key"] == "emails%2Fraise"
    assert kept["responsePayload"]["errorType"] == "ValueError"


def test_what_is_put_on_the_bus_reaches_the_function_behind_the_queue(stack, pump, record):
    entry = {"Source": "triggeriq", "DetailType": "feedback.received", "Detail": '{"v": 1}'}
    stack.client("events").put_events(Entries=[{**entry, "EventBusName": "triggeriq-local"}])
    [handed] = record.wait("ingest")
    assert json.loads(handed["event"]["Records"][0]["body"])["detail"] == {"v": 1}


def test_a_schedule_comes_round_again(pump, record):
    first, second = record.wait("relay", 2)[:2]
    assert first["event"]["source"] == "aws.events"
    assert first["event"]["detail-type"] == "Scheduled Event"
    assert first["event"]["id"] != second["event"]["id"]


def test_the_next_run_of_a_schedule_is_its_retry(stack, shared_project, record):
    environment = {**stack.environment, "STUB_RECORD": str(record.file), "STUB_FAILS": "relay"}
    before = stack.waiting("async-dlq")
    relay = {"relay": load_functions(shared_project)["relay"]}
    with Pump(environment, relay, time_scale=0.01, project=shared_project):
        ids = [entry["event"]["id"] for entry in record.wait("relay", 4)]
    assert len(set(ids)) == len(ids)
    assert stack.waiting("async-dlq") == before


def test_a_broken_app_is_told_once_and_its_events_wait(stack, project, record, ingest, caplog):
    app = project / "app.py"
    whole = app.read_text()
    app.write_text("import no_such_module\n")
    functions = {"ingest": load_functions(project)["ingest"]}
    environment = {**stack.environment, "STUB_RECORD": str(record.file)}
    with Pump(environment, functions, project=project):
        assert processes.wait_for(lambda: "no_such_module" in caplog.text, SECONDS)
        ingest.send("patient")
        app.write_text(whole)
        [entry] = record.wait("ingest")
    assert entry["event"]["Records"][0]["attributes"]["ApproximateReceiveCount"] == "1"
    assert caplog.text.count("app.py can't be imported") == 1
