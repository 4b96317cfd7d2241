"""A door before the local AWS: every call to it goes through the test's hands."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

S3 = "S3"
"""What the operations of S3, which is addressed by paths, are called here."""


class Asked(NamedTuple):
    """One call as it was signed and sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """As in the header X-Amz-Target, such as "DynamoDB_20120810.PutItem"."""
        return self.headers.get("X-Amz-Target", S3)


class Answered(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes


class AwsDoor:
    """A proxy on a port of its own; a subclass overrides `answer`. port: of the local AWS."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="door of the AWS", daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: Asked) -> Answered:
        return self.forward(asked)

    def forward(self, asked: Asked) -> Answered:
        """What the local AWS says to it."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {k: v for k, v in asked.headers.items() if k.lower() != "content-length"}
        connection.request(asked.method, asked.path, asked.body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return Answered(answer.status, dict(answer.getheaders()), content)


def _handler(door: AwsDoor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self._send(door.answer(Asked(self.command, self.path, self.headers, body)))

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _answer  # noqa: N815 - http.server's names

        def _send(self, answered: Answered) -> None:
            self.send_response(answered.status)
            ours = ("content-length", "connection", "transfer-encoding", "date", "server")
            for name, value in answered.headers.items():
                if name.lower() not in ours:
                    self.send_header(name, value)
            silent = self.command == "HEAD"
            length = answered.headers.get("Content-Length", "0") if silent else str(len(answered.body))
            self.send_header("Content-Length", length)
            self.end_headers()
            if not silent:
                self.wfile.write(answered.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    return Handler
