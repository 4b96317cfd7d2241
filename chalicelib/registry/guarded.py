"""Wraps the source of a plugin: each call has a time budget, and every failure is counted and named."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from chalicelib.errors import Invalid, PluginFailed, TriggerIQError, Unreadable
from chalicelib.registry.budget import Overrun, budget
from chalicelib.registry.telling import raised
from triggeriq import (
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    FileHint,
    Ignore,
    Nothing,
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

if TYPE_CHECKING:
    from triggeriq.polling import Http, Polled

log = logging.getLogger(__name__)

T = TypeVar("T")
Tally = Callable[[str, str, str], None]
"""Called with the plugin's name, what was called, and what went wrong, or "" for a call that went well."""

_ITEM = (Feedback, Bad, Ignore)
_END = object()
STRETCH = 1_000
"""Items of an event that are made within one budget: a webhook holds few, and whoever calls for more may have
tens of thousands."""
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
        for name in (
            "name", "title", "version", "methods", "content_types", "keep_headers", "max_body",
            "poll_seconds",
        ):  # fmt: skip
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

        return self._call("settings", schema_of, self.settings)

    def parse_settings(self, given: Mapping[str, Any]) -> Any:
        """An instance of its settings. Raises Invalid, naming the field."""
        if self.settings is None:
            if given:
                raise Invalid(f"{self.name} has no settings; leave them out", "settings")
            return None
        from chalicelib.registry.settings_model import validated  # loads pydantic

        return self._call("settings", validated, self.settings, given)

    def stored_settings(self, stored: Mapping[str, Any]) -> Any:
        """The same for settings that `parse_settings` accepted when they were stored. pydantic is needed only
        where they do not fit the dataclass any more, because the plugin has changed since: it names the
        field."""
        if self.settings is None:
            return self.parse_settings(stored)
        try:
            return self._call("settings", read_settings, self.settings, stored, may_raise=(ValueError,))
        except ValueError:
            return self.parse_settings(stored)

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return self._call("schemes", self._inner.schemes, connection)

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        verify, refusal = self._inner.verify, (NotVerified,)
        return self._call(
            "verify", verify, request, connection, now, may_raise=refusal, check=_verified_fault
        )

    def handshake(self, request: Request, connection: Connection) -> Reply | None:
        return self._call("handshake", self._inner.handshake, request, connection, check=_handshake_fault)

    def receive(self, request: Request, connection: Connection) -> Events | Reply | Ignore:
        receive, unreadable = self._inner.receive, (PluginUnreadable,)
        return self._call("receive", receive, request, connection, may_raise=unreadable, check=_events_fault)

    def transform(self, received: Received, connection: Connection) -> Iterator[Any]:
        """Stretch by stretch, each within one budget; most events are one stretch. What is behind the first
        is only made where it is asked for."""
        inner = self._inner
        items: Iterator[Any] | None = None

        def next_items() -> list[Any]:
            nonlocal items
            items = items or iter(inner.transform(received, connection))
            return list(islice(items, STRETCH))

        def stretch() -> list[Any]:
            return self._call(
                "transform",
                next_items,
                may_raise=(PluginUnreadable,),
                check=lambda items: next(filter(None, map(_item_fault, items)), ""),
            )

        return _behind(stretch(), stretch)

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Any]]:
        """Item by item. Each item has a budget of its own; the time that the stream takes does not count."""
        from chalicelib.registry.file_stream import unhurried  # whoever receives webhooks reads no files

        unreadable = (PluginUnreadable,)
        items = self._call(
            "read",
            lambda: iter(self._inner.read(unhurried(stream), hint, resume, connection)),
            may_raise=unreadable,
        )
        seconds = self._seconds if resume is None else max(self._seconds, RESUME_SECONDS)
        while True:
            pair: Any = self._call(
                "read", next, items, _END, may_raise=unreadable, seconds=seconds, check=_pair_fault
            )
            seconds = self._seconds
            if pair is _END:
                return
            yield pair

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        """Page by page. Each has a budget of its own; the time in which the provider is asked does not
        count. Raises PollFailed."""
        from chalicelib.registry.polled import Unhurried, page_fault  # whoever receives webhooks fetches none
        from triggeriq.polling import PollFailed

        may_raise = (PollFailed, PluginUnreadable)
        inner = self._inner
        pages = self._call(
            "poll",
            lambda: iter(inner.poll(cursor, connection, Unhurried(http), deadline)),
            may_raise=may_raise,
        )
        while True:
            page: Any = self._call("poll", next, pages, None, may_raise=may_raise, check=page_fault)
            if page is None:
                return
            yield page

    def _call(
        self,
        hook: str,
        method: Callable[..., T],
        *arguments: Any,
        may_raise: tuple[type[Exception], ...] = (),
        seconds: float = 0.0,
        check: Callable[[Any], str] = lambda answer: "",
    ) -> T:
        """Call the plugin within its budget. hook: what is called, for people. may_raise: what the contract
        lets this method raise. check: what is wrong with its answer, or "". Errors of ours are let through
        too: they come from what we handed in, such as a stream."""
        seconds = seconds or self._seconds
        passed: tuple[type[Exception], ...] = (*may_raise, TriggerIQError)
        try:
            with budget(seconds):
                answer = method(*arguments)
        except passed as error:
            if isinstance(error, may_raise):
                self._tally(self.plugin, hook, "")
            if isinstance(error, PluginUnreadable):
                raise Unreadable(str(error)) from error
            raise
        except Overrun as overrun:
            raise self._failed(hook, overrun.told(seconds)) from None
        except (Exception, SystemExit) as error:
            log.warning("a plugin raised", extra={"plugin": self.by, "hook": hook}, exc_info=True)
            raise self._failed(hook, raised(error, self._in_full)) from error
        if fault := check(answer):
            raise self._failed(hook, fault)
        self._tally(self.plugin, hook, "")
        return answer

    def _failed(self, hook: str, what: str) -> PluginFailed:
        self._tally(self.plugin, hook, what)
        return PluginFailed(self.by, f"the plugin {self.by}: {hook} {what}")


def _behind(first: list[T], stretch: Callable[[], list[T]]) -> Iterator[T]:
    while first:
        yield from first
        first = stretch() if len(first) == STRETCH else []


def _returned(*types: type) -> Callable[[Any], str]:
    """A check that an answer is of one of `types`."""
    names = ", ".join("None" if one is type(None) else one.__name__ for one in types)
    return lambda answer: (
        "" if isinstance(answer, types) else f"returned {type(answer).__name__}, not {names}"
    )


_verified_fault = _returned(Verified)  # fail closed, whatever a plugin thinks to return
_handshake_fault = _returned(Reply, type(None))
_answer_fault = _returned(Events, Reply, Ignore)


def _events_fault(answer: Any) -> str:
    if isinstance(answer, Events) and not all(isinstance(event, Event) for event in answer.items):
        return "returned Events of something that is no Event"
    if isinstance(answer, Events) and not isinstance(answer.reply, (Reply, type(None))):
        return "returned Events with a reply that is no Reply"
    return _answer_fault(answer)


def _item_fault(item: Any) -> str:
    """The core would ignore anything else silently, and a customer's words with it."""
    if isinstance(item, _ITEM):
        return ""
    from triggeriq.notices import Answered, Redacted, Released  # few events hold one

    if isinstance(item, (Answered, Redacted, Released)):
        return ""
    return f"yielded {type(item).__name__}, which is no item of a source"


def _pair_fault(pair: Any) -> str:
    if pair is _END:
        return ""
    if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str)):
        return "yielded something that is no (mark, item)"
    if len(pair[0]) > MARK_LIMIT:
        return f"yielded a mark of more than {MARK_LIMIT:,} characters"
    if isinstance(pair[1], Nothing):
        return ""
    return _item_fault(pair[1]) or _release_fault(pair[1])


def _release_fault(item: Any) -> str:
    if isinstance(item, _ITEM):
        return ""
    from triggeriq.notices import Released  # few files hold a notice

    return (
        "yielded Released, which is told by an event and not by a file" if isinstance(item, Released) else ""
    )
