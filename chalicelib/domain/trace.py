"""The trace that an event belongs to, from the request that brought it to the ticket's own event.

On the way it is written twice: as `traceparent` (W3C Trace Context,
https://www.w3.org/TR/trace-context/#traceparent-header) in our own JSON, where CloudEvents have an
extension of that name, and as X-Ray's tracing header
(https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader)
beside it, where AWS reads it. Both hold the same id.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from typing import NamedTuple

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_ROOT = re.compile(r"1-([0-9a-f]{8})-([0-9a-f]{24})")
_SPAN = re.compile(r"[0-9a-f]{16}")
_HEADER_LENGTH = 500
"""Characters of a header that is read; X-Ray's own has some 100."""


class Trace(NamedTuple):
    """One trace, and the step of it that handed the event on."""

    id: str
    """32 hexadecimal digits; the first eight are the second in which it began (X-Ray wants that)."""
    span: str
    """16 hexadecimal digits, of that step."""
    sampled: bool = False
    """Whether X-Ray records it."""

    @property
    def traceparent(self) -> str:
        return f"00-{self.id}-{self.span}-{'01' if self.sampled else '00'}"

    @property
    def xray_header(self) -> str:
        return f"Root={self.xray_id};Parent={self.span};Sampled={int(self.sampled)}"

    @property
    def xray_id(self) -> str:
        """The id as X-Ray's console takes it, so the one to log."""
        return f"1-{self.id[:8]}-{self.id[8:]}"


def from_traceparent(text: object) -> Trace | None:
    """Read a traceparent of version 00. None for anything else, the invalid ids of only zeros included."""
    found = _TRACEPARENT.fullmatch(text) if isinstance(text, str) else None
    if found is None or not found[1].strip("0") or not found[2].strip("0"):
        return None
    return Trace(found[1], found[2], bool(int(found[3], 16) & 1))


def from_xray(header: object) -> Trace | None:
    """Read X-Ray's tracing header; its other fields (Self, Lineage, …) are left out. None where it has
    no valid root, which one of only zeros is not."""
    if not isinstance(header, str) or len(header) > _HEADER_LENGTH:
        return None
    fields = dict(part.strip().partition("=")[::2] for part in header.split(";"))
    root, span = _ROOT.fullmatch(fields.get("Root", "")), fields.get("Parent", "")
    if root is None or not (root[1] + root[2]).strip("0"):
        return None
    valid = _SPAN.fullmatch(span) and span.strip("0")
    return Trace(root[1] + root[2], span if valid else os.urandom(8).hex(), fields.get("Sampled") == "1")


def traced(trace: Trace | None) -> dict[str, str]:
    """The member of our JSON that holds a trace, or none."""
    return {"traceparent": trace.traceparent} if trace else {}


def trace_in(message: Mapping[str, object]) -> Trace | None:
    """What `traced` wrote; None where an older release wrote the message."""
    return from_traceparent(message.get("traceparent"))


def new_trace() -> Trace:
    """A trace that begins now, and that nobody records."""
    return Trace(f"{int(time.time()):08x}{os.urandom(12).hex()}", os.urandom(8).hex())
