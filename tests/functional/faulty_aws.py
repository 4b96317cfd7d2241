"""The local AWS behind a door that a test may jam: for a service, for one operation, or for single
entries of a batch. Everything else passes through as it is."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

S3 = "S3"
"""What the operations of S3, which is addressed by paths, are called here."""


class FaultyAws:
    """A proxy on a port of its own. Operations are named as in the header X-Amz-Target, such as
    "DynamoDB_20120810.PutItem", "AmazonSQS.SendMessageBatch", "AWSEvents.PutEvents"; S3 as one."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.down: set[str] = set()
        self.hanging: set[str] = set()
        self.refuse_entries: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="faulty AWS", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def outage(self, *operations: str) -> Iterator[None]:
        """All operations whose names begin so answer 503."""
        self.down |= set(operations)
        try:
            yield
        finally:
            self.down -= set(operations)

    @contextmanager
    def silence(self, *operations: str) -> Iterator[None]:
        """All operations whose names begin so take the request and never answer."""
        self.hanging |= set(operations)
        try:
            yield
        finally:
            self.hanging -= set(operations)

    @contextmanager
    def refusing_entries(self, operation: str, times: int = 10**6) -> Iterator[None]:
        """The last entry of each of the next `times` batches is refused; the others go through."""
        self.refuse_entries[operation] = times
        try:
            yield
        finally:
            del self.refuse_entries[operation]

    def takes_entry_from(self, operation: str) -> bool:
        if self.refuse_entries.get(operation, 0) <= 0:
            return False
        self.refuse_entries[operation] -= 1
        return True


def _handler(aws: FaultyAws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            operation = self.headers.get("X-Amz-Target", S3)
            if any(operation.startswith(name) for name in aws.down):
                self._send(503, {"Content-Type": "application/json"}, b'{"__type": "ServiceUnavailable"}')
                return
            while any(operation.startswith(name) for name in aws.hanging):
                time.sleep(0.05)  # the caller has long gone when it ends
            refused: Any = None
            if "Entries" in body.decode("utf-8", "replace") and aws.takes_entry_from(operation):
                request = json.loads(body)
                refused = request["Entries"].pop()
                if not request["Entries"]:
                    self._send(200, {}, json.dumps(_with_refusal(operation, {}, refused)).encode())
                    return
                body = json.dumps(request).encode()
            status, headers, answer = self._forward(body)
            if refused is not None:
                answer = json.dumps(_with_refusal(operation, json.loads(answer), refused)).encode()
            self._send(status, headers, answer)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 - http.server's names

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", aws.port, timeout=60)
            headers = {k: v for k, v in self.headers.items() if k.lower() != "content-length"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            return answer.status, dict(answer.getheaders()), content

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in (
                    "content-length",
                    "connection",
                    "transfer-encoding",
                    "date",
                    "server",
                ):
                    self.send_header(name, value)
            length = headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(body))
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    return Handler


def _with_refusal(operation: str, answer: dict[str, Any], refused: dict[str, Any]) -> dict[str, Any]:
    """The service's own way to say that one entry failed."""
    if operation == "AWSEvents.PutEvents":
        entries = [*answer.get("Entries", []), {"ErrorCode": "InternalFailure", "ErrorMessage": "refused"}]
        return {"FailedEntryCount": 1, "Entries": entries}
    failed = [{"Id": refused["Id"], "SenderFault": False, "Code": "InternalError", "Message": "refused"}]
    return {"Successful": answer.get("Successful", []), "Failed": failed}
