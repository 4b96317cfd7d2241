"""What the local AWS holds outlives the process that holds it, unless the data is to be thrown away."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import moto
import pytest

from local import processes
from local.keeper import Gate, Keeper
from local.processes import StartError
from local.stack import Stack

SECONDS = 20
DELIVERY = "triggeriq-local-delivery"
SECRETS = "alias/triggeriq-local"


@pytest.fixture
def start(data_folder: Path, shared_project: Path) -> Iterator[Callable[..., Stack]]:
    """Starts a stack on the same data; the one before must have ended."""
    stacks: list[Stack] = []

    def start(durable: bool = True) -> Stack:
        stacks.append(Stack(data_folder, durable=durable, project=shared_project))
        stacks[-1].start()
        return stacks[-1]

    yield start
    for stack in stacks:
        stack.stop()


def delivery(stack: Stack) -> tuple[Any, str]:
    sqs = stack.client("sqs")
    return sqs, sqs.get_queue_url(QueueName=DELIVERY)["QueueUrl"]


def send(stack: Stack, body: str, delay: int = 0) -> None:
    sqs, queue_url = delivery(stack)
    sqs.send_message(QueueUrl=queue_url, MessageBody=body, DelaySeconds=delay)


def receive(stack: Stack) -> dict[str, str]:
    """How often each visible message was received, by its body."""
    sqs, queue_url = delivery(stack)
    messages = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, AttributeNames=["All"])
    return {
        message["Body"]: message["Attributes"]["ApproximateReceiveCount"]
        for message in messages.get("Messages", [])
    }


def put_object(stack: Stack, body: bytes) -> None:
    stack.client("s3").put_object(Bucket="triggeriq-local-uploads", Key="emails/a b.eml", Body=body)


def get_object(stack: Stack) -> bytes:
    answer = stack.client("s3").get_object(Bucket="triggeriq-local-uploads", Key="emails/a b.eml")
    body: bytes = answer["Body"].read()
    return body


def test_everything_is_there_again_after_a_stop(start):
    one = start()
    item = {"source": {"S": "generic_json"}, "name": {"S": "default"}, "n": {"N": "1.5"}, "b": {"B": b"\0"}}
    one.client("dynamodb").put_item(TableName="triggeriq-local-connections", Item=item)
    put_object(one, bytes(range(256)))
    sealed = one.client("kms").encrypt(KeyId=SECRETS, Plaintext=b"s3cret")["CiphertextBlob"]
    one.client("secretsmanager").create_secret(Name="triggeriq/local/acme", SecretString="a key")
    send(one, "in flight")
    assert receive(one) == {"in flight": "1"}
    send(one, "queued")
    send(one, "delayed", delay=900)
    one.stop()

    two = start()
    key = {name: item[name] for name in ("source", "name")}
    found = two.client("dynamodb").get_item(TableName="triggeriq-local-connections", Key=key)
    assert found["Item"] == item
    assert get_object(two) == bytes(range(256))
    assert two.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"s3cret"
    secret = two.client("secretsmanager").get_secret_value(SecretId="triggeriq/local/acme")
    assert secret["SecretString"] == "a key"
    assert receive(two) == {"in flight": "2", "queued": "1"}
    assert two.waiting("delivery")["delivery"] == 3


def test_a_queue_goes_on_waking_up_its_receivers_and_filling_its_dead_letter_queue(start):
    one = start()
    send(one, "poison")
    one.stop()
    two = start()
    sqs, queue_url = delivery(two)
    for _ in range(6):
        sqs.receive_message(QueueUrl=queue_url, VisibilityTimeout=0)
    assert two.waiting("delivery-dlq")["delivery-dlq"] == 1


def test_what_was_there_a_while_before_a_kill_is_there_after_it(start):
    one = start()
    snapshot = one.state.aws
    put_object(one, b"kept")

    def saved() -> bool:
        return snapshot.exists() and b"a b.eml" in snapshot.read_bytes()

    assert processes.wait_for(saved, SECONDS)
    os.kill(one.daemon, signal.SIGKILL)
    one.stop()
    assert get_object(start()) == b"kept"


def test_only_its_owner_may_read_what_is_kept(start):
    one = start()
    one.stop()
    assert stat.S_IMODE(one.state.aws.stat().st_mode) == 0o600


def test_what_cannot_be_read_is_told_and_set_aside(start):
    one = start()
    put_object(one, b"lost")
    assert not one.notice
    one.stop()
    broken = one.state.aws.read_bytes()[:-100]
    one.state.aws.write_bytes(broken)

    two = start()
    aside = one.state.aws.with_suffix(".unreadable")
    assert two.notice == f"the local AWS starts empty: what it held is damaged. The file is now {aside}"
    assert aside.read_bytes() == broken
    assert two.client("s3").list_objects_v2(Bucket="triggeriq-local-uploads")["KeyCount"] == 0
    two.stop()
    assert not start().notice


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is damaged"),
        (b"\0\0\0", "is damaged"),
        (b"[]\n", "is of another program"),
        (b'{"format": 2, "moto": "4.0.1"}\n', f"is of moto 4.0.1, format 2, not moto {moto.__version__}"),
        (b'{"format": 2, "moto": "%s"}\nno pickle' % moto.__version__.encode(), "is damaged"),
    ],
)
def test_every_other_content_is_set_aside_too(tmp_path, content, reason):
    file = tmp_path / "aws.snapshot"
    file.write_bytes(content)
    assert reason in Keeper(file).restore()
    assert not file.exists()


def test_a_start_that_fails_keeps_what_was_there(start, data_folder):
    one = start()
    put_object(one, b"kept")
    one.stop()
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(StartError, match="is taken"):
        Stack(data_folder, aws_port=other.getsockname()[1], durable=True).start()
    assert get_object(start()) == b"kept"


def test_throw_away_data_is_not_kept(start):
    one = start(durable=False)
    put_object(one, b"x")
    one.stop()
    assert not one.state.aws.exists()


def test_a_table_whose_key_has_changed_is_named(start, shared_project, data_folder, tmp_path):
    start().stop()
    wanted = json.loads((shared_project / "resources.json").read_text())
    wanted["tables"]["claims"]["key"].append("sk")
    changed = shutil.copytree(shared_project, tmp_path / "changed")
    (changed / "resources.json").write_text(json.dumps(wanted))
    with pytest.raises(StartError, match=r"the table triggeriq-local-claims .* make reset"):
        Stack(data_folder, durable=True, project=changed).start()


def test_a_new_index_of_a_table_is_made_and_finds_what_lay_there(
    start, shared_project, data_folder, tmp_path
):
    row = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    one = start()
    one.client("dynamodb").put_item(TableName="triggeriq-local-claims", Item=row)
    one.stop()
    wanted = json.loads((shared_project / "resources.json").read_text())
    wanted["tables"]["claims"]["indexes"] = {"by_sk": {"key": ["sk", "pk"]}}
    changed = shutil.copytree(shared_project, tmp_path / "changed")
    (changed / "resources.json").write_text(json.dumps(wanted))
    with Stack(data_folder, durable=True, project=changed) as stack:
        found = stack.client("dynamodb").query(
            TableName="triggeriq-local-claims",
            IndexName="by_sk",
            KeyConditionExpression="sk = :sk",
            ExpressionAttributeValues={":sk": {"S": "b"}},
        )
    assert found["Items"] == [row]


def test_a_save_waits_for_no_slow_request():
    gate = Gate()
    with gate.passed(), gate.closed(0.01) as empty:
        assert not empty
    with gate.closed(0.01) as empty:
        assert empty
    assert gate.changed
