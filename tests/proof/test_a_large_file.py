"""A packed file of a gigabyte becomes feedback in the memory that one of a hundred megabytes takes, over
several invocations, of which each fetches no more than what is new to it."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.intake.file_import import Import, import_id
from chalicelib.services.dynamodb.imports import DynamoImports
from local.catalogue import named
from local.stack import Stack
from tests.proof.progress import Progress

ROW = 20_000
"""Bytes of a row, roughly."""
STRETCHES = 4
MEGABYTE = 1_000_000
MOST_MORE = 20 * MEGABYTE
"""Bytes of memory that ten times the file may take beyond the smaller one: what two runs differ by."""

INVOCATION = """
import json, resource, sys
from dataclasses import replace
from chalicelib.bootstrap import Outside, UseCases
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.services.external import observe
from chalicelib.services.s3 import PIECE
from chalicelib.settings import from_env

class Discarding:
    sent = 0

    def send(self, messages):
        self.sent += len(messages)

id, rows = sys.argv[1], int(sys.argv[2])
use = UseCases(Outside(from_env({"TRIGGERIQ_STAGE": "local", "TRIGGERIQ_FUNCTION": "files"})))
feedback, pieces, asked = Discarding(), [], iter(range(10**9))
observe(lambda name: pieces.append(name) if name == "blobs.read" else None)
read = replace(use.intake.read_file, feedback=feedback, files=Discarding())
read(FileJob(id), lambda: 600.0 if next(asked) < rows else 1.0)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"sent": feedback.sent, "fetched": len(pieces) * PIECE, "peak": peak}))
"""
"""One invocation of `files` in a process of its own, with time for so many rows."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


def test_a_gigabyte_takes_no_more_memory_than_a_tenth_of_it(stack: Stack) -> None:
    small, large = (read(stack, megabytes) for megabytes in (100, 1_000))
    assert max(one["peak"] for one in large) - max(one["peak"] for one in small) < MOST_MORE


def read(stack: Stack, megabytes: int) -> list[dict[str, int]]:
    """What each invocation took until the file was read."""
    rows = megabytes * MEGABYTE // ROW
    held = uploaded(stack, f"reviews/csv/c/{megabytes}.csv.gz", rows)
    imports = DynamoImports(stack.client("dynamodb"), named("imports"), lambda: datetime.now(UTC))
    imports.register(held)
    progress, taken = Progress(f"rows of {megabytes} MB", rows), []
    while not (now := imports.find(held.id) or held).over:
        environment = {**stack.environment, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-c", INVOCATION, held.id, str(rows // STRETCHES)]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        taken.append(json.loads(done.stdout))
        progress.tell(sum(one["sent"] for one in taken))
    assert (now.status, now.read, now.made) == ("done", rows, rows)
    assert sum(one["sent"] for one in taken) == rows
    whole = megabytes * MEGABYTE
    assert all(one["fetched"] < 1.5 * whole / STRETCHES + MEGABYTE for one in taken[1:])
    return taken


def uploaded(stack: Stack, key: str, rows: int) -> Import:
    chance = random.Random(7)
    texts = [" ".join(f"{chance.getrandbits(30):x}" for _ in range(ROW // 8)) for _ in range(100)]
    s3 = stack.client("s3")
    with tempfile.TemporaryFile() as file:
        with gzip.open(file, "wb", 1) as packed:
            packed.write(b"id,text\n")
            for row in range(rows):
                packed.write(f"{row:09},{texts[row % 100][: ROW - 11]}\n".encode())
        size = file.tell()
        file.seek(0)
        etag = s3.put_object(Bucket=named("uploads"), Key=key, Body=file)["ETag"].strip('"')
    now: dict[str, Any] = dict.fromkeys(("registered_at", "modified_at", "updated_at"), datetime.now(UTC))
    return Import(
        id=import_id(named("uploads"), key, etag), source="csv", connection="c", bucket=named("uploads"),
        key=key, etag=etag, size=size, **now,
    )  # fmt: skip
