"""Follow deliveries: what was tried, with what answer, what has not arrived and why; and one tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.delivery.delivery import Delivery, DeliveryStatus, DeliveryView
from chalicelib.domain.delivery.stored_event import POSITION
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.domain.operations.restriction import Restriction, may_see
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Conflict, NotFound
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.ports.delivery import Deliveries, EventLog
from chalicelib.ports.operations import Clock

LISTS_AT_ONCE = 20
"""Subscriptions that are looked through for one page, lest one answer take too long where little is found."""


class DeliveryFilter(NamedTuple):
    """Which deliveries somebody looks for."""

    statuses: Sequence[DeliveryStatus] = ()
    undelivered: bool = False
    """Only those that Delivery.undelivered says."""
    since: datetime | None = None
    """By the time of the event, inclusive."""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowDeliveries:
    """The use-cases on deliveries. Each takes the subscription, which the caller is known to see.

    within: what the caller is restricted to. A delivery of other connections does not exist for him.
    """

    deliveries: Deliveries
    log: EventLog
    resend: Resend
    now: Clock

    def list(
        self,
        subscription: Subscription,
        limit: int,
        cursor: str | None,
        wanted: DeliveryFilter,
        within: Restriction | None,
    ) -> Page[DeliveryView]:
        """Newest first."""
        page = self._page(subscription.id, limit, cursor, wanted, within)
        return Page(self._shown(page.items), page.next)

    def list_of(
        self,
        subscriptions: Sequence[Subscription],
        limit: int,
        cursor: str | None,
        wanted: DeliveryFilter,
        within: Restriction | None,
    ) -> Page[DeliveryView]:
        """Of several subscriptions, one after the other by their ids, each one's newest first. A page may be
        short though more follows."""
        begin, inner = ("", "-") if cursor is None else from_cursor(cursor, str, str)
        found: list[Delivery] = []
        for looked, id in enumerate(sorted(one.id for one in subscriptions if one.id >= str(begin))):
            if len(found) == limit or looked == LISTS_AT_ONCE:
                return Page(self._shown(found), to_cursor(id, "-"))
            of_this = str(inner) if id == begin and inner != "-" else None
            page = self._page(id, limit - len(found), of_this, wanted, within)
            found += page.items
            if page.next is not None:
                return Page(self._shown(found), to_cursor(id, page.next))
        return Page(self._shown(found))

    def find(self, id: str, within: Restriction | None) -> DeliveryView:
        """Raises NotFound."""
        return self._shown([self._found(id, within)])[0]

    def retry(self, id: str, subscription: Subscription, within: Restriction | None) -> DeliveryView:
        """Have it attempted now instead of when it is due, to the address that its subscription has now; one
        that has arrived is sent again. subscription: its own.

        Raises NotFound; Conflict while it is being sent, while the subscription takes nothing, and where its
        event was forgotten.
        """
        delivery = self._found(id, within)
        if delivery.status == "sending":
            raise Conflict("it is being sent at this moment; look at it again in two minutes")
        require_open(subscription, self.now())
        event = self.log.find(delivery.owner, delivery.event_id, delivery.event_source)
        if event is None or event.body is None:
            raise Conflict(
                f"what event {delivery.event_id} held was forgotten, so that there is nothing to send"
            )
        pending = self.resend.again(delivery)
        if pending is None:
            raise Conflict("it has changed in this moment; look at it again")
        self.resend.send([pending])
        return self._shown([pending])[0]

    def _page(
        self, id: str, limit: int, cursor: str | None, wanted: DeliveryFilter, within: Restriction | None
    ) -> Page[Delivery]:
        return self.deliveries.list(id, limit, cursor, within=within, **wanted._asdict())

    def _found(self, id: str, within: Restriction | None) -> Delivery:
        subscription, position = subscription_and_position(id)
        delivery = self.deliveries.find(subscription, position)
        if delivery is None or not may_see(within, delivery.connections):
            raise not_found(id)
        return delivery

    def _shown(self, found: Sequence[Delivery]) -> tuple[DeliveryView, ...]:
        attempts = self.deliveries.attempts(found) if found else {}
        return tuple(DeliveryView.of(one, attempts.get(one.id, ())) for one in found)


def subscription_and_position(id: str) -> tuple[str, str]:
    """What a delivery's id is made of. Raises NotFound."""
    subscription, _, position = id.rpartition(".")
    if not subscription or not re.fullmatch(POSITION, position):
        raise not_found(id)
    return subscription, position


def not_found(id: str) -> NotFound:
    return NotFound(f"there is no delivery {id}; GET /deliveries lists them")


def require_open(subscription: Subscription, now: datetime) -> None:
    """Raises Conflict, saying what to do, unless the subscription is sent to."""
    if not subscription.in_force(now):
        raise Conflict(
            f"the subscription {subscription.name} has expired; give it a later `expires_at` first"
        )
    if subscription.status != "active":
        raise Conflict(
            f"the subscription {subscription.name} is {subscription.status}; "
            f"POST /subscriptions/{subscription.id}/resume first"
        )
