"""Receive: a partner's webhook, verified over its raw bytes, on the bus before the sender is told so."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.domain.intake.envelope import INLINE_LIMIT, Envelope, encoded_size
from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_text
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.trace import Trace, traced
from chalicelib.errors import (
    NotFound,
    NotUnderstood,
    PluginFailed,
    Refused,
    TooLarge,
    TriggerIQError,
    Unauthorised,
    Unavailable,
    Unreadable,
    WrongMethod,
    WrongType,
    is_outage,
    loggable,
)
from chalicelib.log_context import bound
from chalicelib.ports.delivery import Bus
from chalicelib.ports.intake import Connections, Quarantine, Receipts, Sources
from chalicelib.ports.operations import Blobs, Clock, Metrics
from triggeriq import Connection, Event, Events, Ignore, NotVerified, Reply, Request, Source

log = logging.getLogger(__name__)

EVENT_ID_BYTES = 1_000
"""Of an event's id: with the names of source and connection before it, it is a key of DynamoDB, which
takes 2,048 bytes."""

_NEVER_KEPT = ("authorization", "cookie", "proxy-authorization", "x-api-key")
_SIGNATURE_WORDS = ("signature", "secret", "token", "hmac")


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """duplicate: a receipt for it stood already, so nothing was sent."""

    id: str
    duplicate: bool


@dataclass(frozen=True, slots=True)
class Accepted:
    """Every event is safe on the bus."""

    events: tuple[AcceptedEvent, ...]


@dataclass(frozen=True, slots=True)
class Ignored:
    """The request is genuine and holds no feedback."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """The use-case; call it with a source's and a connection's name and the request as it came.

    Raises NotFound (no such source or connection), TooLarge, WrongType, Unauthorised with its one word,
    NotUnderstood (genuine; its bytes are in the quarantine), Unavailable (nothing of the request, or
    not all of it, is safe: the sender must try again, and what was safe is then a duplicate).

    trace: gives that of the request at hand. A `traceparent` of the sender's is not continued: nothing
    signs it, and whoever sends it would choose our ids.
    """

    sources: Sources
    connections: Connections
    receipts: Receipts
    bus: Bus
    blobs: Blobs
    quarantine: Quarantine
    metrics: Metrics
    trace: Callable[[], Trace]
    now: Clock

    def __call__(
        self, source_name: str, connection_name: str, request: Request
    ) -> Accepted | Ignored | Reply:
        source = self.sources.find(source_name)
        if source is None:
            raise NotFound(f"there is no source {source_name}; GET /sources lists those there are")
        trace = self.trace()
        with bound(source=source.name, connection=connection_name, trace_id=trace.xray_id):
            try:
                return self._received(source, connection_name, request, trace)
            except Refused:
                raise
            except Exception:
                self.metrics.count("failed", source.name)
                raise

    def _received(
        self, source: Source, connection_name: str, request: Request, trace: Trace
    ) -> Accepted | Ignored | Reply:
        connection = self.connections.find(source.name, connection_name)
        if connection is None:
            raise NotFound(
                f"{source.name} has no connection {connection_name}; "
                f"an admin makes it with PUT /connections/{source.name}/{connection_name}"
            )
        _check_form(source, request)
        try:
            reply = source.handshake(request, connection)
            if reply is not None:
                return reply
            connection = self._verify(source, connection, request)
        except PluginFailed as error:
            # Whether the sender is genuine was not found out: nothing may be kept of his.
            raise Unavailable(
                f"plugin {error.by}", "the source's plugin failed; send it again later"
            ) from error
        try:
            answer = source.receive(request, connection)
        except Unreadable as error:
            self.metrics.count("received", source.name)
            raise NotUnderstood(
                f"the request is genuine but can't be read: {error}",
                kept=self._keep(source, connection, request, error, trace),
            ) from error
        if isinstance(answer, Reply):
            return answer
        if isinstance(answer, Ignore) or not answer.items:
            self.metrics.count("received", source.name)
            self.metrics.count("acknowledged", source.name)
            log.info("ignored")
            return Ignored(answer.reason if isinstance(answer, Ignore) else "it names no event")
        self.metrics.count("received", source.name, len({event.id for event in answer.items}))
        accepted = self.publish(source, connection, request, answer, trace)
        self.metrics.count("acknowledged", source.name, len(accepted.events))
        self.metrics.count("duplicates", source.name, sum(event.duplicate for event in accepted.events))
        return accepted

    def publish(
        self,
        source: Source,
        connection: Connection,
        request: Request,
        events: Events,
        trace: Trace | None,
        replay: bool = False,
    ) -> Accepted:
        """Put the events on the bus, then write their receipts. trace: of the request that brought them.
        replay: pass receipts and claims."""
        ids = list(dict.fromkeys(_event_id(event) for event in events.items))
        standing = set() if replay else self._standing(connection, ids)
        envelopes = [
            Envelope(
                id=id,
                source=connection.source,
                connection=connection.name,
                received_at=self.now(),
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
            if id not in standing
        ]
        self._send(connection, envelopes)
        return Accepted(tuple(AcceptedEvent(id, id in standing) for id in ids))

    def _send(self, connection: Connection, envelopes: Sequence[Envelope]) -> None:
        if not envelopes:
            return
        entries = [envelope.as_event() for envelope in envelopes]
        if any(encoded_size(entry) > INLINE_LIMIT for entry in entries):
            # All events of one request share its body, so it is checked in once.
            first = envelopes[0]
            key = body_key(first.source, first.connection, first.body)
            self.blobs.put(key, first.body)
            entries = [envelope.without_body(key).as_event() for envelope in envelopes]
        refusals = self.bus.publish(entries)
        # Receipts only behind the bus: a crash in between doubles an event, which later steps see
        # and drop; the other way round it would lose one.
        writing = True
        for envelope, refusal in zip(envelopes, refusals, strict=True):
            if refusal is None:
                log.info("accepted", extra=envelope.ids)
                # Where DynamoDB is away, the sender need not wait for it once for each.
                writing = writing and self._write_receipt(connection, envelope.id)
        refused = [refusal for refusal in refusals if refusal is not None]
        if refused:
            raise Unavailable("bus", f"{len(refused)} of {len(refusals)} events were refused ({refused[0]})")

    def _verify(self, source: Source, connection: Connection, request: Request) -> Connection:
        """The connection whose secret proved the request: the one in the cache, else as it stands now."""
        try:
            source.verify(request, connection, self.now())
            return connection
        except NotVerified as refusal:
            if refusal.reason in ("malformed", "stale"):
                raise Unauthorised(refusal.reason) from refusal
            fresh = self.connections.find(connection.source, connection.name, fresh=True)
            if fresh is None or fresh == connection:
                raise Unauthorised(refusal.reason) from refusal
        try:
            source.verify(request, fresh, self.now())
        except NotVerified as refusal:
            raise Unauthorised(refusal.reason) from refusal
        return fresh

    def _standing(self, connection: Connection, ids: Sequence[str]) -> set[str]:
        try:
            return self.receipts.stands(connection.source, connection.name, ids)
        except TriggerIQError as error:
            log.warning("receipts can't be read", extra={"error": loggable(error)})
            return set()  # at worst the event comes twice, and is seen by its claim

    def _write_receipt(self, connection: Connection, name: str) -> bool:
        """Whether others may be written; what is not written here, ingest writes."""
        try:
            self.receipts.write(connection.source, connection.name, name, self.now())
        except TriggerIQError as error:
            log.warning("a receipt can't be written", extra={"error": loggable(error)})
            return not is_outage(error)
        return True

    def _keep(
        self, source: Source, connection: Connection, request: Request, error: Exception, trace: Trace
    ) -> str:
        """The quarantine's id of the request; "" where the same bytes lie there already, since a sender
        goes on retrying for days."""
        fingerprint = f"sha256:{hashlib.sha256(request.body).hexdigest()}"
        name = f"unreadable {fingerprint}"
        if self._standing(connection, [name]):
            self.metrics.count("duplicates", source.name)
            return ""
        kept = self.quarantine.keep(
            Quarantined(
                source=connection.source,
                connection=connection.name,
                reason=str(error),
                where="body",
                at=self.now(),
                event_id=fingerprint,
                by=f"{source.name}/{source.version}",
                way="receive",
                replay={
                    "v": 1,
                    "method": request.method,
                    "headers": _keepable(source, connection, request),
                    **traced(trace),
                },
            ),
            request.body,
        )
        log.info("quarantined", extra={"quarantine_id": kept})
        self.metrics.count("quarantined", source.name)
        self._write_receipt(connection, name)
        return kept


def body_key(source: str, connection: str, body: bytes) -> str:
    """Where a webhook's bytes lie in the artifacts bucket."""
    return f"webhooks/{source}/{connection}/{hashlib.sha256(body).hexdigest()}"


def _check_form(source: Source, request: Request) -> None:
    if request.method not in source.methods:
        raise WrongMethod(
            f"{source.name} takes {', '.join(source.methods)}, not {request.method}", source.methods
        )
    if len(request.body) > source.max_body:
        raise TooLarge(f"{source.name} takes bodies of at most {source.max_body} bytes")
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given and request.body and source.content_types and given not in source.content_types:
        raise WrongType(f"{source.name} takes {', '.join(source.content_types)}, not {given[:100]}")


def _event_id(event: Event) -> str:
    """As the sender named it; where that is too long or holds what a key can't, its sha256."""
    id = str(event.id)
    if id and id == clean_text(id).strip() and len(id.encode()) <= EVENT_ID_BYTES:
        return id
    return "sha256:" + hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()


def _keepable(source: Source, connection: Connection, request: Request) -> dict[str, str]:
    """Headers that may be stored: nothing that proves anything, so that no replay needs a secret."""
    proving = {scheme.header.lower() for scheme in source.schemes(connection) if scheme.header}
    return {
        name: clean_text(value)[:LINE_LIMIT]
        for name, value in request.headers.items()
        if name not in _NEVER_KEPT
        and name not in proving
        and not any(word in name for word in _SIGNATURE_WORDS)
    }
