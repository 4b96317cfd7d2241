"""A receiver of deliveries on this machine, as a subscriber would have one: it verifies what comes by the
library `standardwebhooks`, and answers."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from local.api import Api

BODY_LIMIT = 1_000_000
"""Bytes; TriggerIQ sends 256 KiB at most."""
SECONDS = 30.0
"""How long it waits for a request that does not go on."""
LONGEST = timedelta(days=1)
"""A subscription that a kill -9 leaves behind expires after so long."""


class Received(NamedTuple):
    """One request that came."""

    at: datetime
    id: str
    """Its `webhook-id`; "" where it has none."""
    attempt: int
    """How often that id has come, this time included."""
    body: bytes
    wrong: str | None
    """Why it is not verified; None: it is."""
    status: int
    """What it is answered with."""

    @property
    def event(self) -> Mapping[str, Any]:
        """The body's JSON object; empty where it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


class Receiver:
    """It listens from the beginning of its `with` until the end.

    tell: called with each request, before it is answered; one at a time. status_of: what to answer to the
    attempt of that number. delay: seconds until it answers. port: 0 takes a free one. secret: whsec_…, of the
    subscription; "" makes one. Raises ValueError for a secret that is none.
    """

    def __init__(
        self,
        tell: Callable[[Received], None],
        status_of: Callable[[int], int] = lambda attempt: 200,
        delay: float = 0.0,
        port: int = 0,
        secret: str = "",
    ) -> None:
        self.secret = secret or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        self._verifier = verifier(self.secret)
        self._tell, self._status_of, self._delay = tell, status_of, delay
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def _received(self, headers: Mapping[str, str], body: bytes) -> Received:
        id = headers.get("webhook-id", "")
        with self._lock:
            self._times[id] += 1
            attempt = self._times[id]
            fault = wrong(self._verifier, headers, body)
            received = Received(datetime.now(UTC), id, attempt, body, fault, self._status_of(attempt))
            self._tell(received)
        time.sleep(self._delay)
        return received

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receive = self._received

        class Handler(BaseHTTPRequestHandler):
            timeout = SECONDS

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not length.isdecimal() or int(length) > BODY_LIMIT:
                    self.send_error(411 if not length.isdecimal() else 413)
                    return
                body = self.rfile.read(int(length))
                if len(body) < int(length):
                    return  # whoever sent it has gone
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receive(headers, body).status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """What comes is told by `tell` alone."""

        return Handler


def verifier(secret: str) -> Webhook:
    """Raises ValueError, saying what a secret looks like."""
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        raise ValueError(
            "the secret is none: it is whsec_ and Base64, as its subscription was given it"
        ) from None


def wrong(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> str | None:
    """Why a request is not verified; None where it is."""
    try:
        webhook.verify(body, dict(headers), json_parse=False)
    except WebhookVerificationError as error:
        return str(error)
    except ValueError as error:  # not UTF-8, or no Base64 where it belongs
        return f"it can't be read: {error}"
    return None


@contextmanager
def subscribed(receiver: Receiver, api: Api, name: str, wanted: Mapping[str, Any]) -> Iterator[None]:
    """The receiver is told of what is wanted, as long as the `with` lasts. name: of a subscription that there
    is not yet. wanted: fields of it, such as types. Raises ApiError."""
    expires_at = (datetime.now(UTC) + LONGEST).isoformat()
    own = {"url": receiver.url, "secret": receiver.secret, "expires_at": expires_at}
    made = api("PUT", f"/subscriptions/{name}", {**own, **wanted})
    try:
        yield
    finally:
        api("DELETE", f"/subscriptions/{made['id']}")
