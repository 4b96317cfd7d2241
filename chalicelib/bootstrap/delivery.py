"""The use-cases of delivery, each built with the services that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now

if TYPE_CHECKING:
    from chalicelib.pipeline.delivery.sample_events import SampleEvents


class DeliveryUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @once
    def sample_events(self) -> SampleEvents:
        from chalicelib.pipeline.delivery.sample_events import SampleEvents

        return SampleEvents(log=self._outside.event_log, now=now)
