"""The way by which a replay brings back what lies in the quarantine: a value for each way, and its JSON.

    receive   {"v": 1, "method", "headers", "query"?, "traceparent"}
    event     {"v": 1}
    bus       {"v": 1, "id", "received_at", "headers", "sha256", "traceparent"}
    files     the job, as `file_job.py` has it
    queue     {"v": 1, "queue", "traceparent"}

What lies there may have been kept three months ago by a release that knew of no traces, or by one that came
after this one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.trace import Trace, trace_in, traced
from chalicelib.errors import Unreadable


class ByReceive(NamedTuple):
    """A genuine request that the source could not name the events of: the source names them again."""

    method: str
    headers: Mapping[str, str]
    """Without any that proves the sender."""
    query: Mapping[str, str] = {}
    """Likewise."""
    trace: Trace | None = None


class ByEvent(NamedTuple):
    """An event, or an item of one, that could not be transformed: the event, as it is kept, goes on the bus
    again."""


class ByBus(NamedTuple):
    """The same, kept by an older release: of an event it kept only the body."""

    id: str
    """The event's, as its sender named it."""
    received_at: datetime
    headers: Mapping[str, str]
    sha256: str
    """Of its bytes, in hex."""
    trace: Trace | None = None


class ByFile(NamedTuple):
    """A row, or the rest of a file: a job reads it again."""

    job: FileJob


class ByQueue(NamedTuple):
    """A message that is none of ours: the same message goes on its queue again."""

    queue: str
    """Its full name."""
    trace: Trace | None = None


class UnknownWay(NamedTuple):
    """One that another release stored, in a form that this one can't read."""

    name: str
    stored: str


WayBack = ByReceive | ByEvent | ByBus | ByFile | ByQueue | UnknownWay


def name_of(way: WayBack | None) -> str:
    """The way's name as it is stored; "none" where there is no way back."""
    match way:
        case ByReceive():
            return "receive"
        case ByEvent():
            return "event"
        case ByBus():
            return "bus"
        case ByFile():
            return "files"
        case ByQueue():
            return "queue"
        case UnknownWay(name):
            return name
        case None:
            return "none"


def to_json(way: WayBack) -> str:
    """What is stored of the way beside its name."""
    match way:
        case ByReceive():
            query = {"query": dict(way.query)} if way.query else {}
            return _dumped({"method": way.method, "headers": dict(way.headers), **query}, way.trace)
        case ByEvent():
            return _dumped({}, None)
        case ByBus():
            return _dumped(
                {
                    "id": way.id,
                    "received_at": way.received_at.isoformat(),
                    "headers": dict(way.headers),
                    "sha256": way.sha256,
                },
                way.trace,
            )
        case ByFile():
            return file_job.to_json(way.job)
        case ByQueue():
            return _dumped({"queue": way.queue}, way.trace)
        case UnknownWay():
            return way.stored


def from_json(name: str, text: str) -> WayBack:
    """Read what `to_json` wrote of the way of this name; UnknownWay where it did not."""
    try:
        return _read(name, text)
    except (Unreadable, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return UnknownWay(name, text)


def _read(name: str, text: str) -> WayBack:
    if name == "files":
        return ByFile(file_job.from_json(text))
    said = json.loads(text)
    if said["v"] != 1:
        raise Unreadable(f"version {said['v']!r} is not known here")
    match name:
        case "receive":
            return ByReceive(
                method=_text(said["method"]),
                headers=_texts(said["headers"]),
                query=_texts(said.get("query", {})),
                trace=trace_in(said),
            )
        case "event":
            return ByEvent()
        case "bus":
            return ByBus(
                id=_text(said["id"]),
                received_at=_time(said["received_at"]),
                headers=_texts(said["headers"]),
                sha256=_text(said["sha256"]),
                trace=trace_in(said),
            )
        case "queue":
            return ByQueue(queue=_text(said["queue"]), trace=trace_in(said))
    raise Unreadable(f"no way is named {name}")


def _dumped(said: Mapping[str, Any], trace: Trace | None) -> str:
    return json.dumps({"v": 1, **said, **traced(trace)})


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is not text")
    return value


def _texts(value: Mapping[object, object]) -> dict[str, str]:
    return {_text(name): _text(one) for name, one in value.items()}


def _time(value: object) -> datetime:
    time = datetime.fromisoformat(_text(value))
    if time.tzinfo is None:
        raise ValueError("received_at has no zone")
    return time
