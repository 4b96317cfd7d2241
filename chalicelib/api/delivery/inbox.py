"""/inbox: the events that concern the key's owner, to be taken at his own pace. Whoever may read may drain
it; to say what is to come into it takes the scope write."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.api.delivery.event_text import compact, event_text, time_text
from chalicelib.api.delivery.inbox_shapes import Acks, AckWith, InboxPut, InboxQuery, InboxShown
from chalicelib.api.exchange import Answer, Call
from chalicelib.domain.delivery.subscription import Inbox, Wanted
from chalicelib.pipeline.delivery.inbox import Ack, Acked
from chalicelib.pipeline.delivery.read_inbox import Entry, InboxPage, Reading

ASK_AGAIN_SECONDS = 5
"""When a reader may ask again who could not wait."""


def read(call: Call, query: InboxQuery) -> Answer:
    reading = Reading(
        limit=query.limit,
        cursor=query.cursor,
        types=query.type,
        lease=None if query.lease is None else timedelta(seconds=query.lease),
        wait=timedelta(seconds=query.wait),
    )
    page: InboxPage = call.use.delivery.read_inbox(
        call.caller.owner, call.caller.restriction, reading, call.seconds_left
    )
    headers = {}
    if page.refused_to_wait:
        headers = {"X-TriggerIQ-Wait": "0", "Retry-After": str(ASK_AGAIN_SECONDS)}
    rest = compact(
        {
            "next": page.next,
            "count": page.count.found,
            "counted_all": page.count.complete,
            "oldest_at": time_text(page.count.oldest_at),
        }
    )
    mine = query.lease is not None
    items = ",".join(_entry(entry, mine) for entry in page.entries)
    return Answer(f'{{"items":[{items}],{rest[1:]}', headers=headers)


def _entry(entry: Entry, mine: bool) -> str:
    """mine: whether it was taken just now; another's lease is not told."""
    item = entry.item
    rest = compact(
        {
            "lease": item.lease if mine else None,
            "leased_until": time_text(item.leased_until),
            "deliveries": item.deliveries,
        }
    )
    return f'{{"id":{compact(item.position)},"event":{event_text(entry.event)},{rest[1:]}'


def put(call: Call, body: InboxPut) -> InboxShown:
    wanted = Wanted(
        types=tuple(dict.fromkeys(body.types)),
        filter={name: tuple(dict.fromkeys(values)) for name, values in body.filter.items()},
    )
    inbox: Inbox = call.use.delivery.inbox.want(call.caller.owner, wanted)
    return InboxShown(
        owner=inbox.owner,
        types=inbox.wanted.types,
        filter=dict(inbox.wanted.filter),
        created_at=inbox.created_at,
        updated_at=inbox.updated_at,
    )


def ack(call: Call, id: str, body: AckWith) -> Answer:
    call.use.delivery.inbox.ack(call.caller.owner, call.caller.restriction, Ack(id, body.lease))
    return Answer()


def ack_all(call: Call, body: Acks) -> Acked:
    acks = [Ack(one) if isinstance(one, str) else Ack(one.id, one.lease) for one in body.ids]
    acked: Acked = call.use.delivery.inbox.ack_all(call.caller.owner, call.caller.restriction, acks)
    return acked
