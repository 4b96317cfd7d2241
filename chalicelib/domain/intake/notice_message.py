"""What a provider told besides words, on its way to the tickets: a message on the queue `feedback`, as JSON.

{"v": 1, "notice": "answered", "source", "connection", "event_id", "received_at", "at", "threads",
 "external_id", "traceparent"}

It holds no words. A release of TriggerIQ that knows no notices puts it into the quarantine.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from chalicelib.domain.intake.feedback import clean_external_id, clean_time, conversation_names
from chalicelib.domain.trace import Trace, trace_in, traced
from chalicelib.errors import Unreadable
from triggeriq.notices import Answered, Redacted

Kind = Literal["answered", "redacted"]
AHEAD = timedelta(days=1)
"""How far a provider's clock may be ahead of ours. What it dates later counts as of then: words that were
taken back in the year 9999 would never be let in again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMessage:
    """A conversation was answered, or words were taken back, and where that was told."""

    kind: Kind
    source: str
    connection: str
    event_id: str
    """The event or the file's row that it came with."""
    received_at: datetime
    """When it came to us."""
    at: datetime
    """When it happened."""
    external_id: str | None = None
    """The feedback whose words were taken back; None: those of the conversation."""
    threads: tuple[str, ...] = ()
    """The conversation by its name, in each form in which feedback may have it."""
    trace: Trace | None = None

    @property
    def ids(self) -> dict[str, str]:
        """What a line of the log tells of it."""
        return {
            "event_id": self.event_id,
            "source": self.source,
            "connection": self.connection,
            "trace_id": self.trace.xray_id if self.trace else "",
        }


def noticed(
    notice: Answered | Redacted,
    *,
    source: str,
    connection: str,
    event_id: str,
    received_at: datetime,
    trace: Trace | None,
) -> NoticeMessage:
    """The message of what a source made. Raises ValueError where it names nothing, or no time."""
    try:
        one = notice.external_id if isinstance(notice, Redacted) else None
        external_id = None if one is None else clean_external_id(one)
        threads = conversation_names(notice.thread or "") if one is None else ()
        at = clean_time(notice.at)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if not external_id and not threads:
        raise ValueError("it names neither a feedback nor a conversation")
    if at is None:
        raise ValueError("it names no time")
    return NoticeMessage(
        kind="answered" if isinstance(notice, Answered) else "redacted",
        source=source,
        connection=connection,
        event_id=event_id,
        received_at=received_at,
        at=min(at, received_at + AHEAD),
        external_id=external_id,
        threads=threads,
        trace=trace,
    )


def to_json(message: NoticeMessage) -> str:
    """The message as the queue holds it."""
    return json.dumps(
        {
            "v": 1,
            "notice": message.kind,
            "source": message.source,
            "connection": message.connection,
            "event_id": message.event_id,
            "received_at": message.received_at.isoformat(),
            "at": message.at.isoformat(),
            "threads": message.threads,
            "external_id": message.external_id,
            **traced(message.trace),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> NoticeMessage:
    """Read what `to_json` wrote. Raises Unreadable, saying what is wrong, on anything else."""
    try:
        data = json.loads(text)
        if data["v"] != 1 or data["notice"] not in get_args(Kind):
            raise Unreadable(f"a notice {data['notice']!r} of version {data['v']!r} is not known here")
        received_at, at = (datetime.fromisoformat(data[name]) for name in ("received_at", "at"))
        if received_at.tzinfo is None or at.tzinfo is None:
            raise ValueError("a time has no zone")
        return NoticeMessage(
            kind=data["notice"],
            source=str(data["source"]),
            connection=str(data["connection"]),
            event_id=str(data["event_id"]),
            received_at=received_at,
            at=at,
            external_id=None if data["external_id"] is None else str(data["external_id"]),
            threads=tuple(map(str, data["threads"])),
            trace=trace_in(data),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(f"no message of the queue `feedback`: {type(error).__name__} {error}") from error
