"""Post events: those that somebody posts go into the log, then on the bus.

Each is kept with the mark that it waits for the bus, then put on the bus, then the mark is taken off. So a
crash loses none: its poster's repeat finds the mark and goes on from there, and so does the sweep
(sweep_untold.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.trace import Trace
from chalicelib.errors import Unavailable, loggable
from chalicelib.log_context import bound
from chalicelib.ports.bus import Bus
from chalicelib.ports.delivery import DeliveryMetrics, EventLog
from chalicelib.ports.operations import Clock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PostedEvent:
    """An event that is in the log and on the bus: it will not be lost."""

    id: str
    duplicate: bool
    """The owner's source had posted one of that id before, and nothing was sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEvents:
    """The use-case; call it with the events of one request."""

    event_log: EventLog
    bus: Bus
    metrics: DeliveryMetrics
    trace: Callable[[], Trace]
    """The trace of this request."""
    now: Clock

    def __call__(self, events: Sequence[CloudEvent]) -> tuple[PostedEvent, ...]:
        """Each of them, in their order. Raises Unavailable where not all of them are on the bus; on the next
        try, those that are count as duplicates."""
        trace = self.trace()
        with bound(trace_id=trace.xray_id):
            return self._posted([replace(event, trace=trace) for event in events])

    def _posted(self, events: Sequence[CloudEvent]) -> tuple[PostedEvent, ...]:
        kept: dict[tuple[str, str, str], StoredEvent] = {}
        waiting: list[tuple[StoredEvent, CloudEvent]] = []
        posted = []
        for event in events:
            if event.identity in kept:
                posted.append(PostedEvent(event.id, duplicate=True))
                continue
            new = StoredEvent.of(event, self.now(), untold=True)
            kept[event.identity] = stored = self.event_log.put(new)
            posted.append(PostedEvent(event.id, duplicate=stored.untold_since is None))
            if stored == new:  # else one of that id was there
                self.metrics.count_posted()
            if stored.untold_since is not None:
                # What came first counts, whatever a repeat brings
                waiting.append((stored, event if stored is new else stored.as_event()))
        self._tell(waiting)
        return tuple(posted)

    def _tell(self, waiting: Sequence[tuple[StoredEvent, CloudEvent]]) -> None:
        if not waiting:
            return
        refusals = self.bus.publish([event.for_the_bus for _, event in waiting])
        on_the_bus = [
            stored for (stored, _), refusal in zip(waiting, refusals, strict=True) if refusal is None
        ]
        for stored in on_the_bus:
            log.info("accepted", extra={"event_id": stored.id})
        self._take_marks_off(on_the_bus)
        refused = [refusal for refusal in refusals if refusal is not None]
        if refused:
            raise Unavailable("bus", f"{len(refused)} of {len(refusals)} events were refused ({refused[0]})")

    def _take_marks_off(self, events: Sequence[StoredEvent]) -> None:
        """As far as that can be done: a mark that stays brings the event on the bus once more, where it is
        known, and does not make its poster wait for nothing."""
        try:
            for event in events:
                self.event_log.told(event)
        except Unavailable as error:
            log.warning("the marks of posted events stay", extra={"error": loggable(error)})
