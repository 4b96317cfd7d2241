"""EventBridge: the bus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.errors import Unavailable
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

_CALL_BYTES = 250_000
"""Bytes of one PutEvents call; AWS takes ten entries and 256 KiB in all."""


class EventBridgeBus:
    """Bus (chalicelib.ports) on EventBridge. client: boto's, for EventBridge."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client, self._bus = client, bus

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        answers: list[str | None] = []
        calls: list[list[dict[str, Any]]] = []
        room = 0
        for event in events:
            entry = self._entry(event)
            size = len(entry["Detail"].encode()) + len(entry["DetailType"]) + len(entry["Source"])
            if not calls or len(calls[-1]) == 10 or size > room:
                calls.append([])
                room = _CALL_BYTES
            calls[-1].append(entry)
            room -= size
        for index, entries in enumerate(calls):
            try:
                answers += self._put(entries)
            except Unavailable as error:
                if index == 0:
                    raise
                # The bus is down: the calls that are left need not each wait for it.
                answers += [str(error)] * (len(events) - len(answers))
                break
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
        return {
            **traced,
            "EventBusName": self._bus,
            "Source": event.source,
            "DetailType": event.type,
            "Time": event.time,
            "Detail": event.body,
        }
