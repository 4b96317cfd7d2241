"""How a webhook travels from `receive` to `ingest`, and how it is kept: as a CloudEvent `feedback.received`.
Its data is

{"v": 1, "id", "source", "connection", "received_at", "headers": {…}, "replay": false,
 "body": "…" | "body_base64": "…" | "claim_check": {"key", "sha256"}}
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.trace import Trace, trace_in
from chalicelib.errors import Unreadable

TYPE = "feedback.received"
INLINE_LIMIT = 240_000
"""Bytes of an encoded bus entry above which the body goes to S3 (the bus takes 256 KiB)."""


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """Where a body lies that is too long to travel."""

    key: str
    """Of the artifacts bucket."""
    sha256: str
    """Of the bytes, in hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One verified event. Either `body` or `claim_check` holds its bytes."""

    id: str
    """The source's name for it."""
    source: str
    connection: str
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    """Those that its source wants kept, names in lower case."""
    body: bytes = field(default=b"", repr=False)
    claim_check: ClaimCheck | None = None
    """None: the body is here."""
    begin: int = 0
    """How many of its items were dealt with before; it goes on behind these."""
    replay: bool = False
    """Whether it is sent again on purpose, so that `ingest` asks for no claim."""
    trace: Trace | None = None
    """Of the request that brought it; what an older release sent has none."""

    @property
    def ids(self) -> dict[str, str]:
        """What a line of the log tells of it."""
        return {
            "event_id": self.id,
            "source": self.source,
            "connection": self.connection,
            "trace_id": self.trace.xray_id if self.trace else "",
        }

    @property
    def key(self) -> str:
        """Where it is kept in the artifacts bucket: keys of a connection are in the order of their days."""
        name = hashlib.sha256(self.id.encode()).hexdigest()
        return f"{kept_under(self.source, self.connection)}{self.received_at:%Y/%m/%d}/{name}"

    def without_body(self, key: str) -> Envelope:
        """The same with the body left at `key` of the artifacts bucket."""
        return replace(self, body=b"", claim_check=ClaimCheck(key, hashlib.sha256(self.body).hexdigest()))

    def with_body(self, body: bytes) -> Envelope:
        """The same with the body brought back. Raises Unreadable where it is not the one left."""
        if self.claim_check is None or hashlib.sha256(body).hexdigest() != self.claim_check.sha256:
            raise Unreadable(f"the body of event {self.id} in S3 is not the one that was received")
        return replace(self, body=body, claim_check=None)

    def as_event(self) -> CloudEvent:
        """The CloudEvent to put on the bus; its id is unique to source and connection too."""
        connection = connection_id(self.source, self.connection)
        data: dict[str, Any] = {
            "v": 1,
            "id": self.id,
            "source": self.source,
            "connection": self.connection,
            "received_at": self.received_at.isoformat(),
            "headers": dict(self.headers),
        }
        if self.begin:
            data["begin"] = self.begin
        if self.replay:
            data["replay"] = True
        if self.claim_check:
            data["claim_check"] = {"key": self.claim_check.key, "sha256": self.claim_check.sha256}
        else:
            try:
                data["body"] = self.body.decode("utf-8")
            except UnicodeDecodeError:
                data["body_base64"] = base64.b64encode(self.body).decode()
        return CloudEvent(
            id=f"{connection}/{self.id}",
            type=TYPE,
            subject=connection,
            time=self.received_at,
            data=data,
            connections=(connection,),
            trace=self.trace,
        )


def from_event(event: Mapping[str, Any], replay: bool = False) -> Envelope:
    """Read what `as_event` wrote. replay: the bus says that it comes from its archive.

    Raises Unreadable on anything else, naming what is wrong.
    """
    try:
        data = event["data"]
        if data["v"] != 1:
            raise Unreadable(f"envelope version {data['v']!r} is not known here; this code knows 1")
        check = data.get("claim_check")
        received_at = datetime.fromisoformat(data["received_at"])
        if received_at.tzinfo is None:
            raise ValueError("received_at has no zone")
        return Envelope(
            id=_text(data["id"]),
            source=_text(data["source"]),
            connection=_text(data["connection"]),
            received_at=received_at,
            headers={_text(k): _text(v) for k, v in data["headers"].items()},
            body=b"" if check else _body(data),
            claim_check=ClaimCheck(_text(check["key"]), _text(check["sha256"])) if check else None,
            begin=_count(data.get("begin", 0)),
            replay=replay or data.get("replay") is True,
            trace=trace_in(event),
        )
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error) as error:
        raise Unreadable(f"not an envelope: {type(error).__name__} {error}") from error


def kept_under(source: str, connection: str) -> str:
    """The beginning of the keys of what came by a connection."""
    return f"raw/{source}/{connection}/"


def to_bytes(envelope: Envelope) -> bytes:
    """The envelope as it is kept: all that is needed to read it again."""
    event = replace(envelope, replay=False, begin=0).as_event().as_json()
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")  # of half a character it makes JSON's own escape


def from_bytes(kept: bytes) -> Envelope:
    """Read what `to_bytes` wrote, as a replay. Raises Unreadable on anything else, such as the bare body
    that older releases kept."""
    try:
        event = json.loads(kept)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not a kept event: {type(error).__name__}") from error
    return from_event(event, replay=True)


def encoded_size(event: CloudEvent) -> int:
    """Bytes that the event takes as a bus entry, as the bus counts them (detail, type and source)."""
    return len(event.body.encode()) + len(event.type) + len(event.source)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is no number of items")
    return value


def _body(data: Mapping[str, Any]) -> bytes:
    if "body" in data:
        return _text(data["body"]).encode("utf-8")
    return base64.b64decode(_text(data["body_base64"]), validate=True)
