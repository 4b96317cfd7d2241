"""The use-cases of delivery, each built with the services that it needs."""

from __future__ import annotations

from random import random
from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now, trace

if TYPE_CHECKING:
    from chalicelib.pipeline.delivery.deliver import Deliver
    from chalicelib.pipeline.delivery.deliver_due import DeliverDue
    from chalicelib.pipeline.delivery.events import Events
    from chalicelib.pipeline.delivery.follow_deliveries import FollowDeliveries
    from chalicelib.pipeline.delivery.follow_endpoint import FollowEndpoint
    from chalicelib.pipeline.delivery.hold import Hold
    from chalicelib.pipeline.delivery.inbox import KeepInbox
    from chalicelib.pipeline.delivery.later import Later
    from chalicelib.pipeline.delivery.post_events import PostEvents
    from chalicelib.pipeline.delivery.read_inbox import ReadInbox
    from chalicelib.pipeline.delivery.recover import Recover
    from chalicelib.pipeline.delivery.resend import Resend
    from chalicelib.pipeline.delivery.sample_events import SampleEvents
    from chalicelib.pipeline.delivery.side_by_side import SideBySide
    from chalicelib.pipeline.delivery.subscriptions import Subscribe
    from chalicelib.pipeline.delivery.sweep_untold import SweepUntold


class DeliveryUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside

    @once
    def events(self) -> Events:
        from chalicelib.pipeline.delivery.events import Events

        return Events(log=self._outside.event_log, now=now)

    @once
    def inbox(self) -> KeepInbox:
        from chalicelib.pipeline.delivery.inbox import KeepInbox

        return KeepInbox(items=self._outside.inbox_items, subscriptions=self._outside.subscriptions, now=now)

    @once
    def read_inbox(self) -> ReadInbox:
        from time import sleep

        from chalicelib.pipeline.delivery.read_inbox import ReadInbox

        out = self._outside
        return ReadInbox(
            items=out.inbox_items,
            log=out.event_log,
            subscriptions=out.subscriptions,
            places=out.waiting_readers,
            now=now,
            pause=sleep,
        )

    @once
    def deliver(self) -> Deliver:
        from chalicelib.pipeline.delivery.attempt import AttemptDelivery
        from chalicelib.pipeline.delivery.deliver import Deliver
        from chalicelib.pipeline.delivery.fan_out import FanOut
        from chalicelib.pipeline.delivery.turn import TakeTurn

        out = self._outside
        fan_out = FanOut(
            log=out.event_log,
            subscriptions=out.subscriptions,
            inbox_items=out.inbox_items,
            deliveries=out.deliveries,
            queue=out.queue("delivery"),
            hold=self._hold,
            side_by_side=self._side_by_side,
            schedule=out.settings.delivery_schedule,
            now=now,
        )
        attempt = AttemptDelivery(
            subscriptions=out.subscriptions,
            deliveries=out.deliveries,
            web=out.web,
            metrics=out.metrics,
            schedule=out.settings.delivery_schedule,
            public_url=out.settings.public_url,
            now=now,
            jitter=random,
        )
        return Deliver(
            fan_out=fan_out,
            take_turn=TakeTurn(attempt=attempt, follow=self._follow, later=self._later, now=now),
            log=out.event_log,
            subscriptions=out.subscriptions,
            queue=out.queue("delivery"),
            side_by_side=self._side_by_side,
        )

    @once
    def deliver_due(self) -> DeliverDue:
        from chalicelib.pipeline.delivery.deliver_due import DeliverDue

        out = self._outside
        return DeliverDue(
            deliveries=out.deliveries,
            endpoints=out.endpoints,
            subscriptions=out.subscriptions,
            follow=self._follow,
            later=self._later,
            queue=out.queue("delivery"),
            metrics=out.metrics,
            side_by_side=self._side_by_side,
            schedule=out.settings.delivery_schedule,
            now=now,
            jitter=random,
        )

    @once
    def _follow(self) -> FollowEndpoint:
        from chalicelib.pipeline.delivery.follow_endpoint import FollowEndpoint

        out = self._outside
        return FollowEndpoint(
            endpoints=out.endpoints,
            subscriptions=out.subscriptions,
            log=out.event_log,
            bus=out.bus,
            now=now,
        )

    @once
    def _later(self) -> Later:
        from chalicelib.pipeline.delivery.later import Later

        return Later(deliveries=self._outside.deliveries, hold=self._hold, now=now, jitter=random)

    @once
    def _hold(self) -> Hold:
        from chalicelib.pipeline.delivery.hold import Hold

        out = self._outside
        return Hold(subscriptions=out.subscriptions, resend=self.resend, metrics=out.metrics, now=now)

    @once
    def _side_by_side(self) -> SideBySide:
        from chalicelib.pipeline.delivery.side_by_side import SideBySide

        return SideBySide()

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
        from chalicelib.services.https.target import own_of, target_of

        out = self._outside
        own = own_of(out.settings.public_url)
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
        return PostEvents(event_log=out.event_log, bus=out.bus, metrics=out.metrics, trace=trace, now=now)

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
