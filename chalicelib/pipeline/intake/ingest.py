"""Ingest: an event from the bus becomes feedback on its queue, once."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.intake.envelope import Envelope, to_bytes
from chalicelib.domain.intake.feedback import cleaned
from chalicelib.domain.intake.feedback_message import FeedbackMessage, to_json
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByEvent
from chalicelib.errors import NotFound, PluginFailed, TriggerIQError, Unreadable, loggable
from chalicelib.log_context import bound
from chalicelib.pipeline.intake.keep_attachments import keep_attachments
from chalicelib.pipeline.intake.receipts import write_receipt
from chalicelib.ports.intake import Claims, Connections, Quarantine, Receipts, Sources
from chalicelib.ports.operations import Blobs, Message, Metrics, Queue
from triggeriq import Bad, Connection, Feedback, Received, Source

log = logging.getLogger(__name__)

ITEMS_LIMIT = 10_000
"""The most feedback items of one event; a webhook of a megabyte holds fewer."""
BAD_LIMIT = 100
"""So many bad items of one event have an entry each in the quarantine, and the rest share one. Each entry is
a write, and ingest has half a minute; the replay of any of them replays the whole event anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """The use-case; call it with an event's envelope, a name for who works on it, and until when that one
    may.

    Raises Unreadable (its body is lost), Busy (another invocation works on it), Unavailable.
    """

    sources: Sources
    connections: Connections
    receipts: Receipts
    claims: Claims
    blobs: Blobs
    queue: Queue
    quarantine: Quarantine
    metrics: Metrics

    def __call__(self, envelope: Envelope, owner: str, until: datetime) -> None:
        with bound(**envelope.ids):
            quarantined = (
                self._ingest(envelope) if envelope.replay else self._ingest_once(envelope, owner, until)
            )
            self._count(envelope, quarantined)

    def again(self, envelope: Envelope, reread_at: datetime) -> None:
        """Read a kept event once more, without asking for its claim. Raises Unreadable where its body is
        gone; Unavailable."""
        with bound(**envelope.ids):
            self._count(envelope, self._read(self._with_body(envelope), reread_at))

    def _count(self, envelope: Envelope, quarantined: int) -> None:
        # Only at the end: what fails half-way comes again, and counts then.
        self.metrics.count("quarantined", self._known(envelope.source), quarantined)

    def _ingest_once(self, envelope: Envelope, owner: str, until: datetime) -> int:
        claim = f"{envelope.source}#{envelope.connection}#{envelope.id}"
        if not self.claims.begin(claim, owner, until):
            log.info("dropped a repeat")
            self.metrics.count("duplicates", self._known(envelope.source))
            return 0
        # In case that `receive` could not write it
        write_receipt(self.receipts, envelope.source, envelope.connection, envelope.id, envelope.received_at)
        try:
            quarantined = self._ingest(envelope)
        except Exception:
            self._release(claim, owner)
            raise
        self.claims.finish(claim, owner)
        return quarantined

    def _ingest(self, envelope: Envelope) -> int:
        """Returns how many of its items went to the quarantine."""
        whole = self._with_body(envelope)
        self.blobs.put(envelope.key, to_bytes(envelope), "application/json")
        return self._read(whole)

    def _read(self, envelope: Envelope, reread_at: datetime | None = None) -> int:
        """Send the event's feedback to the queue. Returns how many of its items went to the quarantine
        instead."""
        source = self.sources.find(envelope.source)
        try:
            if source is None:
                raise Unreadable(f"no plugin gives the source {envelope.source} now")
            # Read afresh for a replay: its connection may just have been mended.
            known = self.connections.find(envelope.source, envelope.connection, fresh=envelope.replay)
            connection = known or Connection(source=envelope.source, name=envelope.connection)
            items = _items(source, envelope, connection)
        except Unreadable as error:
            refused_by = f"{source.name}/{source.version}" if source else ""
            by = error.by if isinstance(error, PluginFailed) else refused_by
            self._quarantine(envelope, "body", str(error), by)
            return 1
        by = f"{source.name}/{source.version}"
        messages: list[FeedbackMessage] = []
        bad: list[Bad] = []
        for index, item in enumerate(items):
            if isinstance(item, Bad):
                bad.append(item)
                continue
            try:
                feedback = cleaned(item)
            except ValueError as error:
                bad.append(Bad(f"item {index}", f"the plugin made something that is no feedback: {error}"))
                continue
            message = FeedbackMessage(
                source=envelope.source,
                connection=envelope.connection,
                event_id=envelope.id,
                received_at=envelope.received_at,
                raw_key=envelope.key,
                reread_at=reread_at,
                trace=envelope.trace,
                feedback=feedback,
            )
            messages.append(keep_attachments(self.blobs, item, message))
        for each in bad[:BAD_LIMIT]:
            self._quarantine(envelope, each.where, each.reason, by)
        if rest := bad[BAD_LIMIT:]:
            reason = f"{len(rest):,} more items can't be read; the first of them: {rest[0].reason}"
            self._quarantine(envelope, f"{rest[0].where} and behind", reason, by)
        self.queue.send([Message(to_json(message), trace=message.trace) for message in messages])
        log.info("ingested", extra={"messages": len(messages)})
        return len(bad)

    def _with_body(self, envelope: Envelope) -> Envelope:
        if envelope.claim_check is None:
            return envelope
        try:
            return envelope.with_body(self.blobs.get(envelope.claim_check.key))
        except NotFound as error:
            raise Unreadable(f"the body of event {envelope.id} is no longer in S3") from error

    def _quarantine(self, envelope: Envelope, where: str, reason: str, by: str) -> None:
        kept = self.quarantine.keep(
            Quarantined(
                source=envelope.source,
                connection=envelope.connection,
                reason=reason,
                where=where,
                at=envelope.received_at,
                event_id=envelope.id,
                by=by,
                raw_key=envelope.key,
                way_back=ByEvent(),
            )
        )
        log.info("quarantined", extra={"quarantine_id": kept})

    def _known(self, source: str) -> str:
        return source if self.sources.find(source) else ""

    def _release(self, claim: str, owner: str) -> None:
        try:
            self.claims.release(claim, owner)
        except TriggerIQError as error:
            log.warning("a claim can't be given up", extra={"error": loggable(error)})  # it expires


def _items(source: Source, envelope: Envelope, connection: Connection) -> Sequence[Feedback | Bad]:
    received = Received(
        id=envelope.id, received_at=envelope.received_at, headers=envelope.headers, body=envelope.body
    )
    items: list[Feedback | Bad] = []
    made: Iterable[Any] = source.transform(received, connection)
    for item in made:
        if len(items) == ITEMS_LIMIT:
            raise Unreadable(f"the event holds more than {ITEMS_LIMIT} items")
        if isinstance(item, (Feedback, Bad)):
            items.append(item)
    return items
