"""A provider that sends nothing by itself: a small server that gives reviews, two a page, to whoever knows
the token; and the plugin that fetches from it. The stores whose sources are built in have servers of their
own, in tests/plugins/providers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.plugins.providers.stores import Reviewed

TOKEN = "token-of-the-provider"
PLUGIN = """
    import json
    from dataclasses import dataclass
    from triggeriq import Feedback, Source, hookimpl
    from triggeriq.polling import Polled, PollFailed

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Settings:
        url: str
        credentials: str = ""

    class Reviews(Source):
        name = "reviews"
        settings = Settings
        poll_seconds = 60

        def poll(self, cursor, connection, http, deadline):
            after = cursor or "0"
            while http.now() < deadline:
                body = http.request(
                    "GET",
                    f"{connection.settings.url}/reviews?after={after}",
                    headers={"Authorization": f"Bearer {connection.credentials}"},
                ).body
                try:
                    page = json.loads(body)
                except ValueError:
                    raise PollFailed("the answer is no JSON")
                if not page["reviews"]:
                    return
                after = str(page["next"])
                yield Polled(body=body, cursor=after)

        def transform(self, received, connection):
            for review in json.loads(received.body)["reviews"]:
                yield Feedback(external_id=review["id"], kind="review", text=review["text"], rating=1)

    @hookimpl
    def register_sources(register):
        register(Reviews)
"""


class Said(NamedTuple):
    """What the provider answers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


Trouble = Callable[["Provider", int], Said]
"""What it answers instead of a page. It gets how many reviews the asker knows."""


class Provider:
    """reviews: their texts; they are named r1, r2, …, in the order in which they were written. trouble: what
    is wrong with it; None: nothing. asked: what each asker knew, by the number of reviews."""

    def __init__(self) -> None:
        self.reviews: list[str] = []
        self.trouble: Trouble | None = None
        self.asked: list[int] = []
        self.over = threading.Event()
        self.url = ""

    def answer(self, path: str, authorization: str) -> Said:
        after = int(parse_qs(urlsplit(path).query)["after"][0])
        self.asked.append(after)
        if self.trouble is not None:
            return self.trouble(self, after)
        if authorization != f"Bearer {TOKEN}":
            return Said(401, b'{"error": "a wrong token"}')
        return self.page(after)

    def page(self, after: int) -> Said:
        found = [
            {"id": f"r{number}", "text": text}
            for number, text in enumerate(self.reviews, 1)
            if number > after
        ][:2]
        return Said(200, json.dumps({"reviews": found, "next": after + len(found)}).encode())


@contextmanager
def providing() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = provider.answer(self.path, self.headers.get("Authorization", ""))
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        server.server_close()


def on_time(kind: type[Reviewed]) -> Reviewed:
    """The store whose clock is this machine's."""

    class OnTime(kind):  # type: ignore[misc, valid-type]
        now = property(lambda self: datetime.now(UTC), lambda self, now: None)

    return OnTime(datetime.now(UTC))
