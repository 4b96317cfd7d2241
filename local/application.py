"""TriggerIQ's own process for a test: `chalice local` on a stack that the test has started.

with Stack() as stack, Application(stack) as app:
    urllib.request.urlopen(f"{app.url}/health")
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from local import processes
from local.ports import free_port
from local.processes import StartError
from local.stack import Stack
from local.state import PROJECT

START_SECONDS = 60


class Application:
    """`chalice local --stage local --no-autoreload` on a free port, pump and event functions included.

    environment: settings to add to the stack's, e.g. {"TRIGGERIQ_PARK_SECONDS": "1"}.
    """

    def __init__(
        self, stack: Stack, environment: Mapping[str, str] | None = None, project: Path = PROJECT
    ) -> None:
        self._stack = stack
        self._added = dict(environment or {})
        self._project = project
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this does
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._output.close()

    @property
    def output(self) -> str:
        """What it has printed so far."""
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def start(self) -> None:
        """Returns when it answers. Raises StartError with what it printed."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        chalice = str(Path(sys.executable).with_name("chalice"))
        self._process = subprocess.Popen(
            [chalice, "local", "--stage", "local", "--no-autoreload", "--port", str(port)],
            cwd=self._project,
            env={**self._stack.environment, "PYTHONUNBUFFERED": "1", "LOG": "json", **self._added},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        process = self._process
        if not processes.wait_for(lambda: self._answers() or process.poll() is not None, START_SECONDS):
            self.stop()
        if process.poll() is not None:
            raise StartError(f"chalice local did not start:\n{self.output}")

    def stop(self) -> None:
        """Kills the process, as kill -9 does; its worker processes then end by themselves."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            return False
