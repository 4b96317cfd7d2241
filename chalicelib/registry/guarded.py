"""Wraps the source of a plugin: each call has a time budget, and every failure is counted and named."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

from chalicelib.errors import Invalid, PluginFailed, TriggerIQError, Unreadable
from chalicelib.registry.budget import Overrun, budget, paused
from chalicelib.registry.telling import raised
from triggeriq import (
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    FileHint,
    Ignore,
    NotVerified,
    Received,
    Reply,
    Request,
    Scheme,
    Source,
    Verified,
)
from triggeriq import Unreadable as PluginUnreadable
from triggeriq.settings import read_settings

log = logging.getLogger(__name__)

T = TypeVar("T")
Tally = Callable[[str, str], None]
"""Called with the plugin's name and what went wrong, or "" for a call that went well."""

_ITEM = (Feedback, Bad, Ignore)
_END = object()
MARK_LIMIT = 1_000
"""Characters of a mark; it is stored in the import, so that reading can go on from it."""
RESUME_SECONDS = 300.0
"""Budget for skipping what was read of a file before: it may be gigabytes, while a single item takes no
time."""


class GuardedSource(Source):
    """The plugin's source as the core uses it. Where the contract lets a plugin raise triggeriq.Unreadable,
    this raises chalicelib.errors.Unreadable with the same message. Whatever else the plugin raises becomes
    PluginFailed; in_full: with the exception's own message and its place."""

    def __init__(
        self, inner: Source, plugin: str, seconds: float, tally: Tally, in_full: bool = False
    ) -> None:
        self._inner, self.plugin, self._seconds, self._tally = inner, plugin, seconds, tally
        self._in_full = in_full
        self.by = f"{plugin}/{inner.version}"
        # The class attributes of the contract, with the plugin's values
        for name in ("name", "title", "version", "methods", "content_types", "keep_headers", "max_body"):
            setattr(self, name, getattr(inner, name))
        self.__dict__["verification"] = inner.verification
        self.__dict__["reads"] = inner.reads
        self.__dict__["settings"] = inner.settings

    def takes(self, method: str) -> bool:  # type: ignore[override]  # of the class that is wrapped
        return type(self._inner).takes(method)

    def settings_schema(self) -> dict[str, Any] | None:
        """The JSON schema of its settings, or None where it has none."""
        if self.settings is None:
            return None
        from chalicelib.registry.settings_model import schema_of  # loads pydantic

        return self._call(schema_of, self.settings)

    def parse_settings(self, given: Mapping[str, Any]) -> Any:
        """An instance of its settings. Raises Invalid, naming the field."""
        if self.settings is None:
            if given:
                raise Invalid(f"{self.name} has no settings; leave them out", "settings")
            return None
        from chalicelib.registry.settings_model import validated  # loads pydantic

        return self._call(validated, self.settings, given)

    def stored_settings(self, stored: Mapping[str, Any]) -> Any:
        """The same for settings that `parse_settings` accepted when they were stored. pydantic is needed only
        where they do not fit the dataclass exactly: because of a "5" for a number, or because the plugin has
        changed since."""
        if self.settings is None:
            return self.parse_settings(stored)
        try:
            return self._call(read_settings, self.settings, stored, may_raise=(ValueError,))
        except ValueError:
            return self.parse_settings(stored)

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return self._call(self._inner.schemes, connection)

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        answer = self._call(self._inner.verify, request, connection, now, may_raise=(NotVerified,))
        if not isinstance(answer, Verified):  # fail closed, whatever a plugin thinks to return
            raise self._failed(f"verify returned {type(answer).__name__}, not Verified")
        return answer

    def handshake(self, request: Request, connection: Connection) -> Reply | None:
        answer: Reply | None = self._call(self._inner.handshake, request, connection)
        return self._expected("handshake", answer, (Reply, type(None)))

    def receive(self, request: Request, connection: Connection) -> Events | Reply | Ignore:
        answer = self._call(self._inner.receive, request, connection, may_raise=(PluginUnreadable,))
        if isinstance(answer, Events) and not all(isinstance(event, Event) for event in answer.items):
            raise self._failed("receive returned Events of something that is no Event")
        return self._expected("receive", answer, (Events, Reply, Ignore))

    def transform(self, received: Received, connection: Connection) -> Iterator[Any]:
        """All items at once: a webhook is small, and one budget holds for the whole of it."""
        items = self._call(
            lambda: list(self._inner.transform(received, connection)), may_raise=(PluginUnreadable,)
        )
        for item in items:
            self._check("transform", item)
        return iter(items)

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Any]]:
        """Item by item. Each item has a budget of its own; the time that the stream takes does not count."""
        unhurried = io.BufferedReader(_Unhurried(stream), buffer_size=64 * 1024)
        items = self._call(
            lambda: iter(self._inner.read(unhurried, hint, resume, connection)), may_raise=(PluginUnreadable,)
        )
        seconds = self._seconds if resume is None else max(self._seconds, RESUME_SECONDS)
        while True:
            pair: Any = self._call(lambda: next(items, _END), may_raise=(PluginUnreadable,), seconds=seconds)
            seconds = self._seconds
            if pair is _END:
                return
            if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)):
                raise self._failed("read yielded something that is no (mark, item)")
            if len(pair[0]) > MARK_LIMIT:
                raise self._failed(f"read yielded a mark of more than {MARK_LIMIT:,} characters")
            self._check("read", pair[1])
            yield pair

    def _check(self, method: str, item: object) -> None:
        """Raise PluginFailed for anything else: the core would ignore it silently, and a customer's words
        with it."""
        if not isinstance(item, _ITEM):
            raise self._failed(f"{method} yielded {type(item).__name__}, not Feedback, Bad or Ignore")

    def _expected(self, method: str, answer: T, types: tuple[type, ...]) -> T:
        if not isinstance(answer, types):
            names = ", ".join("None" if one is type(None) else one.__name__ for one in types)
            raise self._failed(f"{method} returned {type(answer).__name__}, none of {names}")
        return answer

    def _call(
        self,
        method: Callable[..., T],
        *arguments: Any,
        may_raise: tuple[type[Exception], ...] = (),
        seconds: float = 0.0,
    ) -> T:
        """Call the plugin within its budget. may_raise: what the contract lets this method raise. Errors of
        ours are let through too: they come from what we handed in, such as a stream."""
        seconds = seconds or self._seconds
        passed: tuple[type[Exception], ...] = (*may_raise, TriggerIQError)
        try:
            with budget(seconds):
                answer = method(*arguments)
        except passed as error:
            if isinstance(error, PluginUnreadable):
                raise Unreadable(str(error)) from error
            raise
        except Overrun:
            raise self._failed(f"took longer than {seconds:g} s and was cut") from None
        except (Exception, SystemExit) as error:
            log.warning("a plugin raised", extra={"plugin": self.by}, exc_info=True)
            raise self._failed(raised(error, self._in_full)) from error
        self._tally(self.plugin, "")
        return answer

    def _failed(self, what: str) -> PluginFailed:
        self._tally(self.plugin, what)
        return PluginFailed(self.by, f"the plugin {self.by} {what}")


class _Unhurried(io.RawIOBase):
    """The stream that a plugin reads. The time that S3 and our unpacking take does not count against the
    plugin."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            with paused():
                chunk = self._stream.read(len(buffer))
        except Unreadable as error:  # the plugin may catch this one, and say where it was
            raise PluginUnreadable(str(error)) from error
        buffer[: len(chunk)] = chunk
        return len(chunk)
