"""A webhook to its ticket in GET /tickets, through the whole running system; and its start."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.conftest import SideBySide
from local.application import Application
from local.ports import free_port
from local.stack import Stack
from local.state import ROOTS_FOLDER, is_root
from tests.functional.client import Client

PROJECT = Path(__file__).parents[1]
_ids = itertools.count()


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with Stack() as stack, Application(stack) as application:
        client = Client(application.url)
        client.connect("standard_webhooks", "bench")
        yield client


def test_webhook_to_ticket(side_by_side: SideBySide, client: Client) -> None:
    def whole_way(id: str) -> bool:
        assert client.webhook("bench", id, {"id": id, "text": "It crashes on start"}).status == 202
        until = time.monotonic() + 30
        while time.monotonic() < until:
            items = client.get("/tickets", connection="bench", limit=1)["items"]
            if items and items[0]["external_id"] == id:
                return True
        return False

    side_by_side(
        rounds=50, warm_up=5, setup=lambda: (f"msg_{next(_ids)}",), check=lambda there: there, ours=whole_way
    )


def test_start_to_first_200(side_by_side: SideBySide, tmp_path: Path) -> None:
    """`make run`, set up before, on data that is there already: from the command to /health."""
    folder = (ROOTS_FOLDER if is_root() else tmp_path) / f"bench-{os.getpid()}"
    environment = {
        **os.environ,
        "LOCAL_STATE": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "VIRTUAL_ENV": sys.prefix,
    }

    def start() -> int:
        port, aws_port = free_port(), free_port()
        ports = {"PORT": str(port), "LOCAL_AWS_PORT": str(aws_port)}
        process = subprocess.Popen(
            ["make", "--no-print-directory", "run"],
            cwd=PROJECT,
            env={**environment, **ports},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            return _first_answer(f"http://127.0.0.1:{port}/health")
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait()

    try:
        side_by_side(rounds=5, warm_up=1, check=lambda status: status == 200, ours=start)
    finally:
        subprocess.run(["make", "reset"], cwd=PROJECT, env=environment, check=False, capture_output=True)


def _first_answer(url: str, seconds: float = 60, ask: Callable[..., object] = urllib.request.urlopen) -> int:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except OSError:
            time.sleep(0.01)
    return 0
