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
from chalicelib.errors import TriggerIQError, Unavailable, is_outage
from chalicelib.pipeline.intake.receipts import last_told, remember, standing, write_receipt
from chalicelib.ports.bus import Bus
from chalicelib.ports.intake import Receipts, Told
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
        named = list(dict.fromkeys(map(_storable, events.items)))
        taken = (
            [(event, event.id, False) for event in named] if replay else self._looked_up(connection, named)
        )
        received_at = self.now()
        self._send(
            [
                (
                    event,
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
                    ),
                )
                for event, id, repeated in taken
                if not repeated
            ]
        )
        return tuple(PublishedEvent(id, repeated) for _, id, repeated in taken)

    def _looked_up(self, connection: Connection, events: Sequence[Event]) -> list[tuple[Event, str, bool]]:
        """Each event with the id by which it is known from here on, and whether it is a repeat."""
        of = (self.receipts, connection.source, connection.name)
        ids = [event.id for event in events if event.about is None]
        known = standing(*of, ids) if ids else set()
        taken = []
        for event in events:
            if event.about is None:
                taken.append((event, event.id, event.id in known))
            elif (last := last_told(*of, event.about)) is None:
                taken.append((event, event.id, False))
            elif last.name == event.id:
                taken.append((event, last.id, True))
            else:
                # By what was told before it, its id is another than that of the same words told earlier, so
                # that their claims differ; and the same again while its receipt can't be written.
                taken.append((event, _digest(f"{event.id} behind {last.id}"), False))
        return taken

    def again(self, envelope: Envelope) -> None:
        """Put an event on the bus once more; it had its receipt when it first came. Raises Unavailable."""
        _raise_where_refused(self.bus.publish([envelope.as_event()]))

    def _send(self, events: Sequence[tuple[Event, Envelope]]) -> None:
        if not events:
            return
        refusals = self.bus.publish(self._entries([envelope for _, envelope in events]))
        # Receipts are written only once the events are on the bus: a crash in between doubles an event, and a
        # later step drops the repeat. The other way round it would lose the event.
        away = False
        for (event, envelope), refusal in zip(events, refusals, strict=True):
            if refusal is not None:
                continue
            log.info("accepted", extra=envelope.ids)
            if not away:  # the sender need not wait for DynamoDB once for each event
                away = is_outage(self._write_receipt(event, envelope))
        _raise_where_refused(refusals)

    def _write_receipt(self, event: Event, envelope: Envelope) -> TriggerIQError | None:
        of = (self.receipts, envelope.source, envelope.connection)
        if event.about is None:
            return write_receipt(*of, envelope.id, envelope.received_at)
        return remember(*of, event.about, Told(event.id, envelope.id), envelope.received_at)

    def _entries(self, envelopes: Sequence[Envelope]) -> list[CloudEvent]:
        entries = [envelope.as_event() for envelope in envelopes]
        if all(encoded_size(entry) <= INLINE_LIMIT for entry in entries):
            return entries
        # All events of one request share its body, so it is stored once.
        first = envelopes[0]
        key = f"webhooks/{first.source}/{first.connection}/{hashlib.sha256(first.body).hexdigest()}"
        self.blobs.put(key, first.body)
        return [envelope.without_body(key).as_event() for envelope in envelopes]


def _storable(event: Event) -> Event:
    """The event by ids that a key can hold."""
    return Event(_fit(event.id), about=None if event.about is None else _fit(event.about))


def _fit(id: str) -> str:
    """The id that the sender gave; its sha256 where that is too long, or holds what a key can't."""
    id = str(id)
    if id and id == id.strip() and is_storable(id) and len(id.encode()) <= EVENT_ID_BYTES:
        return id
    return _digest(id)


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _raise_where_refused(refusals: Sequence[str | None]) -> None:
    refused = [refusal for refusal in refusals if refusal is not None]
    if refused:
        raise Unavailable("bus", f"{len(refused)} of {len(refusals)} events were refused ({refused[0]})")
