"""The use-cases of delivery, each built with the services that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now

if TYPE_CHECKING:
    from chalicelib.pipeline.delivery.events import Events
    from chalicelib.pipeline.delivery.inbox import KeepInbox
    from chalicelib.pipeline.delivery.read_inbox import ReadInbox


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
