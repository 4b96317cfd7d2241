"""Invokes an event function in its worker process, which it starts, stops at the time-out, and replaces."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.catalogue import Function, named
from local.state import PROJECT

START_SECONDS = 60


class FunctionFailed(Exception):
    """The function gave no result. error: type, message and stack trace, in Lambda's form."""

    def __init__(self, kind: str, message: str, trace: list[str] | None = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.error = {"errorType": kind, "errorMessage": message, "stackTrace": trace or []}


class NotImportable(FunctionFailed):
    """app.py does not import in the function's process; nothing was invoked."""


class FunctionProcess:
    """One function's worker process. Used by one thread, which must live as long as the process:
    Linux ends a child with the thread that started it."""

    def __init__(self, function: Function, environment: Mapping[str, str], project: Path = PROJECT) -> None:
        self.function = function
        self._project = project
        self._environment = {
            **environment,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), environment.get("PYTHONPATH")))),
            "TRIGGERIQ_FUNCTION": function.name,
            "AWS_LAMBDA_FUNCTION_NAME": named(function.name),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._requests = self._replies = -1
        self._read = b""

    def ensure(self) -> None:
        """Starts the process if it does not run. Raises NotImportable with the reason."""
        if self._process is not None and self._process.poll() is None:
            return
        self.stop()
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        command = [sys.executable, "-m", "local.worker", self.function.name]
        command += ["--requests", str(requests), "--replies", str(replies), "--parent", str(os.getpid())]
        try:
            self._process = subprocess.Popen(
                command,
                cwd=self._project,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                pass_fds=(requests, replies),
                process_group=0,  # Ctrl-C must reach only the process that invokes
            )
        finally:
            os.close(requests)
            os.close(replies)
        try:
            self._receive(time.monotonic() + START_SECONDS)
        except FunctionFailed as failure:
            self.stop()
            raise NotImportable(**_arguments(failure)) from failure

    def invoke(self, event: Mapping[str, Any]) -> Any:
        """The function's result. Raises FunctionFailed if it raised, ended, or was cut at its time-out."""
        self.ensure()
        request = json.dumps({"request_id": str(uuid.uuid4()), "event": event}).encode() + b"\n"
        deadline = time.monotonic() + self.function.timeout
        try:
            self._send(request)
            return self._receive(deadline)
        except TimeoutError:
            self.stop()
            message = f"Task timed out after {self.function.timeout:.2f} seconds"
            raise FunctionFailed("Sandbox.Timedout", message) from None

    def stop(self) -> None:
        """Kills the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            os.close(self._requests)
            os.close(self._replies)
            self._read = b""

    def _send(self, request: bytes) -> None:
        try:
            while request:
                request = request[os.write(self._requests, request) :]
        except BrokenPipeError:
            pass  # the process ended; reading says so

    def _receive(self, deadline: float) -> Any:
        while b"\n" not in self._read:
            ready, _, _ = select.select([self._replies], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            chunk = os.read(self._replies, 1 << 20)
            if not chunk:
                code = self._process.wait() if self._process else 0
                self.stop()
                raise FunctionFailed("Runtime.ExitError", f"the process ended with exit status {code}")
            self._read += chunk
        line, _, self._read = self._read.partition(b"\n")
        answer = json.loads(line)
        if error := answer.get("error"):
            raise FunctionFailed(error["errorType"], error["errorMessage"], error["stackTrace"])
        return answer.get("result")


def _arguments(failure: FunctionFailed) -> dict[str, Any]:
    error = failure.error
    return {"kind": error["errorType"], "message": error["errorMessage"], "trace": error["stackTrace"]}
