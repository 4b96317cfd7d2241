"""A review file of 200 MB, read in flat memory: CSV and App Store JSON, from the local S3."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack

MEGABYTES = int(os.environ.get("BENCHMARK_MEGABYTES", "200"))
BUCKET = "triggeriq-local-uploads"
WORDS = ["the", "app", "closes", "crashes", "login", "order", "page", "since", "update", "please", "slow"]

READ = """
import json, resource, sys, time
from datetime import UTC, datetime
from chalicelib.bootstrap import Outside
from chalicelib.pipeline.intake.unpack import unpacked, Counted
from chalicelib.settings import from_env
from triggeriq import Connection, Feedback, FileHint

source, key = sys.argv[1:]
outside = Outside(from_env({"TRIGGERIQ_STAGE": "local", "TRIGGERIQ_FUNCTION": "files"}))
reader = outside.registry.find(source)
hint = FileHint(name=key.rsplit("/", 1)[-1], modified_at=datetime.now(UTC))
rows = first = 0
begun = time.perf_counter()
with outside.uploads.open(key) as stored:
    stream = unpacked(Counted(stored), 10**12)
    for mark, item in reader.read(stream, hint, None, Connection(source=source)):
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
