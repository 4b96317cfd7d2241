"""TriggerIQ tells of itself: a plugin that fails and dead letters, once each, wherever `sweep` dies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.services.dynamodb.quarantine import DynamoQuarantine
from local import events
from local.catalogue import load_functions, named
from local.stack import Stack
from tests.catalogued import faults
from tests.functional.by_hand import Functions
from tests.unit.pipeline.fakes import FakeBlobs

CALLS = ("marks.all", "queue.count", "marks.change", "queue.look", "bus.publish")
"""All that it asks of the outside on its way to an event."""


class Sweeping:
    """`sweep`, run by hand."""

    def __init__(self, functions: Functions, stack: Stack) -> None:
        self._functions, self._stack = functions, stack
        self._event = events.scheduled_event(load_functions()["sweep"])

    def dead_letter(self) -> None:
        sqs = self._stack.client("sqs")
        url = sqs.get_queue_url(QueueName=named("feedback-dlq"))["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="not JSON")

    def run(self) -> list[dict[str, Any]]:
        """What it tells."""
        self._functions.invoke("sweep", self._event)
        return self.told()

    def dies(self, after: str) -> list[str]:
        return self._functions.calls_until_killed("sweep", self._event, after)

    def told(self) -> list[dict[str, Any]]:
        return [
            event for event in self._functions.told() if event["type"] in ("dlq.not_empty", "plugin.failed")
        ]

    def mend(self) -> None:
        """Nothing is dead any more, and that was noticed."""
        self._functions.dead()
        self._functions.invoke("sweep", self._event)


def test_dead_letters_are_told_once_wherever_sweep_dies(functions: Functions, quiet_stack: Stack) -> None:
    sweeping = Sweeping(functions, quiet_stack)
    sweeping.mend()
    sweeping.told()
    seen = set()
    for call in CALLS:
        sweeping.dead_letter()
        assert sweeping.dies(after=call)[-1] == call
        told = [*sweeping.told(), *sweeping.run(), *sweeping.run()]
        (id,) = {event["id"] for event in told}
        seen.add(id)
        for event in told:
            assert faults(event, ours=True) == []
            assert (event["data"]["queue"], event["data"]["count"]) == ("feedback", 1)
        sweeping.mend()
        assert sweeping.told() == []
    assert len(seen) == len(CALLS)


def test_a_plugin_that_fails_is_told_of_without_its_reason(functions: Functions, quiet_stack: Stack) -> None:
    sweeping = Sweeping(functions, quiet_stack)
    sweeping.mend()
    sweeping.told()
    client = quiet_stack.client("dynamodb")
    counted = DynamoQuarantine(client, named("quarantine"), FakeBlobs(), lambda: datetime.now(UTC))
    counted.plugin_failed("acme", "classify", "it said: I am Ada", 3)
    (event,) = sweeping.run()
    assert faults(event, ours=True) == []
    assert (event["subject"], event["data"]["hook"], event["data"]["failures"]) == ("acme", "classify", 3)
    assert "Ada" not in str(event)
    counted.plugin_failed("acme", "classify", "again", 1)
    assert sweeping.run() == []  # within the hour
