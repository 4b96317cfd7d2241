"""Lambda's Runtime API on loopback: hands out invocations and takes their results.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import http.server
import json
import queue
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Self

VERSION = "/2018-06-01/runtime/"


class Reached(NamedTuple):
    """One request of a runtime."""

    step: str
    """"next", "restore" (both wait for an answer), "response", "error", "init/error" or "restore/error"."""
    request_id: str
    body: bytes
    at: float
    """time.perf_counter()."""
    seen: Any
    """What `look` returned."""


class Answer(NamedTuple):
    headers: Mapping[str, str]
    body: bytes
    together: threading.Barrier
    """Where answers that go out at the same time wait for each other."""


class RuntimeApi:
    """The API for the processes of one function. address: host:port, for AWS_LAMBDA_RUNTIME_API.

    reached: the requests of the processes, in their order. look: called when one arrives, before it is
    answered: the process waits, so its clocks can be read.
    """

    def __init__(self, look: Callable[[], Any] = lambda: None) -> None:
        self.reached: queue.SimpleQueue[Reached] = queue.SimpleQueue()
        self.look = look
        self._answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
        self._waiting = 0
        api = self

        class Handler(_Handler):
            runtime_api = api

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the processes that still wait, and the port."""
        for _ in range(self._waiting):
            self._answers.put(None)
        self._server.shutdown()
        self._server.server_close()

    def invoke_each(
        self, events: Sequence[Any], function_arn: str, seconds: float, trace: str = ""
    ) -> list[str]:
        """Hand each event to another of the processes that ask for the next one; returns their request ids.

        seconds: until the deadline that the function sees. trace: an X-Ray trace header; empty makes one.
        """
        # No process has its event before all are taken: a quick one would come back and take the next, too.
        together = threading.Barrier(len(events))
        request_ids = [str(uuid.uuid4()) for _ in events]
        for event, request_id in zip(events, request_ids, strict=True):
            headers = {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": function_arn,
                "Lambda-Runtime-Trace-Id": trace or trace_header(),
                "Content-Type": "application/json",
            }
            self._answers.put(Answer(headers, json.dumps(event).encode(), together))
        return request_ids

    def restore(self) -> None:
        """Let a process that waits in its snapshot go on, as after a restore."""
        self._answers.put(Answer({}, b"", threading.Barrier(1)))

    def _next(self) -> Answer | None:
        self._waiting += 1
        try:
            answer = self._answers.get()
        finally:
            self._waiting -= 1
        if answer is not None:
            answer.together.wait()
        return answer


def trace_header() -> str:
    """A sampled X-Ray trace header.

    https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
    """
    return f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Parent={uuid.uuid4().hex[:16]};Sampled=1"


class _Handler(http.server.BaseHTTPRequestHandler):
    runtime_api: RuntimeApi
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        steps = {"invocation/next": "next", "restore/next": "restore"}
        step = steps.get(self.path.removeprefix(VERSION))
        if step is None:
            return self._reply(404)
        self._tell(step, "", b"")
        answer = self.runtime_api._next()
        if answer is None:  # nobody is there any more
            self.close_connection = True
            return None
        return self._reply(200, answer.body, answer.headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        what = self.path.removeprefix(VERSION)
        if what.startswith("invocation/"):
            _, request_id, step = what.split("/")
        else:
            request_id, step = "", what
        self._tell(step, request_id, body)
        self._reply(202, b'{"status":"OK"}\n')

    def _tell(self, step: str, request_id: str, body: bytes) -> None:
        api = self.runtime_api
        api.reached.put(Reached(step, request_id, body, time.perf_counter(), api.look()))

    def _reply(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass
