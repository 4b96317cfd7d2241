"""Ingest: an event from the bus becomes feedback on its queue, once. Of one that holds many items it takes as
many as it has time for, and hands itself the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from chalicelib.domain.intake.envelope import Envelope, to_bytes
from chalicelib.domain.intake.feedback import cleaned
from chalicelib.domain.intake.feedback_message import FeedbackMessage, to_json
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByEvent
from chalicelib.errors import NotFound, PluginFailed, TriggerIQError, Unavailable, Unreadable, loggable
from chalicelib.log_context import bound
from chalicelib.pipeline.intake.keep_attachments import keep_attachments
from chalicelib.pipeline.intake.receipts import write_receipt
from chalicelib.ports.bus import Bus
from chalicelib.ports.intake import Claims, Connections, Quarantine, Receipts, Sources
from chalicelib.ports.operations import Blobs, Message, Metrics, Queue
from triggeriq import Bad, Connection, Feedback, Ignore, Received, Source

log = logging.getLogger(__name__)

PART = 500
"""Items of one event that are dealt with at once, in some seconds. What is behind them is another part, with
a claim of its own, which comes to the queue when these are sent."""
ITEMS_LIMIT = 1_000_000
"""The most items of one event; the body of a webhook has no room for as many."""
BAD_LIMIT = 100
"""So many bad items of one part have an entry each in the quarantine, and the rest share one. Each entry is
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
    rest: Queue
    """Its own, for the rest of an event."""
    bus: Callable[[], Bus]
    """Asked for by the few events that tell of a release."""
    quarantine: Quarantine
    metrics: Metrics

    def __call__(self, envelope: Envelope, owner: str, until: datetime) -> None:
        with bound(**envelope.ids):
            quarantined = (
                self._ingest(envelope) if envelope.replay else self._ingest_once(envelope, owner, until)
            )
            self._count(envelope, quarantined)

    def again(self, envelope: Envelope, reread_at: datetime) -> None:
        """Read a kept event once more, all parts of it, without asking for its claim. Raises Unreadable where
        its body is gone; Unavailable."""
        with bound(**envelope.ids):
            part: Envelope | None = self._with_body(envelope)
            while part is not None:
                quarantined, part = self._read(part, envelope, reread_at)
                self._count(envelope, quarantined)

    def _count(self, envelope: Envelope, quarantined: int) -> None:
        # Only at the end: what fails half-way comes again, and counts then.
        self.metrics.count("quarantined", self._known(envelope.source), quarantined)

    def _ingest_once(self, envelope: Envelope, owner: str, until: datetime) -> int:
        claim = _claim(envelope)
        if not self.claims.begin(claim, owner, until):
            log.info("dropped a repeat")
            self.metrics.count("duplicates", self._known(envelope.source))
            return 0
        if not envelope.begin:  # in case that `receive` could not write it
            of = (self.receipts, envelope.source, envelope.connection)
            write_receipt(*of, envelope.id, envelope.received_at)
        try:
            quarantined = self._ingest(envelope)
        except Exception:
            self._release(claim, owner)
            raise
        self.claims.finish(claim, owner)
        return quarantined

    def _ingest(self, envelope: Envelope) -> int:
        """Returns how many of its items went to the quarantine."""
        quarantined, rest = self._read(self._with_body(envelope), envelope)
        if rest is not None:
            # After a crash behind this it is sent twice; the claim of that part stops the second.
            left = replace(envelope, begin=rest.begin)
            self.rest.send([Message(left.as_event().body, trace=left.trace)])
            log.info("handed on", extra={"items": rest.begin})
        return quarantined

    def _read(
        self, envelope: Envelope, kept: Envelope, reread_at: datetime | None = None
    ) -> tuple[int, Envelope | None]:
        """Send on what a part of the event holds. Returns how many of its items went to the quarantine
        instead, and what begins behind the part, if there is more.

        envelope: with its body. kept: as it is kept where it holds words; when it is read again it is kept
        already.
        """
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
            self._keep(kept, reread_at)
            self._quarantine(envelope, "body", str(error), by)
            return 1, None
        part, more = items[:PART], len(items) > PART
        messages, bad = self._sorted(envelope, part, reread_at)
        # Of what is understood, and is nothing that a customer said, no bytes stay: a colleague's note, a
        # staff reply, words that were taken back. Where nothing is told at all, they stay for when the plugin
        # is mended.
        if bad or not part or any(isinstance(item, Feedback) for item in part):
            self._keep(kept, reread_at)
        self._quarantine_all(envelope, bad, f"{source.name}/{source.version}")
        self.queue.send(messages)
        log.info("ingested", extra={"messages": len(messages)})
        return len(bad), replace(envelope, begin=envelope.begin + PART) if more else None

    def _sorted(
        self, envelope: Envelope, items: Sequence[Any], reread_at: datetime | None
    ) -> tuple[list[Message], list[Bad]]:
        """What the items leave on the queue, and those that can't be read."""
        messages: list[Message] = []
        bad: list[Bad] = []
        for index, item in enumerate(items, envelope.begin):
            if isinstance(item, Bad):
                bad.append(item)
            elif not isinstance(item, Ignore):
                try:
                    messages += self._messages(envelope, item, reread_at)
                except ValueError as error:
                    bad.append(Bad(f"item {index}", f"the plugin made something that is no item: {error}"))
        return messages, bad

    def _quarantine_all(self, envelope: Envelope, bad: Sequence[Bad], by: str) -> None:
        for each in bad[:BAD_LIMIT]:
            self._quarantine(envelope, each.where, each.reason, by)
        if rest := bad[BAD_LIMIT:]:
            reason = f"{len(rest):,} more items can't be read; the first of them: {rest[0].reason}"
            self._quarantine(envelope, f"{rest[0].where} and behind", reason, by)

    def _messages(self, envelope: Envelope, item: Any, reread_at: datetime | None) -> list[Message]:
        """What an item leaves on the queue. Raises ValueError where the plugin made nonsense of it."""
        if not isinstance(item, Feedback):
            return self._told(envelope, item)
        message = FeedbackMessage(
            source=envelope.source,
            connection=envelope.connection,
            event_id=envelope.id,
            received_at=envelope.received_at,
            raw_key=envelope.key,
            reread_at=reread_at,
            trace=envelope.trace,
            feedback=cleaned(item),
        )
        message = keep_attachments(self.blobs, item, message)
        return [Message(to_json(message), trace=message.trace)]

    def _told(self, envelope: Envelope, item: Any) -> list[Message]:
        # Loaded for the few events that hold such a thing
        from chalicelib.domain.intake import notice_message
        from chalicelib.domain.intake.release import release_event
        from triggeriq.notices import Released

        if isinstance(item, Released):
            event = release_event(item, envelope.source, envelope.connection, envelope.trace)
            (refusal,) = self.bus().publish([event])
            if refusal is not None:
                raise Unavailable("bus", f"{event.type} was refused ({refusal})")
            return []
        notice = notice_message.noticed(
            item,
            source=envelope.source,
            connection=envelope.connection,
            event_id=envelope.id,
            received_at=envelope.received_at,
            trace=envelope.trace,
        )
        return [Message(notice_message.to_json(notice), trace=notice.trace)]

    def _keep(self, envelope: Envelope, reread_at: datetime | None) -> None:
        if reread_at is None:
            self.blobs.put(envelope.key, to_bytes(envelope), "application/json")

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


def _claim(envelope: Envelope) -> str:
    """The name under which the event is claimed, or a part of it. No source has an @ in its name."""
    event = f"{envelope.source}#{envelope.connection}#{envelope.id}"
    return f"{envelope.begin}@{event}" if envelope.begin else event


def _items(source: Source, envelope: Envelope, connection: Connection) -> Sequence[Any]:
    """The items of a part, and one more where there are more."""
    if envelope.begin >= ITEMS_LIMIT:
        raise Unreadable(f"the event holds more than {ITEMS_LIMIT:,} items")
    received = Received(
        id=envelope.id, received_at=envelope.received_at, headers=envelope.headers, body=envelope.body
    )
    made = source.transform(received, connection)
    return list(islice(made, envelope.begin, envelope.begin + PART + 1))
