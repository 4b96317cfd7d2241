"""The use-cases of delivery, each built with the services that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now, trace

if TYPE_CHECKING:
    from chalicelib.pipeline.delivery.post_events import PostEvents
    from chalicelib.pipeline.delivery.sweep_untold import SweepUntold


class DeliveryUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @once
    def post_events(self) -> PostEvents:
        from chalicelib.pipeline.delivery.post_events import PostEvents

        out = self._outside
        return PostEvents(event_log=out.event_log, bus=out.bus, trace=trace, now=now)

    @once
    def sweep_untold(self) -> SweepUntold:
        from chalicelib.pipeline.delivery.sweep_untold import SweepUntold

        return SweepUntold(event_log=self._outside.event_log, bus=self._outside.bus, now=now)
