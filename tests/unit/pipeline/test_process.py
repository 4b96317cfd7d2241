"""What process does when what triage asks is down."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.feedback_message import FeedbackMessage, to_json
from chalicelib.domain.record import Record
from chalicelib.domain.ticket import Triage
from chalicelib.errors import Unavailable
from chalicelib.pipeline.process import Process
from chalicelib.pipeline.relay import Relay
from tests.in_memory_tickets import InMemoryTickets
from tests.said import triage
from tests.unit.pipeline.fakes import NOW, FakeMetrics, now, plenty, record
from triggeriq import Feedback


class Triaging:
    """Its configurations are away from feedback number `down` on."""

    def __init__(self, down: int) -> None:
        self._down = down
        self.asked = 0

    def __call__(self, feedback: Feedback, source: str) -> Triage:
        self.asked += 1
        if self.asked >= self._down:
            raise Unavailable("postgres", "down")
        return triage(feedback.text)


def message(number: int) -> Record:
    feedback = Feedback(external_id=str(number), text="It crashes")
    body = to_json(
        FeedbackMessage(source="csv", connection="c", event_id="e", received_at=NOW, feedback=feedback)
    )
    return record(str(number), body)


def processing(triaging: Triaging) -> Process:
    nothing: Any = None
    relay = Relay(outbox=nothing, bus=Taking(), now=now, grace=nothing)
    return Process(triage=triaging, tickets=InMemoryTickets(), relay=relay, metrics=FakeMetrics(), now=now)


class Taking:
    """A bus that is away too; the schedule relays."""

    def publish(self, events: Any) -> Any:
        raise Unavailable("bus", "down")


def test_a_dependency_that_is_down_is_waited_for_once_a_batch() -> None:
    """Each wait takes five seconds, and the function fifty: ten of them would be cut, with copies parked
    beside originals that come again."""
    triaging = Triaging(down=3)
    outcomes = list(processing(triaging)([message(number) for number in range(10)], plenty))
    failures = {one.id: error for one, error in outcomes}
    assert triaging.asked == 3
    assert [id for id, error in failures.items() if error is None] == ["0", "1"]
    assert sum(isinstance(error, Unavailable) for error in failures.values()) == 8
