"""What waits on the queue `feedback`: one cleaned feedback and where it came from, as JSON.

{"v": 1, "source", "connection", "event_id", "received_at", "raw_key", "attachments_key", "reread_at",
 "traceparent", "feedback": {…}}
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.as_json import as_json
from chalicelib.domain.intake.feedback import NAMESPACE, FeedbackKey, cleaned, digest
from chalicelib.domain.trace import Trace, trace_in, traced
from chalicelib.errors import Unreadable
from triggeriq import App, Attachment, Author, Feedback, Handled

_LATER: Mapping[str, Any] = {
    "quoted": "",
    "verified": True,
    "threads": [],
    "attachments": [],
    "handled": None,
}
"""Fields that the former release does not know. Where they say nothing they are left out, so that it reads
the message while a deployment is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackMessage:
    """One cleaned feedback and where it came from."""

    source: str
    connection: str
    event_id: str
    """The event or the file's row that it came with."""
    received_at: datetime
    """When it came to us."""
    feedback: Feedback
    raw_key: str = ""
    """Where its raw bytes lie: s3://bucket/key, or a key of the artifacts bucket; "" if nowhere."""
    attachments_key: str = ""
    """Where the content of its attachments lies in the artifacts bucket: of the first at this key with `/0`
    behind it; "" if it has none."""
    reread_at: datetime | None = None
    """When the raw bytes were read again; None: for the first time."""
    trace: Trace | None = None
    """Of what brought it in. It is not stored with the feedback; a message of an older release has none."""

    @property
    def ids(self) -> dict[str, str]:
        """What a line of the log tells of it."""
        return {
            "event_id": self.event_id,
            "source": self.source,
            "connection": self.connection,
            "trace_id": self.trace.xray_id if self.trace else "",
        }

    @property
    def key(self) -> FeedbackKey:
        return FeedbackKey(self.source, self.connection, self.feedback.external_id)

    @property
    def digest(self) -> str:
        return digest(self.feedback)

    @property
    def order(self) -> tuple[int, datetime]:
        """Versions of one feedback are ordered by the provider's edit time; where it has none (or the
        same), by when they came to us, so that a late redelivery never undoes an edit."""
        return (self.feedback.version, self.received_at)

    def is_older_than(self, other: FeedbackMessage) -> bool:
        """Whether the other is to stand, of two of one feedback.

        Of two readings of the same bytes it is the later one, whatever version it found in them. Else the
        newer version; a reading again where the same is told by several events; and where nothing tells
        them apart, whichever comes first, the same one in the end.
        """
        mine, others = self._reading, other._reading
        if self.event_id == other.event_id and mine != others:
            return mine < others
        return (self.order, mine, self.digest) < (other.order, others, other.digest)

    def reads_otherwise(self, other: FeedbackMessage) -> bool:
        """Whether it is a later reading of the same bytes, and finds anything else in them: not only in what
        the digest covers, but an author or a file, too."""
        found = replace(self.feedback, version=other.feedback.version)
        return self.event_id == other.event_id and self._reading > other._reading and found != other.feedback

    @property
    def _reading(self) -> float:
        return self.reread_at.timestamp() if self.reread_at else 0.0

    @property
    def run_id(self) -> str:
        """The same for every delivery of this message, so that a redelivery adds no log."""
        return str(uuid.uuid5(NAMESPACE, "\n".join(("run", *self.key, *map(str, self.order), self.digest))))


def to_json(message: FeedbackMessage) -> str:
    """The message as the queue holds it."""
    feedback = as_json(message.feedback)
    for name, nothing in _LATER.items():
        if feedback[name] == nothing:
            del feedback[name]
    return json.dumps(
        {
            "v": 1,
            "source": message.source,
            "connection": message.connection,
            "event_id": message.event_id,
            "received_at": message.received_at.isoformat(),
            "raw_key": message.raw_key,
            **({"attachments_key": message.attachments_key} if message.attachments_key else {}),
            **({"reread_at": message.reread_at.isoformat()} if message.reread_at else {}),
            **traced(message.trace),
            "feedback": feedback,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> FeedbackMessage:
    """Read what `to_json` wrote. Raises Unreadable, saying what is wrong, on anything else."""
    try:
        data = json.loads(text)
        if data["v"] != 1:
            raise Unreadable(f"message version {data['v']!r} is not known here; this code knows 1")
        return FeedbackMessage(
            source=str(data["source"]),
            connection=str(data["connection"]),
            event_id=str(data["event_id"]),
            received_at=_time(data["received_at"]),
            raw_key=str(data.get("raw_key", "")),
            attachments_key=str(data.get("attachments_key", "")),
            reread_at=_time(data["reread_at"]) if "reread_at" in data else None,
            trace=trace_in(data),
            feedback=cleaned(_feedback(data["feedback"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise Unreadable(f"not a feedback message: {type(error).__name__} {error}") from error


def _feedback(data: Mapping[str, Any]) -> Feedback:
    handled = data.get("handled")
    return Feedback(
        **{
            **data,
            "author": Author(**data.get("author", {})),
            "app": App(**data.get("app", {})),
            "created_at": _optional_time(data.get("created_at")),
            "threads": tuple(data.get("threads", ())),
            "attachments": tuple(Attachment(**file) for file in data.get("attachments", ())),
            "handled": handled
            and Handled(**{**handled, "updated_at": _optional_time(handled.get("updated_at"))}),
        }
    )


def _optional_time(text: str | None) -> datetime | None:
    return _time(text) if text else None


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return time
