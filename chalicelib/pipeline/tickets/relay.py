"""Relay: the events in the outbox go on the bus, at once if possible, else by a schedule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.errors import TriggerIQError, Unavailable, loggable
from chalicelib.ports.delivery import Bus
from chalicelib.ports.operations import Clock
from chalicelib.ports.tickets import Outbox

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The use-case. After a crash between bus and outbox an event goes out twice, with the same id."""

    outbox: Outbox
    bus: Bus
    now: Clock
    grace: timedelta
    """How long the invocation that committed an event has to relay it itself."""

    def __call__(self, time_left: Callable[[], float]) -> int:
        """Relay all events that are left in the outbox, as long as there is time. Returns how many went out.

        time_left: seconds until the deadline. Raises Unavailable.
        """
        relayed = 0
        while time_left() > 5:
            waiting = self.outbox.pending(BATCH, self.now() - self.grace)
            if not waiting:
                break
            accepted = self._send(waiting)
            relayed += accepted
            if accepted < len(waiting):
                raise Unavailable("bus", f"{len(waiting) - accepted} of {len(waiting)} events were refused")
        return relayed

    def now_if_possible(self, events: Sequence[CloudEvent]) -> None:
        """Relay what was just committed, if possible. Never raises: the schedule relays what is left."""
        try:
            if events:
                self._send(events)
        except TriggerIQError as error:
            log.warning(
                "left in the outbox",
                extra={
                    "events": len(events),
                    "ticket_ids": [event.subject for event in events],
                    "error": loggable(error),
                },
            )

    def _send(self, events: Sequence[CloudEvent]) -> int:
        refusals = self.bus.publish(events)
        accepted = [event.id for event, refusal in zip(events, refusals, strict=True) if refusal is None]
        self.outbox.relayed(accepted)
        return len(accepted)
