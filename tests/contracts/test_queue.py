"""What every Queue promises. That a message's trace travels with it is held in
tests/unit/services/test_traces.py: the local SQS drops the traces of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest

from chalicelib.errors import Unavailable
from chalicelib.ports.operations import Message, Queue
from chalicelib.services.sqs import SqsQueue
from tests.contracts.conftest import Client, all_of
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import FakeQueue

SEND = "AmazonSQS.SendMessageBatch"


@pytest.fixture(params=["SQS", "fake"])
def queue(request: pytest.FixtureRequest, unique: str) -> Queue:
    if request.param == "fake":
        return FakeQueue()
    client: Client = request.getfixturevalue("client")
    client("sqs").create_queue(QueueName=unique)
    return SqsQueue(client("sqs"), unique)


Received = Callable[[], list[tuple[str, Mapping[str, str]]]]


@pytest.fixture
def receive(queue: Queue, request: pytest.FixtureRequest) -> Received:
    """Gives body and attributes of all that can be received, in the order of their bodies."""
    if isinstance(queue, FakeQueue):
        return lambda: sorted((one.body, one.attributes) for one in queue.sent if not one.delay_seconds)
    sqs = request.getfixturevalue("client")("sqs")
    url = sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]

    def received() -> Iterator[tuple[str, Mapping[str, str]]]:
        for one in all_of(sqs, url, MessageAttributeNames=["All"]):
            attributes = one.get("MessageAttributes", {})
            yield one["Body"], {name: value["StringValue"] for name, value in attributes.items()}

    return lambda: sorted(received())


@pytest.fixture
def refusing(queue: Queue, request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[object]]:
    """While it lasts, one message of those that are sent is not taken, however often it is tried."""

    @contextmanager
    def one() -> Iterator[None]:
        if isinstance(queue, FakeQueue):
            queue.down = 1
            yield
            return
        aws: FaultyAws = request.getfixturevalue("aws")
        with aws.refusing_entries(SEND):
            yield

    return one


def test_all_are_sent_however_many_they_are(queue: Queue, receive: Received) -> None:
    queue.send([Message(f"{number:02}") for number in range(12)])
    assert receive() == [(f"{number:02}", {}) for number in range(12)]


def test_all_are_sent_however_long_they_are(queue: Queue, receive: Received) -> None:
    bodies = [letter * 200_000 for letter in "abc"]
    queue.send([Message(body) for body in bodies])
    assert receive() == [(body, {}) for body in bodies]


def test_nothing_to_send_is_no_failure(queue: Queue, receive: Received) -> None:
    queue.send([])
    assert receive() == []


def test_attributes_travel_beside_the_body(queue: Queue, receive: Received) -> None:
    queue.send([Message("a", attributes={"parked": "2", "why": "ü"}), Message("b")])
    assert receive() == [("a", {"parked": "2", "why": "ü"}), ("b", {})]


def test_a_message_with_a_delay_is_not_there_at_once(queue: Queue, receive: Received) -> None:
    queue.send([Message("later", delay_seconds=900), Message("now")])
    assert receive() == [("now", {})]


def test_what_is_delayed_or_in_work_does_not_wait(client: Client, unique: str) -> None:
    """The fake is told what waits."""
    url = client("sqs").create_queue(QueueName=unique)["QueueUrl"]
    queue = SqsQueue(client("sqs"), unique)
    queue.send([Message("parked", delay_seconds=900), Message("a"), Message("b")])
    assert (queue.waiting(), queue.count()) == (2, 3)
    client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=60)
    assert (queue.waiting(), queue.count()) == (1, 3)


def test_the_oldest_can_be_asked_for_and_stays_where_it_is(client: Client, unique: str) -> None:
    client("sqs").create_queue(QueueName=unique)
    queue = SqsQueue(client("sqs"), unique)
    assert queue.oldest_at() is None
    before = datetime.now(UTC).replace(microsecond=0)  # SQS tells milliseconds
    queue.send([Message("a"), Message("b")])
    oldest = queue.oldest_at()
    assert oldest is not None
    assert before <= oldest <= datetime.now(UTC)
    assert (queue.oldest_at(), queue.waiting()) == (oldest, 2)


def test_where_one_is_not_taken_those_before_it_may_have_been(
    queue: Queue,
    receive: Received,
    refusing: Callable[[], AbstractContextManager[object]],
) -> None:
    with refusing(), pytest.raises(Unavailable):
        queue.send([Message("a"), Message("b")])
    assert {body for body, _ in receive()} <= {"a"}
    queue.send([Message("b")])
    assert "b" in {body for body, _ in receive()}


def test_sqs_is_asked_once_more_for_the_message_that_it_did_not_take(
    client: Client, aws: FaultyAws, unique: str
) -> None:
    client("sqs").create_queue(QueueName=unique)
    queue = SqsQueue(client("sqs"), unique)
    with aws.refusing_entries(SEND, times=1):
        queue.send([Message("a"), Message("b")])
    url = client("sqs").get_queue_url(QueueName=unique)["QueueUrl"]
    assert sorted(one["Body"] for one in all_of(client("sqs"), url)) == ["a", "b"]


def test_a_queue_that_is_down_is_unavailable(client: Client, aws: FaultyAws, unique: str) -> None:
    client("sqs").create_queue(QueueName=unique)
    with aws.outage(SEND), pytest.raises(Unavailable):
        SqsQueue(client("sqs"), unique).send([Message("a")])
