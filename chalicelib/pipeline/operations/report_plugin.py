"""Report a plugin's failures, so that GET /plugins shows those in every function, not only those in `api`."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

from chalicelib.errors import TriggerIQError, loggable

log = logging.getLogger(__name__)

SECONDS = 1.0
"""Between two reports on one plugin: one that fails every time must not double our work."""


class FailureCounts(Protocol):
    def plugin_failed(self, plugin: str, error: str, times: int) -> None: ...


@dataclass(slots=True, kw_only=True)
class ReportPlugin:
    """The use-case; call it with the plugin and the reason. Never raises: the work went on without the
    plugin, and must not fail because its failure can't be counted."""

    counts: FailureCounts
    _waiting: Counter[str] = field(default_factory=Counter)
    _told: dict[str, float] = field(default_factory=dict)

    def __call__(self, plugin: str, reason: str) -> None:
        self._waiting[plugin] += 1
        now = time.monotonic()
        if now - self._told.get(plugin, -SECONDS) < SECONDS:
            return
        self._told[plugin] = now
        times = self._waiting.pop(plugin)
        try:
            self.counts.plugin_failed(plugin, reason, times)
        except TriggerIQError as error:
            self._waiting[plugin] += times
            log.warning(
                "a plugin's failure can't be counted", extra={"plugin": plugin, "error": loggable(error)}
            )
