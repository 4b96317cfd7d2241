"""A copy of the project whose app.py is the stub beside this file, and the commands run in it."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local import aws, processes
from local.daemon import Status, read_status
from local.ports import free_port
from local.reload import FOLDERS
from local.stack import Stack
from local.state import PROJECT, State

SECONDS = 30
COPIED = ("local", "chalicelib", "triggeriq", "plugins", ".chalice/config.json", "resources.json")
STUB = Path(__file__).with_name("stub_app.py")


def make_project(folder: Path) -> Path:
    for name in COPIED:
        source, target = PROJECT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "models"))
        else:
            shutil.copy(source, target)
    shutil.copy(STUB, folder / "app.py")
    functions = json.loads((PROJECT / "functions.json").read_text())
    functions["ingest"]["timeout"] = 1
    (folder / "functions.json").write_text(json.dumps(functions))
    for name in FOLDERS:  # as `make run` does, which then finds it done
        compileall.compile_dir(folder / name, quiet=2)
    return folder


@pytest.fixture(scope="session")
def shared_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    return make_project(tmp_path_factory.mktemp("stub") / "project")


@pytest.fixture
def project(shared_project: Path, tmp_path: Path) -> Path:
    """One of the test's own. Of the functions that only wait there is one: each is a process to start."""
    folder = shutil.copytree(shared_project, tmp_path / "project")
    functions = json.loads((folder / "functions.json").read_text())
    for name in ("files", "process", "sweep"):
        del functions[name]
    (folder / "functions.json").write_text(json.dumps(functions))
    return folder


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """A place that root's PostgreSQL reaches too, which pytest's folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="triggeriq-"))
    yield folder
    shutil.rmtree(State(folder).sockets, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def stack(shared_project: Path) -> Iterator[Stack]:
    """Stores for the tests that only look at them or at what goes through; a queue's visibility is 1 s."""
    with Stack(time_scale=0.003, project=shared_project) as stack:
        yield stack


class Run:
    """`python -m local` in a project of its own: what `make run` becomes."""

    def __init__(self, project: Path, data_folder: Path, **settings: str) -> None:
        self.state = State(data_folder)
        self.port, self.aws_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output_file = project.parent / f"output-{self.port}"
        environment = {
            **os.environ,
            "LOCAL_STATE": str(data_folder),
            "PORT": str(self.port),
            "LOCAL_AWS_PORT": str(self.aws_port),
            "STUB_RECORD": str(project.parent / "record"),
            **settings,
        }
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "local"],
                cwd=project,
                env=environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=SECONDS) as answer:
            return json.load(answer)

    def answers(self) -> bool:
        try:
            self.get("/health")
        except OSError:
            return False
        return True

    def until_up(self) -> Run:
        ended = self.process.poll
        assert processes.wait_for(lambda: self.answers() or ended() is not None, SECONDS), self.output
        assert ended() is None, self.output
        return self

    @property
    def status(self) -> Status:
        status = read_status(self.state)
        assert status is not None
        return status

    def client(self, service: str) -> Any:
        return aws.client(service, self.aws_port)

    def processes(self) -> dict[str, int]:
        """The process ids of one of each kind."""
        pid_file = self.state.database / "postmaster.pid"
        [worker] = children(self.process.pid)
        return {
            "parent": self.process.pid,
            "worker": worker,
            "function": children(worker)[-1],
            "daemon": self.status.pid,
            "postgres": int(pid_file.read_text().splitlines()[0]),
        }

    def everything(self) -> set[int]:
        """Every process of this run, found by descent."""
        found = {self.process.pid, self.status.pid}
        while more := {child for pid in found for child in children(pid)} - found:
            found |= more
        return found

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(SECONDS)
        processes.wait_for(lambda: not processes.is_locked(self.state.lock), SECONDS)


def children(pid: int) -> list[int]:
    output = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split() for line in output.splitlines()]
    return [int(child) for child, parent, stat in rows if int(parent) == pid and not stat.startswith("Z")]


@pytest.fixture
def run(project: Path, data_folder: Path) -> Iterator[Callable[..., Run]]:
    """Starts a run; each is stopped after the test."""
    runs: list[Run] = []

    def start(**settings: str) -> Run:
        runs.append(Run(project, data_folder, **settings))
        return runs[-1]

    yield start
    for one in runs:
        one.stop()
