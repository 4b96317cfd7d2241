"""The process of one event function. As in Lambda it works in the main thread, on one event at a time.

    python -m local.worker FUNCTION --requests FD --replies FD --parent PID     in the project's folder

It reads and writes lines of JSON on two pipes of its own, so that stdout and stderr belong to the app:
    in   {"request_id": …, "event": …}
    out  {"ready": true} once app.py is imported, then for each event {"result": …} or {"error": {…}}
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import select
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from local import processes, terminal
from local.catalogue import Function, load_functions, named


class Context:
    """What Lambda passes to a handler beside the event; the attributes have AWS's names."""

    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, function: Function, request_id: str) -> None:
        self.aws_request_id = request_id
        self.function_name = named(function.name)
        self.memory_limit_in_mb = str(function.memory)
        self.invoked_function_arn = function.arn
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = str(os.getpid())
        self._deadline = time.monotonic() + function.timeout

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def describe(error: BaseException) -> dict[str, Any]:
    """An error in the form in which Lambda reports it."""
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_exception(error),
    }


def leave_with_parent(requests: int, parent: int) -> None:
    """Ends this process at once when its parent has ended, even in the middle of an event.

    A thread notices that the other end of the pipe was closed. It can't run while a regular expression or
    other C code holds the interpreter's lock; on Linux the kernel then ends the process.
    """
    processes.die_with_parent(signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    hang_up = select.poll()
    hang_up.register(requests, 0)

    def watch() -> None:
        while not hang_up.poll(1000) and os.getppid() == parent:
            pass
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("function")
    for name in ("requests", "replies", "parent"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    leave_with_parent(options.requests, options.parent)
    terminal.install(os.environ, options.function)
    function = load_functions(Path.cwd())[options.function]

    replies = os.fdopen(options.replies, "w", encoding="utf-8")

    def reply(**answer: Any) -> None:
        replies.write(json.dumps(answer) + "\n")
        replies.flush()

    module, _, name = function.handler.rpartition(".")
    try:
        handler = getattr(importlib.import_module(module), name)
    except BaseException as error:
        reply(error=describe(error))
        return 1
    reply(ready=True)
    for line in os.fdopen(options.requests, encoding="utf-8"):
        request = json.loads(line)
        try:
            result = handler(request["event"], Context(function, request["request_id"]))
            answer = {"result": json.loads(json.dumps(result))}
        except Exception as error:
            answer = {"error": describe(error)}
        reply(**answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
