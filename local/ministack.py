"""MiniStack, the other local AWS: where thousands of messages wait, it is a hundred times as fast as moto.

It runs in a process and a virtual environment of its own, since it needs another botocore than the app. `make
ministack` makes that environment. It keeps nothing: what it holds is lost when it ends.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from local import processes
from local.catalogue import ACCOUNT, REGION
from local.ports import free_port, is_free, taken
from local.processes import StartError
from local.state import PROJECT

PYTHON = PROJECT / ".venv" / "ministack" / "bin" / "python"
HOST = "127.0.0.1"
START_SECONDS = 30
STOP_SECONDS = 5
NOTICE = "the local AWS is MiniStack, which keeps nothing: what it holds is gone when this run ends"


class MiniStack:
    """log: the file for its output. It must be started by a thread that lives as long as it does: Linux ends
    a child with the thread that started it."""

    def __init__(self, log: Path, python: Path = PYTHON) -> None:
        self._log, self._python = log, python
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, port: int) -> None:
        """Returns at once; wait() says when it answers. port: 0 takes any free one. Raises StartError if the
        port is taken, or if MiniStack is not installed."""
        if not self._python.exists():
            raise StartError("MiniStack is not installed: run `make ministack`")
        if port and not is_free(port):
            raise StartError(taken(port, "LOCAL_AWS_PORT"))
        self._port = port or free_port()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(self._python), "-m", "ministack"],
                cwd=self._log.parent,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: processes.die_with_parent(signal.SIGKILL),
            )

    def wait(self) -> int:
        """The port, once it answers there. Raises StartError with the end of its log."""
        if not processes.wait_for(lambda: self._answers() or not self.running, START_SECONDS):
            self.stop()
        if not self.running:
            end = self._log.read_text(errors="replace")[-2000:]
            raise StartError(f"MiniStack did not start. The end of {self._log}:\n{end}")
        return self._port

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection((HOST, self._port), timeout=1).close()
        except OSError:
            return False
        return True

    def _environment(self) -> dict[str, str]:
        """An environment without anything of this process's that could lead it to a real account or another
        folder."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
        return kept | {
            "BIND_HOST": HOST,  # else it listens on every interface
            "MINISTACK_HOST": HOST,
            "GATEWAY_PORT": str(self._port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "SERVICES": "dynamodb,events,kms,s3,secretsmanager,sqs,ssm,sts",
            "LOG_LEVEL": "WARNING",
        }
