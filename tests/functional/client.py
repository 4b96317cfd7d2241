"""TriggerIQ as its users see it: HTTP behind verbs, so that the tests read as stories."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
import urllib.parse
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from standardwebhooks import Webhook

T = TypeVar("T")

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes.").decode()
ZENDESK_SECRET = "zendesk-secret-of-the-tests"
KEY = "local-dev-key"
PATIENCE = 30.0
"""Seconds within which whatever is waited for must have happened."""


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def eventually(look: Callable[[], T], seconds: float = PATIENCE, every: float = 0.05) -> T:
    """What `look` gives once it is true. Fails with the last that it gave when time is up."""
    until = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < until, f"still {seen!r} after {seconds} s"
        time.sleep(every)
    return seen


class Client:
    """One HTTP client of a running TriggerIQ. url: its root."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, just as given."""
        connection = http.client.HTTPConnection(self._host, self._port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def call(self, method: str, path: str, value: Any = None, **headers: str) -> Answer:
        """One request with the developer's key; `value` goes as JSON."""
        given = {"X-Api-Key": KEY, **{name.replace("_", "-"): text for name, text in headers.items()}}
        if value is None:
            return self.send(method, path, headers=given)
        return self.send(
            method, path, json.dumps(value).encode(), {"Content-Type": "application/json", **given}
        )

    def get(self, path: str, **query: Any) -> Any:
        """The JSON that a GET gives; fails for any status but 200."""
        answer = self.call("GET", path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else ""))
        assert answer.status == 200, answer
        return answer.json

    def connect(
        self, source: str, connection: str = "default", secret: str = SECRET, **settings: Any
    ) -> None:
        answer = self.call(
            "PUT", f"/connections/{source}/{connection}", {"secrets": [secret], "settings": settings}
        )
        assert answer.status == 200, answer

    def webhook(self, connection: str, id: str, data: Mapping[str, Any], secret: str = SECRET) -> Answer:
        """A Standard Webhooks message, signed by the scheme's own library."""
        body = json.dumps({"type": "feedback.created", "data": dict(data)})
        return self.signed_webhook(connection, id, body.encode(), secret)

    def signed_webhook(self, connection: str, id: str, body: bytes, secret: str = SECRET) -> Answer:
        headers = signed(id, body, secret)
        return self.send("POST", f"/webhooks/standard_webhooks/{connection}", body, headers)

    def zendesk(self, connection: str, event: Mapping[str, Any], secret: str = ZENDESK_SECRET) -> Answer:
        body = json.dumps(dict(event)).encode()
        time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = hmac.new(secret.encode(), time.encode() + body, hashlib.sha256).digest()
        return self.send(
            "POST",
            f"/webhooks/zendesk/{connection}",
            body,
            {
                "Content-Type": "application/json",
                "X-Zendesk-Webhook-Signature": base64.b64encode(digest).decode(),
                "X-Zendesk-Webhook-Signature-Timestamp": time,
            },
        )

    def tickets(self, connection: str, **filters: Any) -> list[dict[str, Any]]:
        """All tickets of a connection, over all pages."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get("/tickets", connection=connection, limit=100, **filters, **cursor)
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    def wait_for_tickets(
        self, connection: str, count: int = 1, seconds: float = PATIENCE
    ) -> list[dict[str, Any]]:
        """The tickets of a connection once there are `count`."""
        return eventually(lambda: ((t := self.tickets(connection)) and len(t) >= count and t) or [], seconds)

    def quarantined(self, connection: str) -> list[dict[str, Any]]:
        items = self.get("/quarantine", limit=100)["items"]
        return [item for item in items if item["connection"] == connection]

    def history(self, ticket: str) -> list[dict[str, Any]]:
        return list(self.get(f"/tickets/{ticket}/history", limit=100)["items"])


def signed(id: str, body: bytes, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    """The headers of a Standard Webhooks message."""
    at = at or datetime.now(UTC)
    return {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, body.decode("utf-8", "surrogateescape")),
    }
