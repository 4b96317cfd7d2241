"""SQS: queues by name, their addresses looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.trace import from_xray
from chalicelib.errors import Unavailable
from chalicelib.ports.operations import Message
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.operations.dead_letter import DeadLetter

TRACE_HEADER = "AWSTraceHeader"
"""The system attribute of a message that holds X-Ray's header."""
_translate = aws_errors("sqs")
_STATES = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
"""Where a message may be, as SQS counts them."""
_CALL_BYTES = 250_000
"""Bytes of one SendMessageBatch call; AWS takes ten messages and 256 KiB in all."""


class SqsQueue:
    """Queue (chalicelib.ports), and what a consumer of it needs. client: boto's, for SQS."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self.name = client, name
        self._known = ""

    def send(self, messages: Sequence[Message]) -> None:
        for batch in _batches(messages):
            left = self._send(batch)
            if left:  # of a batch, single entries may fail; they get one more try
                left = self._send(left)
            if left:
                raise Unavailable("sqs", f"{self.name} did not take {len(left)} of {len(batch)} messages")

    @external("queue.send", _translate)
    def _send(self, batch: Sequence[Message]) -> list[Message]:
        answer = self._client.send_message_batch(
            QueueUrl=self._url(),
            Entries=[_entry(str(index), message) for index, message in enumerate(batch)],
        )
        return [batch[int(failure["Id"])] for failure in answer.get("Failed", [])]

    @external("queue.delay", _translate)
    def show_again_in(self, handle: str, seconds: int) -> None:
        """Set the visibility timeout of a received message: it can be received again in `seconds`."""
        self._client.change_message_visibility(
            QueueUrl=self._url(), ReceiptHandle=handle, VisibilityTimeout=seconds
        )

    def count(self) -> int:
        """Messages waiting, in flight and delayed, roughly, as SQS counts."""
        return self._count(*_STATES)

    def waiting(self) -> int:
        """Messages that could be received now, roughly: none that is in flight, or delayed."""
        return self._count(_STATES[0])

    @external("queue.count", _translate)
    def _count(self, *states: str) -> int:
        answer = self._client.get_queue_attributes(QueueUrl=self._url(), AttributeNames=list(states))
        return sum(int(answer["Attributes"][state]) for state in states)

    @external("queue.receive", _translate)
    def receive(self) -> list[DeadLetter]:
        """Up to ten messages of a queue that no function consumes; hidden from others for a minute."""
        from chalicelib.domain.operations.dead_letter import DeadLetter  # no function's start needs it

        answer = self._client.receive_message(
            QueueUrl=self._url(),
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            VisibilityTimeout=60,
            MessageSystemAttributeNames=[TRACE_HEADER],
        )
        return [
            DeadLetter(
                body=message["Body"],
                handle=message["ReceiptHandle"],
                trace=from_xray(message.get("Attributes", {}).get(TRACE_HEADER)),
            )
            for message in answer.get("Messages", [])
        ]

    @external("queue.look", _translate)
    def oldest_at(self) -> datetime | None:
        """When the oldest of up to ten messages was first sent; None where none could be looked at. They stay
        where they are, and can be received at once.

        A message keeps that time when it becomes a dead letter:
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
        """
        answer = self._client.receive_message(
            QueueUrl=self._url(),
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        sent = [int(one["Attributes"]["SentTimestamp"]) for one in answer.get("Messages", [])]
        return datetime.fromtimestamp(min(sent) / 1_000, UTC) if sent else None

    @external("queue.delete", _translate)
    def delete(self, handle: str) -> None:
        self._client.delete_message(QueueUrl=self._url(), ReceiptHandle=handle)

    def _url(self) -> str:
        if not self._known:
            self._known = self._client.get_queue_url(QueueName=self.name)["QueueUrl"]
        return self._known


def _entry(id: str, message: Message) -> dict[str, Any]:
    """Without what says nothing: botocore looks at each part of each entry."""
    entry: dict[str, Any] = {"Id": id, "MessageBody": message.body}
    if message.delay_seconds:
        entry["DelaySeconds"] = message.delay_seconds
    if message.group:
        entry["MessageGroupId"] = message.group
    if message.attributes:
        entry["MessageAttributes"] = {
            name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()
        }
    if traced := _traced(message):
        entry["MessageSystemAttributes"] = traced
    return entry


def _traced(message: Message) -> dict[str, dict[str, str]]:
    """X-Ray's header for this message alone; the header of the call would hold for the whole invocation."""
    if message.trace is None:
        return {}
    return {TRACE_HEADER: {"DataType": "String", "StringValue": message.trace.xray_header}}


def _batches(messages: Sequence[Message]) -> list[list[Message]]:
    batches: list[list[Message]] = []
    room = 0
    for message in messages:
        size = len(message.body.encode()) + sum(len(k) + len(v) + 6 for k, v in message.attributes.items())
        if not batches or len(batches[-1]) == 10 or size > room:
            batches.append([])
            room = _CALL_BYTES
        batches[-1].append(message)
        room -= size
    return batches
