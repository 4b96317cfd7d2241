"""Tell troubles: that a plugin fails, and that a dead-letter queue is not empty, as events for subscribers.

A schedule looks for both, so that whoever works need not: a function whose plugin fails only counts that, as
it does for GET /plugins, and nothing that was counted is missed. What is told is marked before and after it
goes on the bus: a crash in between tells it once more, with the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.quarantine import PluginFailures
from chalicelib.domain.operations.trouble import (
    NOT_EMPTY,
    PLUGIN_FAILED,
    Mark,
    is_news,
    not_empty,
    plugin_failed,
)
from chalicelib.errors import Unavailable
from chalicelib.ports.bus import Bus
from chalicelib.ports.operations import Clock
from chalicelib.ports.troubles import Marks

log = logging.getLogger(__name__)

Noticed = tuple[str, Mark, CloudEvent]
"""A trouble's name among the marks, its mark, and what is told of it."""


class DeadLetterQueue(Protocol):
    def count(self) -> int: ...

    def oldest_at(self) -> datetime | None:
        """When the oldest of those that can be looked at was first sent."""
        ...


class PluginTable(Protocol):
    def plugin_failures(self) -> Mapping[str, PluginFailures]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TellTroubles:
    """The use-case. Returns how many it told. Raises Unavailable; the next run tells what is left."""

    plugins: PluginTable
    dead: Mapping[str, DeadLetterQueue]
    """Each dead-letter queue, by the short name of the queue whose dead letters it holds."""
    marks: Marks
    bus: Bus
    now: Clock

    def __call__(self) -> int:
        known = self.marks.all()
        noticed = [*self._plugins(known), *self._dead_letters(known)]
        if not noticed:
            return 0
        refusals = self.bus.publish([event for _, _, event in noticed])
        for (name, mark, event), refusal in zip(noticed, refusals, strict=True):
            if refusal is not None:
                raise Unavailable("bus", f"{event.type} was refused ({refusal})")
            log.warning("told of trouble", extra={"event_id": event.id})
            self.marks.change(name, mark, mark._replace(told=True))
        return len(noticed)

    def _plugins(self, known: Mapping[str, Mark]) -> Iterator[Noticed]:
        for plugin, failures in self.plugins.plugin_failures().items():
            name = f"{PLUGIN_FAILED} {plugin}"
            before = known.get(name)
            mark = self._noticed(name, before, anew=is_news(failures, before, self.now()))
            if mark is not None:
                yield name, mark, plugin_failed(plugin, failures, mark.at)

    def _dead_letters(self, known: Mapping[str, Mark]) -> Iterator[Noticed]:
        for queue, dead in self.dead.items():
            name = f"{NOT_EMPTY} {queue}"
            before = known.get(name)
            count = dead.count()
            if count == 0:
                if before is not None:
                    self.marks.remove(name)
                continue
            mark = self._noticed(name, before, anew=before is None)
            if mark is not None:
                yield name, mark, not_empty(queue, count, dead.oldest_at(), mark.at)

    def _noticed(self, name: str, before: Mark | None, *, anew: bool) -> Mark | None:
        """The mark of what is to be told now; None: nothing is, or another run does it."""
        if not anew:
            return before if before is not None and not before.told else None
        mark = Mark(self.now())
        return mark if self.marks.change(name, before, mark) else None
