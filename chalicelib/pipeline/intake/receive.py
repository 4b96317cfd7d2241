"""Receive: a partner's webhook is verified over its raw bytes, and is on the bus before the sender gets his
202."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_text
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByReceive
from chalicelib.domain.trace import Trace
from chalicelib.errors import (
    NotFound,
    NotUnderstood,
    PluginFailed,
    Refused,
    TooLarge,
    Unauthorised,
    Unavailable,
    Unreadable,
    WrongMethod,
    WrongType,
)
from chalicelib.log_context import bound
from chalicelib.pipeline.intake.publish import Publish, PublishedEvent
from chalicelib.pipeline.intake.receipts import standing, write_receipt
from chalicelib.ports.intake import Connections, Quarantine, Receipts, Sources
from chalicelib.ports.operations import Clock, Metrics
from triggeriq import Connection, Ignore, NotVerified, Reply, Request, Source, Verified

log = logging.getLogger(__name__)

_NEVER_KEPT = ("api_key", "apikey", "authorization", "cookie", "key", "proxy-authorization", "x-api-key")
_SIGNATURE_WORDS = ("signature", "secret", "token", "hmac")


class Accepted(NamedTuple):
    """Every event is safe on the bus."""

    events: tuple[PublishedEvent, ...]


class Ignored(NamedTuple):
    """The request is genuine and holds no feedback."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """The use-case; call it with a source's and a connection's name and the request as it came.

    Raises NotFound (no such source or connection), WrongMethod, TooLarge, WrongType, Unauthorised,
    NotUnderstood (genuine; its bytes are in the quarantine), Unavailable (not all of the request's events are
    safe: the sender must try again, and those that are safe then count as duplicates).
    """

    sources: Sources
    connections: Connections
    receipts: Receipts
    publish: Publish
    quarantine: Quarantine
    metrics: Metrics
    trace: Callable[[], Trace]
    """The trace of this request. A `traceparent` that the sender gives is ignored: nothing signs it, and he
    would choose our ids."""
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
        _check_form(source, request)
        connection = self.connections.find(source.name, connection_name)
        if connection is None:
            raise NotFound(
                f"{source.name} has no connection {connection_name}; "
                f"an admin makes it with PUT /connections/{source.name}/{connection_name}"
            )
        try:
            reply = source.handshake(request, connection)
            if reply is not None:
                return reply
            connection, verified = self._verify(source, connection, request)
        except PluginFailed as error:
            # It is not known whether the sender is genuine, so nothing that he sent may be kept.
            raise Unavailable(
                f"plugin {error.by}", "the source's plugin failed; send it again later"
            ) from error
        if verified.nonce:
            self._bind(connection, verified.nonce, request)
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
        events = self.publish(source, connection, request, answer, trace)
        self.metrics.count("acknowledged", source.name, len(events))
        self.metrics.count("duplicates", source.name, sum(event.duplicate for event in events))
        return answer.reply or Accepted(events)

    def _verify(
        self, source: Source, connection: Connection, request: Request
    ) -> tuple[Connection, Verified]:
        """The connection whose secret proved the request. If the one in the cache does not, it is read again:
        its secrets may have been rotated since."""
        try:
            return connection, source.verify(request, connection, self.now())
        except NotVerified as refusal:
            if refusal.reason in ("malformed", "stale"):
                raise self._refused(source, connection, request, refusal) from refusal
            fresh = self.connections.find(connection.source, connection.name, fresh=True)
            if fresh is None or fresh == connection:
                raise self._refused(source, connection, request, refusal) from refusal
        try:
            return fresh, source.verify(request, fresh, self.now())
        except NotVerified as refusal:
            raise self._refused(source, fresh, request, refusal) from refusal

    def _bind(self, connection: Connection, nonce: str, request: Request) -> None:
        """Let a nonce that does not cover the body in with one body alone. Unlike a receipt this is no
        economy: while it can't be written down, nothing is taken. Raises Unauthorised, Unavailable."""
        body = _fingerprint(request)
        if not self.receipts.bind(connection.source, connection.name, nonce, body):
            raise Unauthorised(
                "mismatch",
                "its signature does not cover the body, and came with another one before: a retry must send "
                "the same bytes, and everything else a signature of its own",
            )

    def _refused(
        self, source: Source, connection: Connection, request: Request, refusal: NotVerified
    ) -> Unauthorised:
        from chalicelib.pipeline.intake.refusal import why_refused  # no genuine request needs it

        detail = why_refused(source, connection, request, refusal.reason, self.now())
        return Unauthorised(refusal.reason, detail)

    def _keep(
        self, source: Source, connection: Connection, request: Request, error: Exception, trace: Trace
    ) -> str:
        """Keep the request in the quarantine. Returns the entry's id; "" where the same bytes lie there
        already, since a sender may retry for days."""
        fingerprint = _fingerprint(request)
        name = f"unreadable {fingerprint}"
        if standing(self.receipts, connection.source, connection.name, [name]):
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
                way_back=ByReceive(
                    method=request.method,
                    headers=_keepable(source, connection, request.headers),
                    query=_keepable(source, connection, request.query),
                    trace=trace,
                ),
            ),
            request.body,
        )
        log.info("quarantined", extra={"quarantine_id": kept})
        self.metrics.count("quarantined", source.name)
        write_receipt(self.receipts, connection.source, connection.name, name, self.now())
        return kept


def _fingerprint(request: Request) -> str:
    return f"sha256:{hashlib.sha256(request.body).hexdigest()}"


def _check_form(source: Source, request: Request) -> None:
    if not source.takes("receive"):
        raise WrongMethod(f"{source.name} takes no webhooks; upload its feedback as files", ())
    if request.method not in source.methods:
        raise WrongMethod(
            f"{source.name} takes {', '.join(source.methods)}, not {request.method}", source.methods
        )
    if len(request.body) > source.max_body:
        raise TooLarge(f"{source.name} takes bodies of at most {source.max_body} bytes")
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given and request.body and source.content_types and given not in source.content_types:
        raise WrongType(f"{source.name} takes {', '.join(source.content_types)}; send one of these")


def _keepable(source: Source, connection: Connection, given: Mapping[str, str]) -> dict[str, str]:
    """The headers, or the parameters of the query, that may be stored: none that proves who the sender is. A
    replay needs no proof."""
    proving = {name.lower() for scheme in source.schemes(connection) for name in scheme.headers}
    return {
        name: clean_text(value)[:LINE_LIMIT]
        for name, value in given.items()
        if name.lower() not in _NEVER_KEPT
        and name.lower() not in proving
        and not any(word in name.lower() for word in _SIGNATURE_WORDS)
    }
