"""The use-cases that make tickets, change them and tell of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now

if TYPE_CHECKING:
    from chalicelib.bootstrap.triage import TriageUseCases
    from chalicelib.domain.delivery.event import CloudEvent
    from chalicelib.pipeline.tickets.process import Process
    from chalicelib.pipeline.tickets.relay import Relay
    from chalicelib.ports.tickets import TicketDesk


class TicketUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside, triage: TriageUseCases) -> None:
        self._outside, self._triage = outside, triage

    @once
    def relay(self) -> Relay:
        from chalicelib.pipeline.tickets.relay import Relay

        out = self._outside
        return Relay(
            outbox=out.outbox,
            bus=out.bus,
            now=now,
            grace=timedelta(seconds=out.settings.relay_grace_seconds),
        )

    @once
    def process(self) -> Process:
        from chalicelib.pipeline.tickets.process import Process

        out = self._outside
        return Process(
            triage=self._triage.feedback, tickets=out.tickets, relay=self.relay, metrics=out.metrics, now=now
        )

    @property
    def desk(self) -> TicketDesk:
        return self._outside.desk

    def tell(self, events: Sequence[CloudEvent]) -> None:
        """Put on the bus what a change left in the outbox; the schedule does it where that fails."""
        self.relay.now_if_possible(events)
