"""What SQS and EventBridge are told of traces: of each message its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.session import get_session
from botocore.stub import ANY, Stubber

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.operations.dead_letter import DeadLetter
from chalicelib.domain.trace import Trace
from chalicelib.ports.operations import Message
from chalicelib.services.eventbridge import EventBridgeBus
from chalicelib.services.sqs import SqsQueue

FIRST, SECOND = Trace("65e19ab0" + "a" * 24, "b" * 16, True), Trace("65e19ab1" + "c" * 24, "d" * 16)


def client(service: str) -> Any:
    return get_session().create_client(
        service, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )


def header(trace: Trace) -> Mapping[str, Any]:
    return {"AWSTraceHeader": {"DataType": "String", "StringValue": trace.xray_header}}


def test_each_message_of_a_batch_has_its_own_trace() -> None:
    sqs = client("sqs")
    with Stubber(sqs) as stub:
        stub.add_response("get_queue_url", {"QueueUrl": "https://q.example"})
        stub.add_response(
            "send_message_batch",
            {"Successful": [], "Failed": []},
            {
                "QueueUrl": ANY,
                "Entries": [
                    {"Id": "0", "MessageBody": "a", "MessageSystemAttributes": header(FIRST)},
                    {"Id": "1", "MessageBody": "b", "MessageSystemAttributes": header(SECOND)},
                    {"Id": "2", "MessageBody": "c"},
                ],
            },
        )
        SqsQueue(sqs, "q").send([Message("a", trace=FIRST), Message("b", trace=SECOND), Message("c")])
        stub.assert_no_pending_responses()


def test_a_dead_letter_comes_with_its_trace() -> None:
    sqs, trace = client("sqs"), FIRST.xray_header
    with Stubber(sqs) as stub:
        stub.add_response("get_queue_url", {"QueueUrl": "https://q.example"})
        stub.add_response(
            "receive_message",
            {
                "Messages": [
                    {"Body": "a", "ReceiptHandle": "h-a", "Attributes": {"AWSTraceHeader": trace}},
                    {"Body": "b", "ReceiptHandle": "h-b"},
                ]
            },
            {
                "QueueUrl": ANY, "MaxNumberOfMessages": ANY, "WaitTimeSeconds": ANY, "VisibilityTimeout": ANY,
                "MessageSystemAttributeNames": ["AWSTraceHeader"],
            },
        )  # fmt: skip
        assert SqsQueue(sqs, "q").receive() == [DeadLetter("a", "h-a", FIRST), DeadLetter("b", "h-b")]


def test_each_event_of_a_call_has_its_own_trace() -> None:
    events = client("events")

    def event(id: str, trace: Trace | None) -> CloudEvent:
        return CloudEvent(
            id=id,
            type="ticket.created",
            subject="t",
            time=datetime(2026, 3, 1, tzinfo=UTC),
            data={},
            trace=trace,
        )

    entry = {"EventBusName": "b", "Source": "triggeriq", "DetailType": "ticket.created", "Time": ANY}
    entry["Resources"] = []
    with Stubber(events) as stub:
        stub.add_response(
            "put_events",
            {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}] * 3},
            {
                "Entries": [
                    {**entry, "Detail": ANY, "TraceHeader": FIRST.xray_header},
                    {**entry, "Detail": ANY, "TraceHeader": SECOND.xray_header},
                    {**entry, "Detail": ANY},
                ]
            },
        )
        EventBridgeBus(events, "b").publish([event("1", FIRST), event("2", SECOND), event("3", None)])
        stub.assert_no_pending_responses()
