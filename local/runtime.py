"""Runs an unpacked package as Lambda does: with AWS's own runtime interface client (awslambdaric), nothing
else on the path, and nothing else in the environment.

with Runtime(folder, "app.app", {"TRIGGERIQ_FUNCTION": "api"}) as runtime:
    runtime.invoke(event)

Linux only: elsewhere awslambdaric has no wheel.
"""

from __future__ import annotations

import atexit
import importlib.metadata
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from local.catalogue import ACCOUNT, REGION
from local.invocation import FunctionFailed, NotImportable
from local.runtime_api import Reached, RuntimeApi

START_SECONDS = 60.0
GRACE_SECONDS = 5.0
"""How long an answer is still awaited after the function's time is over."""
CLIENT = ("awslambdaric", "simplejson", "snapshot_restore_py")
"""The distributions that Lambda has in /var/runtime beside the function."""
START = "import sys; from awslambdaric.__main__ import main; main(sys.argv)"


class Cost(NamedTuple):
    """What a process had used when it last waited."""

    wall: float
    """Seconds since it was started."""
    cpu: float
    """Seconds of a processor."""
    rss: int
    """Bytes of memory."""


class Runtime:
    """One process of a function.

    folder: the unpacked package. handler: "module.name". settings: environment variables beside Lambda's own.
    prefix: a command that runs the interpreter (valgrind, setpriv). snapstart: wait in the snapshot until
    restore(). last: what the process had cost when it last waited.
    """

    def __init__(
        self,
        folder: Path,
        handler: str,
        settings: Mapping[str, str] | None = None,
        *,
        name: str = "triggeriq-local-function",
        memory: int = 512,
        timeout: float = 30.0,
        snapstart: bool = False,
        prefix: Sequence[str] = (),
    ) -> None:
        self.arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        self._folder, self._handler, self._timeout = folder, handler, timeout
        self._command = [*prefix, sys.executable, "-S", "-P", "-c", START, handler]
        self._settings = _environment(folder, handler, name, memory, snapstart) | dict(settings or {})
        self._api = RuntimeApi(self._cost)
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - stop() closes it
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._started = 0.0
        self.last = Cost(0.0, 0.0, 0)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:  # __exit__ is not called then
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Returns when the function has asked for its first event, or waits in its snapshot. Raises
        NotImportable with what the runtime reported, as CloudWatch and the deployment would show it."""
        self._started = time.perf_counter()
        with self._starting:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,
                env={**self._settings, "AWS_LAMBDA_RUNTIME_API": self._api.address},
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                process_group=0,
            )
        reached = self._wait(time.monotonic() + START_SECONDS, "next", "restore", "init/error")
        if reached.step == "init/error":
            self._process.wait(START_SECONDS)
            raise NotImportable(**_error(reached))
        self.last = reached.seen

    def restore(self, processes: int = 1) -> None:
        """Returns when the function, restored from its snapshot, has asked for its first event. processes:
        how many processes were restored from it."""
        self._api.restore()
        until = time.monotonic() + START_SECONDS
        for _ in range(processes):
            reached = self._wait(until, "next", "restore/error")
            if reached.step == "restore/error":
                raise FunctionFailed(**_error(reached))
            self.last = reached.seen

    def invoke(self, event: Any, trace: str = "") -> Any:
        """The function's result. Raises FunctionFailed if it raised or ended. Raises TimeoutError, after the
        process was ended."""
        return self.invoke_each([event], trace)[0]

    def invoke_each(self, events: Sequence[Any], trace: str = "") -> list[Any]:
        """The results of several events at the same time, one for each process. Raises as `invoke` does."""
        if self._process is None:
            raise FunctionFailed("Runtime.ExitError", "the process was ended")
        asked = self._api.invoke_each(events, self.arn, self._timeout, trace)
        until = time.monotonic() + self._timeout + GRACE_SECONDS
        try:
            reached = [self._wait(until, "response", "error", "next") for _ in range(2 * len(events))]
        except TimeoutError:
            self.end()  # else its late answer would count as that of the next event
            raise
        self.last = reached[-1].seen
        answered = {one.request_id: one for one in reached if one.step != "next"}
        for request_id in asked:
            if answered[request_id].step == "error":
                raise FunctionFailed(**_error(answered[request_id]))
        return [json.loads(answered[request_id].body) for request_id in asked]

    def output(self) -> str:
        """What the function has written to stdout and stderr so far: its log."""
        file = self._output.fileno()  # the process shares the file's position
        return os.pread(file, os.fstat(file).st_size, 0).decode(errors="replace")

    def stop(self) -> None:
        """Ends the process and forgets its output."""
        self.end()
        self._api.close()
        self._output.close()

    def end(self) -> None:
        """Ends the process by SIGTERM, so that it may still write what it has counted."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait()
            self._process = None

    def _wait(self, until: float, *steps: str) -> Reached:
        while True:
            try:
                reached = self._api.reached.get(timeout=0.2)
            except queue.Empty:
                if self._process is not None and self._process.poll() is not None:
                    message = f"the process ended with status {self._process.returncode}: {self.output()}"
                    raise FunctionFailed("Runtime.ExitError", message) from None
                if time.monotonic() > until:
                    raise TimeoutError(f"no {' or '.join(steps)} in time: {self.output()}") from None
                continue
            if reached.step in steps:
                return reached

    def _cost(self) -> Cost:
        """What the process has used, read while it waits. Its processor clock is made as glibc's
        clock_getcpuclockid does for a pid."""
        with self._starting:  # the process may have asked before Popen returned
            pid = self.pid
        cpu = time.clock_gettime((~pid << 3) | 2)
        rss = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return Cost(time.perf_counter() - self._started, cpu, rss)


def _error(reached: Reached) -> dict[str, Any]:
    error = json.loads(reached.body)
    return {"kind": error["errorType"], "message": error["errorMessage"], "trace": error["stackTrace"]}


def _environment(folder: Path, handler: str, name: str, memory: int, snapstart: bool) -> dict[str, str]:
    """What Lambda sets. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html"""
    return {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": os.pathsep.join((str(folder), str(client_folder()))),
        "LAMBDA_TASK_ROOT": str(folder),
        "LAMBDA_RUNTIME_DIR": str(client_folder()),
        "_HANDLER": handler,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start" if snapstart else "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2000/01/01/[1]0123456789abcdef0123456789abcdef",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    }


@cache
def client_folder() -> Path:
    """A folder with the runtime interface client and what it needs. It has links into this environment, where
    there is much else."""
    folder = Path(tempfile.mkdtemp(prefix="triggeriq-runtime-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in CLIENT:
        distribution = importlib.metadata.distribution(name)
        tops = {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}
        for top in tops:
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder
