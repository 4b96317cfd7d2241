"""`make demo` finds the running system by its data folder, not by PORT, has a ticket of each kind, and each
ticket's event arrives."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from local.application import Application
from local.stack import Stack
from local.state import PROJECT


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LOCAL_STATE": str(folder), "PORT": "1", "LOCAL_AWS_PORT": "1"}
    return subprocess.run(
        [sys.executable, "-m", "local.demo"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_demo_makes_a_ticket_in_every_way(running: Application, stack: Stack) -> None:
    done = demo(stack.state.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "21 tickets" in done.stdout
    assert "21 events arrived at http://127.0.0.1:" in done.stdout
    assert re.search(r"  ticket\.created  \S+  attempt 1  verified  → 200\n", done.stdout)
    assert "| to test this in 2 weeks. I will let you know then...\n" in done.stdout
    assert "and 60 lines that were written before" in done.stdout


def test_where_nothing_runs_it_says_what_to_do(tmp_path: Path) -> None:
    done = demo(tmp_path)
    assert done.returncode == 1
    assert done.stderr == (f"demo: nothing runs on the data in {tmp_path}: start it with `make run` first\n")
