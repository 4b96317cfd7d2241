"""The use-cases, by area: what handlers and routes call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now

if TYPE_CHECKING:
    from chalicelib.bootstrap.delivery import DeliveryUseCases
    from chalicelib.bootstrap.intake import IntakeUseCases
    from chalicelib.bootstrap.operations import OperationsUseCases
    from chalicelib.bootstrap.tickets import TicketUseCases
    from chalicelib.bootstrap.triage import TriageUseCases
    from chalicelib.pipeline.consume import Consume
    from chalicelib.services.emf import EmfMetrics


class UseCases:
    """Each area's are made on first use, from the services that they need."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self.settings = outside.settings
        self.now = now

    @once
    def intake(self) -> IntakeUseCases:
        from chalicelib.bootstrap.intake import IntakeUseCases

        return IntakeUseCases(self._outside)

    @once
    def triage(self) -> TriageUseCases:
        from chalicelib.bootstrap.triage import TriageUseCases

        return TriageUseCases(self._outside)

    @once
    def tickets(self) -> TicketUseCases:
        from chalicelib.bootstrap.tickets import TicketUseCases

        return TicketUseCases(self._outside, self.triage)

    @once
    def delivery(self) -> DeliveryUseCases:
        from chalicelib.bootstrap.delivery import DeliveryUseCases

        return DeliveryUseCases(self._outside)

    @once
    def operations(self) -> OperationsUseCases:
        from chalicelib.bootstrap.jobs import Kinds
        from chalicelib.bootstrap.operations import OperationsUseCases

        return OperationsUseCases(self._outside, self.intake, Kinds(self))

    @property
    def metrics(self) -> EmfMetrics:
        """Where the use-cases count; handlers and routes write it at the end."""
        return self._outside.metrics

    def consume(self, queue: str) -> Consume:
        """The use-case that works on a queue, by the queue's short name, and settles each record."""
        from chalicelib.pipeline.consume import Consume

        return Consume(
            queue=self._outside.queue(queue),
            quarantine=self._outside.quarantine,
            metrics=self._outside.metrics,
            now=now,
            park_seconds=self.settings.park_seconds,
            retry_seconds=self.settings.retry_seconds,
        )

    def make_all(self) -> None:
        """Make every use-case now, instead of on first use."""
        for area in (self.intake, self.triage, self.tickets, self.delivery, self.operations):
            for name, part in vars(type(area)).items():
                if isinstance(part, once):
                    getattr(area, name)

    def load_sources(self) -> None:
        """Load the plugins of all sources now, instead of each for the first event that names its source."""
        self._outside.registry.sources()

    def close(self) -> None:
        """Close the connections that they have opened."""
        self._outside.close()
