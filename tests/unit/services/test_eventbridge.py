"""What becomes of the rest of many events once the bus no longer answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.errors import Unavailable
from chalicelib.services.eventbridge import EventBridgeBus


class Hanging:
    """EventBridge that answers `calls` times, and then no more."""

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self.asked = 0

    def put_events(self, **request: Any) -> dict[str, Any]:
        self.asked += 1
        if self.asked > self._calls:
            raise ReadTimeoutError(endpoint_url="https://events.example")
        return {"Entries": [{"EventId": "e"} for _ in request["Entries"]]}


def events(count: int) -> list[CloudEvent]:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return [
        CloudEvent(id=str(number), type="ticket.created", subject="t", time=at, data={})
        for number in range(count)
    ]


def test_a_bus_that_answers_no_more_is_waited_for_once() -> None:
    """Each wait takes up to eight seconds, and a function that relays a hundred events has thirty: it would
    end before it says what was accepted, and send that again each minute."""
    client = Hanging(1)
    refusals = EventBridgeBus(client, "bus").publish(events(100))
    assert client.asked == 2
    assert list(refusals) == [None] * 10 + ["events: ReadTimeoutError"] * 90


def test_a_bus_that_answers_nothing_is_away() -> None:
    client = Hanging(0)
    with pytest.raises(Unavailable):
        EventBridgeBus(client, "bus").publish(events(100))
    assert client.asked == 1
