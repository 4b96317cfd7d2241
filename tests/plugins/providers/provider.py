"""A server that speaks a provider's API, and answers otherwise where a test asks for it."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, urlsplit


class Asked(NamedTuple):
    """A request."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True)
class Given:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200) -> Given:
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


HTML = Given(200, b"<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})
SILENCE = Given(0)
"""Nothing at all, until the server ends."""


class Provider:
    """`with Provider() as provider:` it answers at `provider.address`. `asked` are the requests so far."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._instead: deque[Given | None] = deque()
        self._always: Given | None = None
        self._ended = threading.Event()

    def answer(self, asked: Asked) -> Given:
        raise NotImplementedError

    def instead(self, *given: Given | None) -> None:
        """Answer the next requests so; None: one of them as usual."""
        self._instead.extend(given)

    def always(self, given: Given | None) -> None:
        """Answer every request so; None: as usual again."""
        self._always = given

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def _do(self) -> None:
                parts = urlsplit(self.path)
                size = int(self.headers.get("Content-Length") or 0)
                asked = Asked(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(size),
                )
                provider.asked.append(asked)
                given = provider._given(asked)
                if given is SILENCE:
                    provider._ended.wait(30)
                    return
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self.wfile.write(given.body)

            do_GET = do_POST = _do  # noqa: N815 - so they are called there

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _given(self, asked: Asked) -> Given:
        if self._always is not None:
            return self._always
        instead = self._instead.popleft() if self._instead else None
        return instead or self.answer(asked)
