"""Relay: the events in the outbox go on the bus, at once if possible, else by a schedule. One that the bus
never takes is put into the quarantine, where a person finds it whole; it keeps no other waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.errors import TriggerIQError, Unavailable, loggable
from chalicelib.ports.bus import TOO_LARGE, Bus
from chalicelib.ports.intake import Quarantine
from chalicelib.ports.operations import Clock
from chalicelib.ports.tickets import Outbox

log = logging.getLogger(__name__)

BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """The use-case. After a crash between bus and outbox an event goes out twice, with the same id."""

    outbox: Outbox
    bus: Bus
    quarantine: Quarantine
    now: Clock
    grace: timedelta
    """How long the invocation that committed an event has to relay it itself."""

    def __call__(self, time_left: Callable[[], float]) -> int:
        """Relay all events that are left in the outbox, as long as there is time. Returns how many left it.

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
        large = [event for event, refusal in zip(events, refusals, strict=True) if refusal == TOO_LARGE]
        for event in large:
            self._keep(event)
        self.outbox.relayed([event.id for event in large])
        return len(accepted) + len(large)

    def _keep(self, event: CloudEvent) -> None:
        raw = event.body.encode()
        kept = self.quarantine.keep(
            Quarantined(
                source="",
                connection="",
                reason=f"{event.type} is larger than the bus takes: {len(raw)} bytes; nobody was told of it",
                where=f"{event.type} of {event.subject}",
                at=event.time,
                event_id=event.id,
            ),
            raw,
        )
        log.error("an event is too large for the bus", extra={"quarantine_id": kept})
