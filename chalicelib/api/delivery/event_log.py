"""/events, read: what was posted and what was told. An owner sees what he posted and what TriggerIQ tells; an
admin sees everybody's."""

from __future__ import annotations

from chalicelib.api.delivery.event_shapes import EventQuery, WhichEvent
from chalicelib.api.delivery.event_text import compact, event_text, time_text
from chalicelib.api.exchange import Answer, Call


def listed(call: Call, query: EventQuery) -> str:
    found = call.use.delivery.events.list(
        call.caller,
        query.limit,
        query.cursor,
        types=query.type,
        sources=query.source,
        owners=query.owner,
        since=query.since,
        until=query.until,
    )
    items = ",".join(map(event_text, found.page.items))
    rest = compact({"next": found.page.next, "until": time_text(found.until)})
    return f'{{"items":[{items}],{rest[1:]}'


def find(call: Call, id: str, query: WhichEvent) -> str:
    return event_text(call.use.delivery.events.find(call.caller, id, query.source, query.owner))


def forget(call: Call, id: str, query: WhichEvent) -> Answer:
    call.use.delivery.events.forget(call.caller, id, query.source, query.owner)
    return Answer()
