"""Rows of the outbox made of events, and events made of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.trace import from_traceparent, traced
from chalicelib.services.postgres.columns import row_of, table

EVENT = table(
    {
        "id": "uuid",
        "type": "text",
        "subject": "text",
        "time": "timestamptz",
        "data": "json",
        "connections": "text[]",
        "traceparent": "text",
    }
)


def event_rows(events: Iterable[CloudEvent]) -> list[dict[str, Any]]:
    return [
        row_of(
            EVENT,
            (
                event.id,
                event.type,
                event.subject,
                event.time,
                event.data,
                event.connections,
                traced(event.trace).get("traceparent"),
            ),
        )
        for event in events
    ]


def event_of(row: Sequence[Any]) -> CloudEvent:
    """The event of a row of EVENT's columns."""
    id, type, subject, time, data, connections, traceparent = row
    return CloudEvent(
        id=id,
        type=type,
        subject=subject,
        time=time,
        data=data,
        connections=tuple(connections),
        trace=from_traceparent(traceparent),
    )
