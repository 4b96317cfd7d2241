"""/deliveries: what was sent to whom, with what answer, and what has not arrived and why. They belong to
their subscription: whoever may see that may see them, have one tried again, and have those of a time
recovered."""

from __future__ import annotations

from typing import Any

from chalicelib.api.delivery.shapes import DeliveryQuery, DeliverySources, RecoverRequest, Recovery
from chalicelib.api.exchange import Answer, Call
from chalicelib.pipeline.delivery.recover import RecoverArguments

NO_SOURCES = (
    "this deployment sends from addresses of AWS that change; verify the signature instead of the address, "
    "or ask whoever deploys it for `static_egress`"
)


def of_subscription(call: Call, id: str, query: DeliveryQuery) -> Any:
    subscription = call.use.delivery.subscriptions.find(id, call.caller)
    return call.use.delivery.deliveries.list(
        subscription, query.limit, query.cursor, query.as_filter(), call.caller
    )


def listed(call: Call, query: DeliveryQuery) -> Any:
    return call.use.delivery.deliveries.list_all(query.limit, query.cursor, query.as_filter(), call.caller)


def find(call: Call, id: str) -> Any:
    return call.use.delivery.deliveries.find(id, call.caller)


def retry(call: Call, id: str) -> Any:
    return call.use.delivery.deliveries.retry(id, call.caller)


def recover(call: Call, id: str, body: RecoverRequest) -> Answer:
    """Counts what is to be sent, and starts the job that sends it. A dry run needs a job only where there is
    too much to be counted while somebody waits."""
    subscription = call.use.delivery.subscriptions.find(id, call.caller)
    given = {
        "subscription": subscription.id,
        "connections": subscription.within.patterns if subscription.within else (),
        **body.model_dump(),
    }
    arguments = RecoverArguments(**{**given, "types": tuple(body.types)})
    call.use.delivery.recover.check(arguments)
    found, exact = call.use.delivery.recover.count(arguments)
    queued = 0 if body.dry_run else found
    if body.dry_run and exact:
        return Answer(Recovery(id=None, found=found, exact=exact, queued=queued))
    job = call.use.operations.start_job("recover", given, by=call.caller.name, owner=subscription.owner)
    return Answer(
        Recovery(id=job.id, found=found, exact=exact, queued=queued), headers={"Location": f"/jobs/{job.id}"}
    )


def sources(call: Call) -> DeliverySources:
    items = call.settings.delivery_sources
    return DeliverySources(items=items, reason=None if items else NO_SOURCES)
