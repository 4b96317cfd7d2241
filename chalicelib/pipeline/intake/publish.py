"""Publish: the events that a request names go on the bus with its bytes, then their receipts are written."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.envelope import INLINE_LIMIT, Envelope, encoded_size
from chalicelib.domain.intake.feedback import clean_text, is_storable
from chalicelib.domain.trace import Trace
from chalicelib.errors import Unavailable, is_outage
from chalicelib.pipeline.intake.receipts import standing, write_receipt
from chalicelib.ports.delivery import Bus
from chalicelib.ports.intake import Receipts
from chalicelib.ports.operations import Blobs, Clock
from triggeriq import Connection, Event, Events, Request, Source

log = logging.getLogger(__name__)

EVENT_ID_BYTES = 1_000
"""Bytes of an event's id. With the names of source and connection before it, it is a key of DynamoDB, which
takes 2,048 bytes."""


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event that is safe on the bus: it will not be lost."""

    id: str
    """The source's name for it, the same when its sender tries again."""
    duplicate: bool
    """It had been received before, and nothing was sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """The use-case; call it with a genuine request, who sent it, and the events that it names."""

    receipts: Receipts
    bus: Bus
    blobs: Blobs
    now: Clock

    def __call__(
        self,
        source: Source,
        connection: Connection,
        request: Request,
        events: Events,
        trace: Trace | None,
        *,
        replay: bool = False,
    ) -> tuple[PublishedEvent, ...]:
        """The events, each once, in the order in which they are named.

        trace: of the request that brought them. replay: publish also those that have a receipt, marked so
        that `ingest` asks for no claim. Raises Unavailable where not all of them are on the bus; on the next
        try, those that are count as duplicates.
        """
        ids = list(dict.fromkeys(_event_id(event) for event in events.items))
        known = set() if replay else standing(self.receipts, connection.source, connection.name, ids)
        received_at = self.now()
        self._send(
            [
                Envelope(
                    id=id,
                    source=connection.source,
                    connection=connection.name,
                    received_at=received_at,
                    headers={
                        name: clean_text(request.headers[name])
                        for name in source.keep_headers
                        if name in request.headers
                    },
                    body=request.body,
                    replay=replay,
                    trace=trace,
                )
                for id in ids
                if id not in known
            ]
        )
        return tuple(PublishedEvent(id, id in known) for id in ids)

    def again(self, envelope: Envelope) -> None:
        """Put an event on the bus once more; it had its receipt when it first came. Raises Unavailable."""
        _raise_where_refused(self.bus.publish([envelope.as_event()]))

    def _send(self, envelopes: Sequence[Envelope]) -> None:
        if not envelopes:
            return
        refusals = self.bus.publish(self._entries(envelopes))
        # Receipts are written only once the events are on the bus: a crash in between doubles an event, and a
        # later step drops the repeat. The other way round it would lose the event.
        away = False
        for envelope, refusal in zip(envelopes, refusals, strict=True):
            if refusal is not None:
                continue
            log.info("accepted", extra=envelope.ids)
            if not away:  # the sender need not wait for DynamoDB once for each event
                failure = write_receipt(
                    self.receipts, envelope.source, envelope.connection, envelope.id, envelope.received_at
                )
                away = is_outage(failure)
        _raise_where_refused(refusals)

    def _entries(self, envelopes: Sequence[Envelope]) -> list[CloudEvent]:
        entries = [envelope.as_event() for envelope in envelopes]
        if all(encoded_size(entry) <= INLINE_LIMIT for entry in entries):
            return entries
        # All events of one request share its body, so it is stored once.
        first = envelopes[0]
        key = f"webhooks/{first.source}/{first.connection}/{hashlib.sha256(first.body).hexdigest()}"
        self.blobs.put(key, first.body)
        return [envelope.without_body(key).as_event() for envelope in envelopes]


def _event_id(event: Event) -> str:
    """The id that the sender gave; its sha256 where that is too long, or holds what a key can't."""
    id = str(event.id)
    if id and id == id.strip() and is_storable(id) and len(id.encode()) <= EVENT_ID_BYTES:
        return id
    return "sha256:" + hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()


def _raise_where_refused(refusals: Sequence[str | None]) -> None:
    refused = [refusal for refusal in refusals if refusal is not None]
    if refused:
        raise Unavailable("bus", f"{len(refused)} of {len(refusals)} events were refused ({refused[0]})")
