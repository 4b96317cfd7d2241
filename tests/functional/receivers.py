"""Receivers of deliveries: one server on 127.0.0.1, whose paths each answer as a test says."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self


class Got(NamedTuple):
    """One request, as it came."""

    at: float
    """time.time() when it was there whole."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")


class Says(NamedTuple):
    """What a receiver answers."""

    status: int = 200
    after: float = 0.0
    """Seconds."""
    headers: Mapping[str, str] = {}
    reset: bool = False
    """Whether it breaks the connection instead."""


OK = Says()
Behaviour = Callable[[int], Says]
"""What a path answers to its so-manieth request, counted from 1."""


class Receivers:
    """They listen within its `with`; what came is in `got`, by path."""

    def __init__(self) -> None:
        self.got: dict[str, list[Got]] = defaultdict(list)
        self._behave: dict[str, Behaviour] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._over = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def at(self, path: str, behave: Behaviour | Says = OK) -> str:
        """The URL of a path, which answers so from now on."""
        self._behave[path] = behave if callable(behave) else lambda _: behave
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def ids(self, path: str) -> list[str]:
        with self._lock:
            return [one.id for one in self.got[path]]

    def _answer(self, path: str, got: Got) -> Says:
        with self._lock:
            self.got[path].append(got)
            count = len(self.got[path])
        says = self._behave.get(path, lambda _: Says(404))(count)
        self._over.wait(says.after)
        return says

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            timeout = 60

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                says = answer(self.path, Got(time.time(), headers, body))
                if says.reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    self.close_connection = True
                    return
                self.send_response(says.status)
                for name, value in {**says.headers, "Content-Length": "2"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: Any) -> None:
                """What came is in `got`."""

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever sends may be killed in the middle."""
