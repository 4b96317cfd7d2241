"""EventBridge: the bus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.errors import Unavailable
from chalicelib.ports.bus import TOO_LARGE
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

_CALL_BYTES = 250_000
"""Bytes of one PutEvents call, which takes ten entries, and so of one entry: AWS refuses a whole call for one
that is too large. It takes 256 KiB, lately up to 1 MiB; with its envelope an event must fit into SQS too."""

_YEARS = range(1970, 2200)


class EventBridgeBus:
    """Bus (chalicelib.ports) on EventBridge. client: boto's, for EventBridge."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client, self._bus = client, bus

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        entries = [self._entry(event) for event in events]
        answers: list[str | None] = [TOO_LARGE] * len(events)
        down: str | None = None
        for places in _calls(entries):
            if down is None:
                try:
                    said = self._put([entries[place] for place in places])
                except Unavailable as error:
                    if None not in answers:
                        raise
                    down = str(error)  # the calls that are left need not each wait for it
            for number, place in enumerate(places):
                answers[place] = said[number] if down is None else down
        return answers

    @external("bus.check", aws_errors("events"))
    def check(self) -> None:
        """Raises Unavailable where the bus can't be reached."""
        self._client.describe_event_bus(Name=self._bus)

    @external("bus.publish", aws_errors("events"))
    def _put(self, entries: list[dict[str, Any]]) -> list[str | None]:
        answer = self._client.put_events(Entries=entries)
        return [
            None if "EventId" in entry else entry.get("ErrorCode") or "refused without a code"
            for entry in answer["Entries"]
        ]

    def _entry(self, event: CloudEvent) -> dict[str, Any]:
        # Each entry has its own trace; botocore would give all of them that of the invocation.
        traced = {"TraceHeader": event.trace.xray_header} if event.trace else {}
        # One that claims to be of another age, as whoever posts it may, has the time at which it comes
        timed = {"Time": event.time} if event.time.year in _YEARS else {}
        return {
            **traced,
            **timed,
            "EventBusName": self._bus,
            "Source": event.bus_source,
            "DetailType": event.type,
            "Detail": event.body,
            "Resources": event.bus_resources,
        }


def _texts(entry: dict[str, Any]) -> list[str]:
    """What counts as the size of an entry.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size"""
    return [entry["Detail"], entry["DetailType"], entry["Source"], *entry["Resources"]]


def _calls(entries: Sequence[dict[str, Any]]) -> list[list[int]]:
    """The places of the entries that each call takes; those that are too large for any are left out."""
    calls: list[list[int]] = []
    room = 0
    for place, entry in enumerate(entries):
        size = sum(len(part.encode()) for part in _texts(entry))
        if size > _CALL_BYTES:
            continue
        if not calls or len(calls[-1]) == 10 or size > room:
            calls.append([])
            room = _CALL_BYTES
        calls[-1].append(place)
        room -= size
    return calls
