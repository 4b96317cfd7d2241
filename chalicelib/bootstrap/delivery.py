"""The use-cases of delivery, each built with the services that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now, trace

if TYPE_CHECKING:
    from chalicelib.pipeline.delivery.follow_deliveries import FollowDeliveries
    from chalicelib.pipeline.delivery.post_events import PostEvents
    from chalicelib.pipeline.delivery.recover import Recover
    from chalicelib.pipeline.delivery.resend import Resend
    from chalicelib.pipeline.delivery.sample_events import SampleEvents
    from chalicelib.pipeline.delivery.subscriptions import Subscribe
    from chalicelib.pipeline.delivery.sweep_untold import SweepUntold


class DeliveryUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @once
    def resend(self) -> Resend:
        from chalicelib.pipeline.delivery.resend import Resend

        out = self._outside
        return Resend(deliveries=out.deliveries, queue=out.queue("delivery"), now=now)

    @once
    def subscriptions(self) -> Subscribe:
        from functools import partial

        from chalicelib.domain.operations.access import LOCAL_STAGE
        from chalicelib.pipeline.delivery.subscriptions import Subscribe
        from chalicelib.services.https.target import host_of, target_of

        out = self._outside
        own = frozenset(filter(None, [host_of(out.settings.public_url)]))
        return Subscribe(
            subscriptions=out.subscriptions,
            endpoints=out.endpoints,
            log=out.event_log,
            deliveries=out.deliveries,
            resend=self.resend,
            check_address=partial(target_of, local=out.settings.stage == LOCAL_STAGE, own=own),
            now=now,
        )

    @once
    def sample_events(self) -> SampleEvents:
        from chalicelib.pipeline.delivery.sample_events import SampleEvents

        return SampleEvents(log=self._outside.event_log, now=now)

    @once
    def post_events(self) -> PostEvents:
        from chalicelib.pipeline.delivery.post_events import PostEvents

        out = self._outside
        return PostEvents(event_log=out.event_log, bus=out.bus, trace=trace, now=now)

    @once
    def sweep_untold(self) -> SweepUntold:
        from chalicelib.pipeline.delivery.sweep_untold import SweepUntold

        return SweepUntold(event_log=self._outside.event_log, bus=self._outside.bus, now=now)

    @once
    def deliveries(self) -> FollowDeliveries:
        from chalicelib.pipeline.delivery.follow_deliveries import FollowDeliveries

        out = self._outside
        return FollowDeliveries(
            subscriptions=out.subscriptions,
            deliveries=out.deliveries,
            log=out.event_log,
            resend=self.resend,
            now=now,
        )

    @once
    def recover(self) -> Recover:
        from chalicelib.pipeline.delivery.find_undelivered import FindUndelivered
        from chalicelib.pipeline.delivery.recover import Recover

        out = self._outside
        return Recover(
            subscriptions=out.subscriptions,
            endpoints=out.endpoints,
            find=FindUndelivered(deliveries=out.deliveries, log=out.event_log),
            resend=self.resend,
            now=now,
        )
