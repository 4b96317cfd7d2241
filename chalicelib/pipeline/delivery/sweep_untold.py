"""Sweep untold events: those that were posted, but did not get on the bus, are put there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.errors import Unavailable
from chalicelib.ports.bus import Bus
from chalicelib.ports.delivery import EventLog
from chalicelib.ports.operations import Clock, TimeLeft

log = logging.getLogger(__name__)

SETTLE = timedelta(seconds=60)
"""How long an event may wait before it is swept: the request that posted it is over by then."""
BATCH = 10
"""Events that are read at once, as many as one call of the bus takes: in Python one may need twenty times the
room of its text."""
STOP_SECONDS = 5.0
"""So many seconds before the deadline nothing more is begun; the next run finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepUntold:
    """The use-case. After a crash between bus and log an event goes out twice, with the same id."""

    event_log: EventLog
    bus: Bus
    now: Clock

    def __call__(self, time_left: TimeLeft) -> int:
        """Returns how many events it put on the bus. Raises Unavailable."""
        told = 0
        while time_left() > STOP_SECONDS:
            waiting = self.event_log.untold(self.now() - SETTLE, BATCH)
            if not waiting:
                break
            refusals = self.bus.publish([event.as_event().for_the_bus for event in waiting])
            for event, refusal in zip(waiting, refusals, strict=True):
                if refusal is None:
                    log.warning("found an event that nobody was told of", extra={"event_id": event.id})
                    self.event_log.told(event)
                    told += 1
            refused = [refusal for refusal in refusals if refusal is not None]
            if refused:
                raise Unavailable(
                    "bus", f"{len(refused)} of {len(refusals)} events were refused ({refused[0]})"
                )
        return told
