"""Samples of what a provider sends, and what should become of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO, UnsupportedOperation
from typing import Any, TypeAlias

from triggeriq import (
    Answered,
    Bad,
    Connection,
    Event,
    Feedback,
    FileHint,
    Ignore,
    Item,
    Received,
    Redacted,
    Released,
    Request,
    Source,
)
from triggeriq.settings import read_settings
from triggeriq.testing.plain import plain


@dataclass(frozen=True, slots=True)
class Exactly:
    """Expects an item that `plain` shows so, field by field; what it leaves out is at its default."""

    item: Mapping[str, Any]


Expected: TypeAlias = Mapping[str, Any] | Bad | Ignore | Answered | Redacted | Released | Exactly
"""An expected item. A mapping expects a feedback with these fields, dotted ("author.email"). A Bad expects
one with the same `where`. An Ignore expects one with the same reason; with an empty reason it expects any. An
Answered, Redacted or Released expects its equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook, byte for byte."""

    name: str
    body: bytes
    headers: Mapping[str, str]
    """Names in lower case; the provider's proof is among them."""
    now: datetime
    expect: tuple[Expected, ...]
    """The items that it holds; one Ignore where it is understood and holds no feedback."""
    secret: str = ""
    connection: str = "default"
    settings: Mapping[str, Any] = field(default_factory=dict)
    event: str | None = None
    """The id that `receive` should give it, where the provider has one."""
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    """The whole address by which the sender called, where that is signed."""
    reply: Mapping[str, Any] | None = None
    """What it is answered with, field by field of `Reply`, where it is answered at once and holds nothing."""

    @property
    def texts(self) -> tuple[str, ...]:
        """Those of the feedback that it is expected to hold."""
        held = (
            each.item.get("feedback", {}) if isinstance(each, Exactly) else each
            for each in self.expect
            if isinstance(each, (Exactly, Mapping))
        )
        return tuple(one["text"] for one in held if one.get("text"))

    @property
    def holds_none(self) -> bool:
        """Whether it is understood and ignored."""
        return all(
            "ignore" in each.item if isinstance(each, Exactly) else isinstance(each, Ignore)
            for each in self.expect
        )

    def request(
        self,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
        url: str | None = None,
    ) -> Request:
        """The request, with another body or address, or with other headers; one that is None is left out."""
        given = {**self.headers, **(headers or {})}
        return Request(
            method=self.method,
            query=self.query,
            url=self.url if url is None else url,
            headers={name: value for name, value in given.items() if value is not None},
            body=self.body if body is None else body,
        )

    def connected(self, source: Source, *secrets: str, name: str | None = None) -> Connection:
        """Its connection; name: instead of its own."""
        return connected(source, self.settings, self.connection if name is None else name, secrets)

    def received(self, source: Source, event: Event, body: bytes | None = None) -> Received:
        return Received(
            id=event.id,
            received_at=self.now,
            headers={name: self.headers[name] for name in source.keep_headers if name in self.headers},
            body=self.body if body is None else body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file, unpacked."""

    name: str
    body: bytes
    expect: tuple[Expected, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    unreadable: str = ""
    """Words of the message where its rest can't be read."""

    def hint(self) -> FileHint:
        return FileHint(name=self.name, modified_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


class Pieces(BytesIO):
    """A stream that gives less than it is asked for, as a network does."""

    def __init__(self, body: bytes, size: int) -> None:
        super().__init__(body)
        self._piece = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self._piece if size is None or size < 0 else min(size, self._piece))


class Forward(Pieces):
    """One that can't seek, such as a file that is unpacked as it is read."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise UnsupportedOperation("seek")


def connected(
    source: Source, settings: Mapping[str, Any], name: str = "default", secrets: tuple[str, ...] = ()
) -> Connection:
    """A connection with these settings, as if they had been stored. Raises InvalidSetting."""
    made = None if source.settings is None else read_settings(source.settings, settings)
    return Connection(source=source.name, name=name, secrets=secrets, settings=made)


def matches(item: Item, expected: Expected) -> bool:
    """Whether an item is the expected one; see `Expected`."""
    if isinstance(expected, Exactly):
        return plain(item) == expected.item
    if isinstance(expected, (Answered, Redacted, Released)):
        return item == expected
    if isinstance(expected, Bad):
        return isinstance(item, Bad) and item.where == expected.where
    if isinstance(expected, Ignore):
        return isinstance(item, Ignore) and expected.reason in ("", item.reason)
    return isinstance(item, Feedback) and all(_field(item, name) == value for name, value in expected.items())


def _field(value: Any, name: str) -> Any:
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part)
    return value
