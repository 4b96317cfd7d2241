"""Functions whose output a test reads."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from local import events
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, SECRET, signed

STANDARD = "standard_webhooks"
ROUTE = "/webhooks/{source}/{connection}"


class Told:
    """Functions whose output the test reads, on a stack where nothing else moves."""

    def __init__(self, functions: Functions, read: Callable[[], str], connection: str) -> None:
        self.functions, self._read, self.connection = functions, read, connection
        self.output = ""

    def lines(self) -> list[dict[str, Any]]:
        """Every line so far, each a JSON object."""
        self.output += self._read()
        return [json.loads(line) for line in self.output.splitlines()]

    def logs(self, function: str = "") -> list[dict[str, Any]]:
        return [line for line in self.lines() if "level" in line and function in ("", line["function"])]

    def counted(self) -> Counter[tuple[str, str, str]]:
        """(function, source, counter) → how often; the seconds count as how many there are."""
        counts: Counter[tuple[str, str, str]] = Counter()
        for line in self.lines():
            for metric in line.get("_aws", {}).get("CloudWatchMetrics", []):
                for name in (one["Name"] for one in metric["Metrics"]):
                    value = line[name]
                    times = len(value) if isinstance(value, list) else value
                    counts[line["function"], line["source"], name] += times
        return counts

    def connect(self, source: str, secret: str = SECRET, **settings: Any) -> None:
        place = {"source": source, "connection": self.connection}
        body = json.dumps({"secrets": [secret], "settings": settings}).encode()
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        event = http_event("PUT", "/connections/{source}/{connection}", place, headers, body)
        answer = self.functions.invoke("api", event)
        assert answer["statusCode"] == 200, answer

    def post(self, source: str, body: bytes, headers: Mapping[str, str]) -> int:
        place = {"source": source, "connection": self.connection}
        return int(
            self.functions.invoke("receive", http_event("POST", ROUTE, place, headers, body))["statusCode"]
        )

    def webhook(self, id: str, headers: Mapping[str, str] | None = None, /, **data: Any) -> int:
        body = json.dumps({"type": "feedback.created", "data": {"text": "It crashes", **data}}).encode()
        return self.post(STANDARD, body, {**signed(id, body), **(headers or {})})

    def batch(self, function: str) -> dict[str, Any]:
        event = self.functions.next_batch(function)
        assert event is not None
        return event

    def step(self, function: str) -> dict[str, Any]:
        """The function's next batch, done and forgotten."""
        event = self.batch(function)
        self.functions.finish(function, event)
        return event

    def created(self) -> list[dict[str, Any]]:
        return [
            event
            for event in self.functions.told()
            if event["type"] == "ticket.created" and event["data"]["connection"] == self.connection
        ]


def record_event(body: str) -> dict[str, Any]:
    message = {"MessageId": "m-1", "ReceiptHandle": "h-1", "Body": body, "MD5OfBody": ""}
    return events.sqs_event([message], "feedback")
