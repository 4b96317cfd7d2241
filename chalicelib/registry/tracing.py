"""Tells each call of a plugin: which, how long it took, and what came of it, in words that hold neither a
secret nor anything that a customer wrote. Loaded only where TRIGGERIQ_TRACE_PLUGINS is on."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, get_args

from chalicelib.errors import Invalid, PluginFailed, Unreadable
from chalicelib.registry.guarded import GuardedSource
from chalicelib.registry.registry import Registry
from triggeriq import (
    Connection,
    Draft,
    Events,
    FileHint,
    Ignore,
    NotVerified,
    Reply,
    Review,
    Source,
    Verdict,
    Verified,
)
from triggeriq.errors import Reason

if TYPE_CHECKING:
    from pluggy import HookImpl

log = logging.getLogger(__name__)

_LABEL = re.compile(r"[a-z0-9_.-]{1,40}", re.ASCII)
"""What facets and labels look like. A plugin may make one of anything; what looks otherwise is not told."""


class TracedRegistry(Registry):
    """The registry, telling each call."""

    def _guarded(self, source: Source, plugin: str) -> GuardedSource:
        return _TracedSource(source, plugin, self._seconds, self._tally, self._in_full)

    def _called(
        self, by: str, hook: str, implementation: HookImpl, arguments: Mapping[str, Any]
    ) -> tuple[Any, str]:
        begun = time.perf_counter()
        value, reason = super()._called(by, hook, implementation, arguments)
        _tell(by, hook, time.perf_counter() - begun, "failed" if reason else answered(value))
        return value, reason


class _TracedSource(GuardedSource):
    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Any]]:
        """Told once, when the reading ends: a file may have a million items."""
        pairs, kinds, spent, end = super().read(stream, hint, resume, connection), Counter[str](), 0.0, ""
        try:
            while True:
                begun = time.perf_counter()
                try:
                    pair = next(pairs, None)
                finally:
                    spent += time.perf_counter() - begun
                if pair is None:
                    return
                kinds[_kind(pair[1])] += 1
                yield pair
        except Exception as error:
            end = f", {refused(error)}"
            raise
        finally:
            _tell(self.by, "read", spent, f"{_counted(kinds)}{end}")

    def _call(self, hook: str, method: Any, *arguments: Any, **options: Any) -> Any:
        if hook == "read":
            return super()._call(hook, method, *arguments, **options)
        begun = time.perf_counter()
        try:
            answer = super()._call(hook, method, *arguments, **options)
        except Exception as error:
            _tell(self.by, hook, time.perf_counter() - begun, refused(error))
            raise
        _tell(self.by, hook, time.perf_counter() - begun, answered(answer))
        return answer


def answered(value: Any) -> str:
    """What a plugin answered."""
    try:
        return _told(value)
    except Exception:  # it may be an object of the plugin's own
        return "an odd answer"


def refused(error: Exception) -> str:
    """How a call ended that gave no answer."""
    if isinstance(error, NotVerified):
        return f"refused: {error.reason}" if error.reason in get_args(Reason) else "refused"
    if isinstance(error, PluginFailed):
        return "failed"
    words = {Unreadable: "unreadable", Invalid: "invalid"}
    return next((word for kind, word in words.items() if isinstance(error, kind)), "failed")


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Verdict):
        return f"{_label(value.facet)}={_label(value.label)}"
    if isinstance(value, Events):
        return _number(len(value.items), "event")
    if isinstance(value, Reply):
        return f"reply {value.status:d}"
    if isinstance(value, Draft):
        parts = [name for name in ("title", "description", "tags") if getattr(value, name) is not None]
        return ", ".join(parts) or "nothing"
    if isinstance(value, Review):
        return "needs review" if value.needs_review else "needs no review"
    if isinstance(value, Mapping):
        return _number(len(value), "fact")
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(one, Verdict) for one in value[:20]):
            return ", ".join(map(_told, value[:20]))
        return _counted(Counter(map(_kind, value)))
    return {Verified: "verified", Ignore: "ignored"}.get(type(value), type(value).__name__)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _kind(item: Any) -> str:
    return type(item).__name__.lower()


def _counted(kinds: Mapping[str, int]) -> str:
    """ "3 feedback, 1 bad"."""
    return ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "no item"


def _label(text: object) -> str:
    return text if isinstance(text, str) and _LABEL.fullmatch(text) else "…"


def _tell(plugin: str, hook: str, seconds: float, answer: str) -> None:
    log.info(
        "a plugin was called",
        extra={"plugin": plugin, "hook": hook, "ms": round(seconds * 1000, 3), "answer": answer},
    )
