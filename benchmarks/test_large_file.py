"""Large files. One of 200 MB is read in flat memory from the local S3, CSV and App Store JSON. Rows are read,
parsed and put on the queue, beside a bare csv reader that makes the same calls of SQS. And reading goes on in
a packed file, beside the stretch that unpacked it.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO, TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from benchmarks.conftest import SideBySide
from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.pipeline.intake.backlog import Backlog
from chalicelib.pipeline.intake.read_file import ReadFile
from chalicelib.services import aws
from chalicelib.services.aws import client
from chalicelib.services.dynamodb.imports import DynamoImports
from chalicelib.services.dynamodb.items import to_item
from chalicelib.services.external import observe
from chalicelib.services.sqs import SqsQueue
from local.stack import Stack
from plugins.sources.csv_upload import CsvUpload
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeConnections,
    FakeImports,
    FakeMetrics,
    FakeQuarantine,
    FakeQueue,
    FakeSources,
    etag_of,
    now,
    plenty,
)

MEGABYTES = int(os.environ.get("BENCHMARK_MEGABYTES", "200"))
BUCKET = "triggeriq-local-uploads"
WORDS = ["the", "app", "closes", "crashes", "login", "order", "page", "since", "update", "please", "slow"]

READ = """
import json, resource, sys, time
from datetime import UTC, datetime
from chalicelib.bootstrap import Outside
from chalicelib.pipeline.intake.unpack import unpacked
from chalicelib.settings import from_env
from triggeriq import Connection, Feedback, FileHint, Nothing

source, key = sys.argv[1:]
outside = Outside(from_env({"TRIGGERIQ_STAGE": "local", "TRIGGERIQ_FUNCTION": "files"}))
reader = outside.registry.find(source)
hint = FileHint(name=key.rsplit("/", 1)[-1], modified_at=datetime.now(UTC))
rows = first = 0
begun = time.perf_counter()
with outside.uploads.open(key) as stored:
    file = unpacked(stored, key, 10**12)
    for mark, item in reader.read(file.stream, hint, None, Connection(source=source)):
        if isinstance(item, Nothing):
            continue
        assert isinstance(item, Feedback), item
        rows += 1
        if rows == 10_000:
            first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
seconds = time.perf_counter() - begun
last = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"rows": rows, "seconds": seconds, "early": first / 1024, "peak": last / 1024}))
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


def said(random: random.Random) -> str:
    return " ".join(random.choices(WORDS, k=40))


def csv_row(number: int, random: random.Random) -> bytes:
    return f'r{number},{random.randint(1, 5)},"{said(random)}, said ""A"""\n'.encode()


def json_item(number: int, random: random.Random) -> bytes:
    attributes = {"rating": random.randint(1, 5), "title": "T", "body": said(random), "territory": "USA"}
    item = {"type": "customerReviews", "id": f"r{number}", "attributes": attributes}
    return (b"," if number else b"") + json.dumps(item).encode()


@pytest.mark.parametrize(
    ("source", "name", "row", "head", "tail"),
    [
        ("csv", "reviews.csv", csv_row, b"id,rating,text\n", b""),
        ("app_store", "reviews.json", json_item, b'{"data":[', b'],"links":{}}'),
    ],
    ids=["csv", "app_store"],
)
def test_large_file(
    benchmark: Any,
    note: Callable[..., None],
    stack: Stack,
    source: str,
    name: str,
    row: Callable[[int, random.Random], bytes],
    head: bytes,
    tail: bytes,
) -> None:
    key, seeded, made = f"reviews/{source}/bench/{name}", random.Random(7), 0
    with tempfile.TemporaryFile() as file:
        file.write(head)
        while file.tell() < MEGABYTES * 1_000_000:
            file.write(row(made, seeded))
            made += 1
        file.write(tail)
        size = file.tell()
        file.seek(0)
        stack.client("s3").put_object(Bucket=BUCKET, Key=key, Body=file)
    environment = {**stack.environment, "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", READ, source, key]
    read = benchmark.pedantic(
        lambda: subprocess.run(command, env=environment, capture_output=True, check=True), rounds=1
    )
    stack.client("s3").delete_object(Bucket=BUCKET, Key=key)
    figures = json.loads(read.stdout)
    assert figures["rows"] == made
    note(
        megabytes=size / 1e6,
        rows=made,
        rows_a_second=made / figures["seconds"],
        memory_after_10000_rows_MB=figures["early"],
        memory_at_its_peak_MB=figures["peak"],
    )


# ---- onto the queue --------------------------------------------------------------------------------

ROWS = 5_000
QUEUE = "triggeriq-local-feedback"
HELD = Import(
    id="5f3a9c1e7b2d4860a1c2e3f405162738", source="csv", connection="bench", bucket="b",
    key="reviews/csv/bench/reviews.csv", etag="", size=0, registered_at=NOW, modified_at=NOW, updated_at=NOW,
)  # fmt: skip


def table(rows: int) -> bytes:
    seeded = random.Random(7)
    return b"id,rating,text\n" + b"".join(csv_row(number, seeded) for number in range(rows))


class AtOnce:
    """What AWS answers, for each call that puts a file's rows on the queue."""

    def __init__(self, etag: str) -> None:
        row = {"id": HELD.id, "kind": "file", "connections": ["csv/bench"], "expires_at": 2**40}
        row |= {field: getattr(HELD, field) for field in ("source", "connection", "bucket", "key", "size")}
        row |= {
            "status": "registered",
            "registered_at": NOW.isoformat(),
            "modified_at": NOW.isoformat(),
            "etag": etag,
        }
        self._row = {"Item": to_item({**row, "updated_at": NOW.isoformat()})}

    def send(self, sent: AWSPreparedRequest) -> AWSResponse:
        target = sent.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        return AWSResponse(sent.url, 200, {}, BytesIO(json.dumps(self._answer(operation, sent)).encode()))

    def _answer(self, operation: str, sent: AWSPreparedRequest) -> Any:
        match operation:
            case "GetQueueUrl":
                return {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/feedback"}
            case "GetQueueAttributes":
                return {"Attributes": {"ApproximateNumberOfMessages": "0"}}
            case "SendMessageBatch":
                entries = json.loads(sent.body)["Entries"]
                return {
                    "Successful": [
                        {"Id": one["Id"], "MessageId": "m", "MD5OfMessageBody": "x"} for one in entries
                    ]
                }
            case "UpdateItem":
                return {"Attributes": self._row["Item"]}
        return self._row


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    answers = AtOnce(etag_of(table(ROWS)))
    for name, value in (("DEFAULT_REGION", "us-east-1"), ("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr(URLLib3Session, "send", lambda session, sent: answers.send(sent))
    monkeypatch.setattr(AWSResponse, "content", property(lambda answer: answer.raw.getvalue()))
    return answers


class Contenders:
    """Both put the rows of one table on the queue, ten at a time, and say how many. Ours also cleans each
    feedback, keeps its way back, and each hundred rows saves a checkpoint and asks how much waits."""

    def __init__(self, rows: int, imports: Any) -> None:
        self._rows, self._body = rows, table(rows)
        feedback = SqsQueue(client("sqs"), QUEUE)
        self._read = ReadFile(
            imports=imports,
            sources=FakeSources(CsvUpload()),
            connections=FakeConnections(),
            blobs=FakeBlobs({HELD.key: self._body}),
            artifacts=FakeBlobs(),
            feedback=feedback,
            files=feedback,
            quarantine=FakeQuarantine(),
            metrics=FakeMetrics(),
            now=now,
            unpacked_limit=10**9,
            backlog=Backlog(feedback, limit=10**9),
        )
        self._sqs = boto3.client("sqs")

    def ours(self) -> int:
        sent = 0

        def count(name: str) -> None:
            nonlocal sent
            sent += 10 * (name == "queue.send")

        end = observe(count)
        self._read(FileJob(HELD.id), plenty)
        end()
        return sent

    def bare_csv_reader(self) -> int:
        url = self._sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        lines = TextIOWrapper(BytesIO(self._body), encoding="utf-8", newline="")
        rows, sent = enumerate(csv.DictReader(lines), start=2), 0
        while batch := list(islice(rows, 10)):
            entries = [
                {"Id": str(line), "MessageBody": json.dumps({"source": "csv", "line": line, "feedback": row})}
                for line, row in batch
            ]
            sent += len(self._sqs.send_message_batch(QueueUrl=url, Entries=entries)["Successful"])
        return sent


def test_rows_onto_the_queue(side_by_side: SideBySide, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the local AWS, whose own time is nearly all of it."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    aws.forget()
    rows = 300
    held = replace(HELD, etag=etag_of(table(rows)), size=len(table(rows)))
    imports = FakeImports(held)
    contenders = Contenders(rows, imports)

    def unread() -> tuple[()]:
        imports.imports[held.id] = held
        return ()

    side_by_side(
        rounds=6,
        warm_up=1,
        setup=unread,
        check=lambda sent: sent == rows,
        ours=contenders.ours,
        bare_csv_reader=contenders.bare_csv_reader,
    )


def test_rows_onto_the_queue_but_for_aws(side_by_side: SideBySide, at_once: AtOnce) -> None:
    """All of botocore is run, but for the connection: each answer is there at once."""
    contenders = Contenders(ROWS, DynamoImports(client("dynamodb"), "imports", now))
    side_by_side(
        rounds=10,
        warm_up=1,
        check=lambda sent: sent == ROWS,
        ours=contenders.ours,
        bare_csv_reader=contenders.bare_csv_reader,
    )


# ---- the second stretch ----------------------------------------------------------------------------


def test_the_second_stretch_of_a_packed_file(note: Callable[..., None], benchmark: Any) -> None:
    """It reads no part of the file twice: its time is that of its rows, where the first unpacked the file."""
    body = gzip.compress(table(400_000), 1)
    feedback = FakeQueue()
    held = replace(HELD, etag=etag_of(body), size=len(body), key="reviews/csv/bench/reviews.csv.gz")
    read = ReadFile(
        imports=FakeImports(held),
        sources=FakeSources(CsvUpload()),
        connections=FakeConnections(),
        blobs=FakeBlobs({held.key: body}),
        artifacts=FakeBlobs(),
        feedback=feedback,
        files=FakeQueue(),
        quarantine=FakeQuarantine(),
        metrics=FakeMetrics(),
        now=now,
        unpacked_limit=10**9,
        backlog=Backlog(feedback, limit=10**9),
    )

    def stretch(rows: int) -> float:
        """Seconds until so many rows in all are on the queue."""
        begun = time.perf_counter()
        read(FileJob(held.id), lambda: 1.0 if len(feedback.sent) >= rows else 600.0)
        return time.perf_counter() - begun

    first = stretch(1_000)
    assert len(feedback.sent) == 1_000
    second = stretch(2_000)
    assert len(feedback.sent) == 2_000
    benchmark.pedantic(lambda: None, rounds=1)
    note(
        packed_MB=len(body) / 1e6,
        unpacked_MB=len(table(400_000)) / 1e6,
        first_stretch_ms=first * 1000,
        second_stretch_ms=second * 1000,
        second_to_first=second / first,
    )
