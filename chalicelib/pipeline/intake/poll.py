"""Poll: what is new is fetched for each connection whose provider sends nothing by itself. Each page becomes
an event, as if it had been posted; only once it is safe on the bus the cursor moves."""

from __future__ import annotations

import hashlib
import logging
import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from chalicelib.domain.intake.credentials import SETTING, is_polled
from chalicelib.domain.intake.feedback import clean_text
from chalicelib.domain.intake.poll_state import PollState, digest_of
from chalicelib.domain.intake.silence import fallen_silent
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.trace import Trace
from chalicelib.errors import TriggerIQError, Unavailable, is_outage, loggable
from chalicelib.log_context import bound
from chalicelib.pipeline.intake.fetching import Fetching
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.ports.bus import Bus
from chalicelib.ports.intake import Polls, Sources
from chalicelib.ports.operations import Clock, Metrics, TimeLeft
from chalicelib.ports.web import Web
from triggeriq import Connection, Event, Events, Request, Source
from triggeriq.polling import Polled, PollFailed

log = logging.getLogger(__name__)

PAGES_MOST = 100
"""Pages of one poll; what is left is fetched by the next."""
STOP_SECONDS = 20.0
"""So many seconds before the function's deadline nothing is fetched any more."""
LEAST_SECONDS = 30.0
"""With less time than this no connection is begun."""
SHARE_SECONDS = 60.0
"""The time that a connection gets while others wait; more where there is more for each."""
GRACE_SECONDS = 10.0
"""How long a page that was begun in time may still take."""

_NAMES_AT_ONCE = 100
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class PolledConnections(Protocol):
    def find(self, source: str, name: str) -> Connection | None: ...

    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[tuple[str, str]]: ...


class Credentials(Protocol):
    def read(self, arn: str) -> str: ...

    def forget(self, arn: str) -> None: ...


@dataclass(slots=True)
class _Turn:
    """One poll of one connection, as far as it has come."""

    state: PollState
    began: datetime
    deadline: datetime
    """When it should begin no further page."""
    end: datetime
    """When it is over."""
    http: Fetching
    pages: list[str] = field(default_factory=list)
    """Digests of the pages that are safe."""
    new: bool = False
    """Whether one of them was not known before."""
    again: bool = False
    """Whether there is more."""
    credentials: str = ""
    """Where they lie."""


class _Taken(Exception):
    """Another invocation has the connection in hand."""


class _NotPolled(Exception):
    """The connection is made for something else: it has no credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The use-case; call it with the invocation's id. Returns how many connections it polled, those that
    failed among them. Raises Unavailable where a dependency of ours is down."""

    sources: Sources
    connections: PolledConnections
    polls: Polls
    credentials: Credentials
    web: Web
    publish: Publish
    bus: Bus
    metrics: Metrics
    trace: Callable[[], Trace]
    now: Clock
    request_seconds: float
    """Within which a provider must answer a request."""
    chance: Callable[[], float] = random.random

    def __call__(self, holder: str, time_left: TimeLeft) -> int:
        due = deque(self._due())
        polled = 0
        while due and (left := time_left() - STOP_SECONDS) >= LEAST_SECONDS:
            share = min(left, max(SHARE_SECONDS, left / len(due)))
            source, connection = due.popleft()
            until = self.now() + timedelta(seconds=time_left())
            polled += self._polled(source, connection, holder, until, share)
        return polled

    def _due(self) -> list[tuple[Source, str]]:
        """The connections that are due, in the order in which they became so: whoever had to wait comes first
        the next time."""
        now, found = self.now(), []
        for source, connection in self._fetched():
            state = self.polls.find(source.name, connection)
            if state is None or state.due(now):
                found.append(((state and state.next_at) or _EARLIEST, source.name, connection, source))
        found.sort(key=lambda one: one[:3])
        return [(source, connection) for *_, connection, source in found]

    def _fetched(self) -> Iterator[tuple[Source, str]]:
        """Every connection whose source fetches."""
        cursor = None
        while True:
            names = self.connections.list(_NAMES_AT_ONCE, cursor, None, None)
            for name, connection in names.items:
                source = self.sources.find(name)
                if source is not None and source.takes("poll"):
                    yield source, connection
            if (cursor := names.next) is None:
                return

    def _polled(self, source: Source, connection: str, holder: str, until: datetime, seconds: float) -> bool:
        """Poll one connection for so many seconds, unless another has it in hand."""
        state = self.polls.begin(source.name, connection, holder, until)
        if state is None:
            return False
        trace, began = self.trace(), self.now()
        end = began + timedelta(seconds=seconds)
        http = Fetching(self.web, end, self.request_seconds, self.now)
        turn = _Turn(state, began, end - timedelta(seconds=GRACE_SECONDS), end, http)
        with bound(source=source.name, connection=connection, trace_id=trace.xray_id):
            outage: Exception | None = None
            try:
                self._fetch(source, turn, holder, until, trace)
                ended = self._ended(source, turn)
            except _NotPolled:
                again = began + timedelta(seconds=source.poll_seconds)
                self.polls.save(replace(state, next_at=again), holder, None)
                return False
            except _Taken:
                log.warning("another invocation polls the connection")
                return True
            except Exception as error:
                outage = error if is_outage(error) else None
                ended = self._failed(source, turn, error)
            self.metrics.count("polls", source.name)
            self.polls.save(self._silence_told(ended), holder, None)
            if outage is not None:
                raise outage
        return True

    def _fetch(self, source: Source, turn: _Turn, holder: str, until: datetime, trace: Trace) -> None:
        """Fetch page by page, and make each safe. Raises whatever keeps the poll from its end."""
        connection = self._with_credentials(source, turn)
        turn.state = turn.state.begun(digest_of(connection.settings))
        first = turn.state.cursor
        left: set[str | None] = set()
        behind = 0  # pages since the cursor moved
        try:
            for page in source.poll(first, connection, turn.http, turn.deadline):
                at, digest = turn.state.cursor, _digest(page.body)
                if digest in turn.pages or (page.cursor != at and page.cursor in left):
                    turn.state = replace(turn.state, cursor=first)
                    raise PollFailed(
                        f"page {len(turn.pages) + 1} leads back to one before it, so that there is no end; "
                        "nothing of it was taken"
                    )
                self._make_safe(source, connection, turn, page, f"{behind} behind {at}", trace)
                if page.cursor == at:
                    behind += 1
                else:
                    left.add(at)
                    behind = 0
                turn.state = replace(turn.state, cursor=page.cursor)
                if not self.polls.save(turn.state, holder, until):
                    raise _Taken
                if len(turn.pages) == PAGES_MOST or self.now() >= turn.end:
                    break
        except PollFailed:
            if not turn.http.late or turn.state.cursor == first:
                raise
        cut = len(turn.pages) == PAGES_MOST or self.now() >= turn.end
        if cut and turn.state.cursor == first:
            raise PollFailed(
                f"{len(turn.pages)} pages were fetched, and none moved the cursor, so the rest is not reached"
            )
        # A source that keeps to its deadline ends by itself
        turn.again = turn.state.cursor != first and (cut or self.now() >= turn.deadline)

    def _with_credentials(self, source: Source, turn: _Turn) -> Connection:
        connection = self.connections.find(source.name, turn.state.connection)
        if connection is None:
            raise PollFailed("the connection is gone")
        turn.credentials = str(getattr(connection.settings, SETTING, None) or "")
        if not is_polled(source, turn.credentials):
            raise _NotPolled
        if not turn.credentials:
            return connection
        try:
            return replace(connection, credentials=self.credentials.read(turn.credentials))
        except TriggerIQError as error:
            raise PollFailed(f"its credentials can't be read: {error}") from error

    def _make_safe(
        self, source: Source, connection: Connection, turn: _Turn, page: Polled, about: str, trace: Trace
    ) -> None:
        """Put the page on the bus, unless it is known. about: its place, so that a page which changes, and
        changes back, is news both times."""
        digest = _digest(page.body)
        duplicate = digest in turn.state.pages
        if not duplicate:
            request = Request(method="GET", body=page.body)
            event = Event(hashlib.sha256(page.body).hexdigest(), about=f"poll: {about}")
            (published,) = self.publish(source, connection, request, Events(event), trace)
            duplicate = published.duplicate
        turn.pages.append(digest)
        self.metrics.count("received", source.name)
        self.metrics.count("acknowledged", source.name)
        self.metrics.count("duplicates", source.name, duplicate)
        turn.new |= not duplicate

    def _ended(self, source: Source, turn: _Turn) -> PollState:
        log.info("polled", extra={"pages": len(turn.pages), "requests": turn.http.requests})
        return replace(
            turn.state.ended(
                began=turn.began,
                now=self.now(),
                new=turn.new,
                again=turn.again,
                every=source.poll_seconds,
                chance=self.chance(),
                requests=turn.http.requests,
            ),
            pages=tuple(turn.pages) or turn.state.pages,
        )

    def _failed(self, source: Source, turn: _Turn, error: Exception) -> PollState:
        ours = isinstance(error, (TriggerIQError, PollFailed))
        status = error.status if isinstance(error, PollFailed) else None
        log.log(
            logging.WARNING if ours else logging.ERROR,
            "a poll failed",
            extra={"error": loggable(error), "pages": len(turn.pages), "status": status or ""},
            exc_info=not ours,
        )
        self.metrics.count("poll_failures", source.name)
        if status in (401, 403):
            self.credentials.forget(turn.credentials)  # they may have been renewed
        reason = clean_text(str(error)) if ours else ""
        return turn.state.failed(
            reason or f"a defect: {type(error).__name__}; the log says where",
            began=turn.began,
            now=self.now(),
            new=turn.new,
            every=source.poll_seconds,
            retry_after=error.retry_after if isinstance(error, PollFailed) else None,
            requests=turn.http.requests,
        )

    def _silence_told(self, state: PollState) -> PollState:
        """Tell of a connection that has fallen silent; once, until something new comes."""
        event = fallen_silent(state, self.now())
        if event is None:
            return state
        try:
            (refusal,) = self.bus.publish([event])
        except Unavailable as error:
            log.warning("a silence can't be told", extra={"error": loggable(error)})
            return state
        return replace(state, silent=refusal is None)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
