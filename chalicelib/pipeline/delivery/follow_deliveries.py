"""Follow deliveries: what was tried, with what answer, what has not arrived and why; and one tried again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.domain.delivery.delivery import Delivery, DeliveryStatus, DeliveryView
from chalicelib.domain.delivery.stored_event import POSITION
from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.domain.operations.access import Caller
from chalicelib.domain.operations.restriction import may_see
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Conflict, NotFound
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.ports.delivery import Deliveries, EventLog, Subscriptions
from chalicelib.ports.operations import Clock

LISTS_AT_ONCE = 20
"""Subscriptions that are looked through for one page, lest one answer take too long where little is found."""
SEARCH = timedelta(seconds=5)
"""How long one goes on looking for what a page has room for: in a long list little may be found."""
_START = "-"
"""Stands in a cursor for the beginning of a list."""


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
    """The use-cases on deliveries. What the caller may not see does not exist for him: neither a subscription
    nor, if he is restricted to connections, a delivery of others."""

    subscriptions: Subscriptions
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
        caller: Caller,
    ) -> Page[DeliveryView]:
        """Of one subscription, which the caller may see; newest first."""
        page = self._page(subscription.id, limit, cursor, wanted, caller)
        return Page(self._shown(page.items), page.next)

    def list_all(
        self, limit: int, cursor: str | None, wanted: DeliveryFilter, caller: Caller
    ) -> Page[DeliveryView]:
        """Of all subscriptions that the caller may see, one after the other by their ids; each one's newest
        first. A page may be short though more follows."""
        begin, inner = map(str, from_cursor(cursor, str, str)) if cursor else ("", _START)
        seen = sorted(one.id for one in self.subscriptions.all() if one.seen_by(caller) and one.id >= begin)
        found: list[Delivery] = []
        give_up = self.now() + SEARCH
        for looked, id in enumerate(seen):
            if len(found) == limit or looked == LISTS_AT_ONCE or (looked and self.now() >= give_up):
                return Page(self._shown(found), to_cursor(id, _START))
            after = inner if id == begin and inner != _START else None
            page = self._page(id, limit - len(found), after, wanted, caller)
            found += page.items
            if page.next is not None:
                return Page(self._shown(found), to_cursor(id, page.next))
        return Page(self._shown(found))

    def find(self, id: str, caller: Caller) -> DeliveryView:
        """Raises NotFound."""
        _, delivery = self._found(id, caller)
        return self._shown([delivery])[0]

    def retry(self, id: str, caller: Caller) -> DeliveryView:
        """Have it attempted now instead of when it is due, to the address that its subscription has now; one
        that has arrived is sent again.

        Raises NotFound; Conflict while it is being sent, while the subscription takes nothing, and where its
        event was forgotten.
        """
        subscription, delivery = self._found(id, caller)
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
        self, id: str, limit: int, cursor: str | None, wanted: DeliveryFilter, caller: Caller
    ) -> Page[Delivery]:
        return self.deliveries.list(id, limit, cursor, within=caller.restriction, **wanted._asdict())

    def _found(self, id: str, caller: Caller) -> tuple[Subscription, Delivery]:
        subscription_id, _, position = id.rpartition(".")
        if subscription_id and re.fullmatch(POSITION, position):
            subscription = self.subscriptions.find(subscription_id)
            if subscription is not None and subscription.seen_by(caller):
                delivery = self.deliveries.find(subscription_id, position)
                if delivery is not None and may_see(caller.restriction, delivery.connections):
                    return subscription, delivery
        raise NotFound(f"there is no delivery {id}; GET /deliveries lists them")

    def _shown(self, found: Sequence[Delivery]) -> tuple[DeliveryView, ...]:
        attempts = self.deliveries.attempts(found) if found else {}
        return tuple(DeliveryView.of(one, attempts.get(one.id, ())) for one in found)


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
