"""`make demo` finds the running system by its data folder, not by PORT, and has a ticket of each kind."""

from __future__ import annotations

import os
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
    assert "| to test this in 2 weeks. I will let you know then...\n" in done.stdout
    assert "and 60 lines that were written before" in done.stdout


def test_where_nothing_runs_it_says_what_to_do(tmp_path: Path) -> None:
    done = demo(tmp_path)
    assert done.returncode == 1
    assert done.stderr == (f"demo: nothing runs on the data in {tmp_path}: start it with `make run` first\n")
