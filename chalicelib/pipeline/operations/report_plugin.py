"""Report how plugins fail, and that they work again, so that GET /plugins shows it of every function and not
only of `api`."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.domain.intake.quarantine import PluginFailures
from chalicelib.errors import loggable

log = logging.getLogger(__name__)

SECONDS = 1.0
"""Between two reports of one kind on one plugin: one that fails every time, or every other time, must not
double our work."""
LOOK_SECONDS = 60.0
"""Between two attempts to read what stands, where that can't be read."""


class FailureTable(Protocol):
    def plugin_failed(self, plugin: str, hook: str, reason: str, times: int) -> None: ...

    def plugin_works(self, plugin: str, hook: str) -> None: ...

    def plugin_failures(self) -> Mapping[str, PluginFailures]: ...


@dataclass(slots=True, kw_only=True)
class ReportPlugin:
    """The use-case; call it with plugin, hook and the reason of a failure, or "" after a call that went well.
    Never raises: the work goes on without the plugin, and must not fail because that can't be told.

    A failure stands until a call of the same hook goes well. A process knows its own failures; those of
    processes that are gone it reads once, before it tells that anything works.
    """

    failures: FailureTable
    _waiting: Counter[str] = field(default_factory=Counter)
    _failed_at: dict[str, float] = field(default_factory=dict)
    _works_at: dict[str, float] = field(default_factory=dict)
    _standing: set[tuple[str, str]] = field(default_factory=set)
    _looked: bool = False
    _look_at: float = 0.0

    def __call__(self, plugin: str, hook: str, reason: str) -> None:
        try:
            if reason:
                self._failed(plugin, hook, reason)
            elif not self._looked or (plugin, hook) in self._standing:
                self._works(plugin, hook)
        except Exception as error:
            log.warning("how a plugin does can't be told", extra={"plugin": plugin, "error": loggable(error)})

    def _failed(self, plugin: str, hook: str, reason: str) -> None:
        self._waiting[plugin] += 1
        now = time.monotonic()
        if (plugin, hook) in self._standing and now - self._failed_at.get(plugin, -SECONDS) < SECONDS:
            return
        self._failed_at[plugin] = now
        times = self._waiting[plugin]
        self.failures.plugin_failed(plugin, hook, reason, times)
        self._waiting[plugin] -= times
        self._standing.add((plugin, hook))

    def _works(self, plugin: str, hook: str) -> None:
        now = time.monotonic()
        if not self._looked:
            if now < self._look_at:
                return
            self._look_at = now + LOOK_SECONDS
            known = self.failures.plugin_failures()
            self._standing |= {(name, one.hook) for name, one in known.items() if one.hook}
            self._looked = True
        if (plugin, hook) in self._standing and now - self._works_at.get(plugin, -SECONDS) >= SECONDS:
            self._works_at[plugin] = now
            self.failures.plugin_works(plugin, hook)
            self._standing.discard((plugin, hook))
