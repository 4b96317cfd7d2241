"""/subscriptions: who wants which events, where to. Each owner has his own; an admin sees and changes all.
Whoever makes or changes one must hold the scope read too, since it is told what that scope sees. One that was
made with a key that is restricted to connections is told of those alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chalicelib.api.delivery.shapes import (
    KeptSubscription,
    NewSecret,
    NewSubscription,
    Resume,
    SubscriptionChange,
    SubscriptionMake,
    SubscriptionPage,
    SubscriptionPut,
    SubscriptionQuery,
    SubscriptionShown,
    TestDelivery,
)
from chalicelib.api.entity_tags import etag, wanted_version
from chalicelib.api.exchange import Answer, Call
from chalicelib.domain.delivery.address import shown
from chalicelib.domain.delivery.subscription import Subscription

RECOVERED = timedelta(days=14)
"""How far back what was held is sent."""


def make(call: Call, body: SubscriptionMake) -> Answer:
    _require_read(call)
    made = call.use.delivery.subscriptions.make(body.name, body.terms(), call.caller)
    new = NewSubscription(**_shown(call, made.subscription), secret=made.secret)
    return _answer(made.subscription, new, 201)


def listed(call: Call, query: SubscriptionQuery) -> SubscriptionPage:
    page = call.use.delivery.subscriptions.list(query.limit, query.cursor, call.caller, query.owner)
    return SubscriptionPage(
        items=tuple(SubscriptionShown(**_shown(call, one)) for one in page.items), next=page.next
    )


def find(call: Call, id: str) -> Answer:
    return _known(call, call.use.delivery.subscriptions.find(id, call.caller))


def put(call: Call, id: str, body: SubscriptionPut) -> Answer:
    _require_read(call)
    made = call.use.delivery.subscriptions.put(id, body.terms(), call.caller, _if_version(call, id))
    secret: dict[str, Any] = {"secret": made.secret} if made.secret else {}
    kept = KeptSubscription(**_shown(call, made.subscription), **secret)
    return _answer(made.subscription, kept, 201 if secret else 200)


def change(call: Call, id: str, body: SubscriptionChange) -> Answer:
    _require_read(call)
    return _known(
        call,
        call.use.delivery.subscriptions.change(id, body.changes(), call.caller, _if_version(call, id)),
    )


def delete(call: Call, id: str) -> Answer:
    call.use.delivery.subscriptions.delete(id, call.caller, _if_version(call, id))
    return Answer()


def rotate(call: Call, id: str) -> NewSecret:
    return NewSecret(secret=call.use.delivery.subscriptions.rotate(id, call.caller))


def pause(call: Call, id: str) -> Answer:
    return _known(call, call.use.delivery.subscriptions.pause(id, call.caller))


def resume(call: Call, id: str, body: Resume) -> Answer:
    _require_read(call)
    subscription = call.use.delivery.subscriptions.resume(id, call.caller)
    since = call.use.now() - RECOVERED
    if body.held == "send" and call.use.delivery.subscriptions.holds(subscription, since):
        within = subscription.within.patterns if subscription.within else ()
        call.use.operations.start_job(
            "recover",
            {
                "subscription": subscription.id,
                "since": since,
                "statuses": ("held",),
                "connections": within,
            },
            by=call.caller.name,
            owner=subscription.owner,
        )
    return _known(call, subscription)


def test(call: Call, id: str) -> TestDelivery:
    _require_read(call)
    return TestDelivery(delivery=call.use.delivery.subscriptions.test(id, call.caller).id)


test.__test__ = False  # type: ignore[attr-defined]  # to pytest, a name that begins with test is a test


def _require_read(call: Call) -> None:
    call.caller.require("read")


def _if_version(call: Call, id: str) -> int | None:
    return wanted_version(call, lambda: call.use.delivery.subscriptions.find(id, call.caller).version)


def _known(call: Call, subscription: Subscription) -> Answer:
    return _answer(subscription, SubscriptionShown(**_shown(call, subscription)))


def _answer(subscription: Subscription, view: SubscriptionShown, status: int = 0) -> Answer:
    location = {"Location": f"/subscriptions/{subscription.id}"} if status == 201 else {}
    return Answer(view, status, {**location, **etag(subscription.version)})


def _shown(call: Call, it: Subscription) -> dict[str, Any]:
    """The fields of SubscriptionShown, as the caller may see them."""
    now = call.use.now()
    expired = not it.in_force(now)
    return {
        "id": it.id,
        "name": it.name,
        "owner": it.owner,
        "url": it.url if it.owner == call.caller.owner else shown(it.url, it.format),
        "types": it.wanted.types,
        "filter": dict(it.wanted.filter),
        "format": it.format,
        "headers": it.headers,
        "rate": it.rate,
        "expires_at": it.expires_at,
        "status": "disabled" if expired else it.status,
        "reason": "expired" if expired else it.reason,
        "secrets": tuple(one for one in it.secrets if one.expires_at is None or now < one.expires_at),
        "failing_since": call.use.delivery.subscriptions.failing_since(it),
        "created_at": it.created_at,
        "updated_at": it.updated_at,
    }
