"""What TriggerIQ tells of a subscriber's endpoint, to its owner's other subscriptions and his inbox."""

from __future__ import annotations

import uuid
from datetime import datetime

from chalicelib.domain.as_json import as_json
from chalicelib.domain.delivery.address import origin
from chalicelib.domain.delivery.endpoint import News
from chalicelib.domain.delivery.event import OURSELVES, CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Subscription

_NAMESPACE = uuid.UUID("3f1f3f53-9c9e-4f4b-8a43-0a7f6b8a7c1e")


def event_of(news: News, subscription: Subscription, now: datetime) -> CloudEvent:
    """The event of a piece of news: the same news has the same id, however often it is told."""
    said = {
        "subscription": subscription.id,
        "name": subscription.name,
        "url": origin(subscription.url),
        "status": subscription.status,
        "reason": subscription.reason,
    }
    return CloudEvent(
        id=str(uuid.uuid5(_NAMESPACE, f"{subscription.id}\n{news.type}\n{news.key}")),
        type=news.type,
        subject=subscription.id,
        time=now,
        data=as_json({**said, **news.data}),
        audience=subscription.owner,
    )


def is_about(event: CloudEvent | StoredEvent, subscription: str) -> bool:
    """Whether it tells of the endpoint of that subscription, which is the last to be told so."""
    return event.owner == OURSELVES and event.type.startswith("endpoint.") and event.subject == subscription
