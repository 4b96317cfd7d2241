"""Reread, a kind of job: what is kept of what a connection brought in is read once more. So what a mended
plugin now understands reaches old feedback too.

Kept events are read here. Imports of files and mails are set back to their beginning, and the function
`files` reads them. Both are as safe as a replay: feedback that reads as before changes nothing, feedback that
reads otherwise takes the place of its former reading, and what is understood only now is new feedback.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, ClassVar, NamedTuple, Protocol

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.envelope import Envelope, from_bytes, kept_under
from chalicelib.domain.intake.file_import import import_id, uploaded_under
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.operations.job import JobKind, Step
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.errors import Conflict, Invalid, NotFound, Unreadable, loggable
from chalicelib.pipeline.intake.backlog import Backlog
from chalicelib.ports.intake import ImportStore, Sources
from chalicelib.ports.operations import Clock, Message, Queue, StoredObject
from triggeriq.names import NAME

log = logging.getLogger(__name__)

PART = 25
"""Objects between two steps: so many at most are read again after a crash."""
PAGES_COUNTED = 100
"""Pages of a thousand keys that are counted for the total. If there are more, no total is told."""
SKEW = timedelta(minutes=1)
"""How far S3's clock may be behind ours. S3 also tells whole seconds only."""
EARLIEST_YEAR = 1970
"""A span begins in this year at the earliest, long before anything was received."""


class Bucket(Protocol):
    bucket: str

    def pages(self, prefix: str, since: datetime, after: str = "") -> Iterator[Sequence[StoredObject]]:
        """Objects that were written at or after `since`, in the order of their keys, beginning behind the key
        `after`."""
        ...


class KeptEvents(Bucket, Protocol):
    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...


class EventReader(Protocol):
    def again(self, envelope: Envelope, reread_at: datetime) -> None:
        """Read a kept event once more. Raises Unreadable where its body is gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadArguments:
    """What is to be read again. A time without a zone is UTC."""

    source: str
    connection: str
    since: datetime
    """Only what was received or uploaded at this time or later."""
    until: datetime | None = None
    """Only what came before this time. None: before the job began."""

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME, self.connection):
            raise Invalid("a connection's name is of a-z, 0-9, _ and -, at most 64", "connection")
        for name in ("since", "until"):
            time = getattr(self, name)
            if time is not None:
                object.__setattr__(self, name, _utc(time, name))
        if self.until is not None and self.until <= self.since:
            raise Invalid("until does not lie behind since, so that there is nothing between them", "until")


class _Span(NamedTuple):
    """What one job reads."""

    source: str
    connection: str
    since: datetime
    """The earliest time of receipt, inclusive."""
    until: datetime
    """The latest, exclusive."""
    began: datetime
    """When the job began, which becomes the time of its readings (`reread_at`)."""

    def holds(self, time: datetime) -> bool:
        return self.since <= time < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread(JobKind):
    """The kind of job."""

    arguments: ClassVar[type[Any]] = RereadArguments

    sources: Sources
    kept: KeptEvents
    events: EventReader
    backlog: Backlog
    uploads: Bucket
    imports: ImportStore
    files: Queue
    now: Clock

    def check(self, arguments: RereadArguments) -> None:
        if self.sources.find(arguments.source) is None:
            raise NotFound(f"there is no source {arguments.source}; GET /sources lists those there are")
        if arguments.since >= self.now():
            raise Invalid("since lies in the future, so that nothing was received since then", "since")

    def connections(self, arguments: RereadArguments) -> tuple[str, ...]:
        return (connection_id(arguments.source, arguments.connection),)

    def run(self, arguments: RereadArguments, checkpoint: Any) -> Iterator[Step]:
        if checkpoint is None:
            checkpoint = {"began": self.now().isoformat(), "of": "events", "after": ""}
            yield Step(checkpoint, total=self._total(_span(arguments, checkpoint)))
        span = _span(arguments, checkpoint)
        if checkpoint["of"] == "events":
            for part in _parts(self._kept_events(span, checkpoint["after"])):
                done = sum(self._read_event(span, stored.key) for stored in part)
                wait = self.backlog.rest()
                yield Step({**checkpoint, "after": part[-1].key}, done, len(part) - done, wait=wait)
            checkpoint = {**checkpoint, "of": "files", "after": ""}
            yield Step(checkpoint)
        for part in _parts(self._uploaded(span, checkpoint["after"])):
            done = sum(self._begin_anew(span, stored) for stored in part)
            yield Step({**checkpoint, "after": part[-1].key}, done, len(part) - done)

    def _kept_events(self, span: _Span, after: str) -> Iterator[StoredObject]:
        under = kept_under(span.source, span.connection)
        last_day = f"{under}{span.until:%Y/%m/%d}/~"  # behind every name of that day
        start = after or f"{under}{span.since:%Y/%m/%d}"
        for page in self.kept.pages(under, span.since - SKEW, start):
            for stored in page:
                if stored.key > last_day:
                    return
                yield stored

    def _uploaded(self, span: _Span, after: str) -> Iterator[StoredObject]:
        under = uploaded_under(span.source, span.connection)
        for page in self.uploads.pages(under, span.since.replace(microsecond=0), after):
            yield from (stored for stored in page if stored.modified_at < span.until)

    def _total(self, span: _Span) -> int | None:
        most = PAGES_COUNTED * 1_000
        listed = (self._kept_events(span, ""), self._uploaded(span, ""))
        counts = [sum(1 for _ in islice(found, most + 1)) for found in listed]
        return sum(counts) if max(counts) <= most else None

    def _read_event(self, span: _Span, key: str) -> bool:
        """Read a kept event again. Returns whether it could be read, or need not be read."""
        try:
            envelope = from_bytes(self.kept.get(key))
            if (envelope.source, envelope.connection) != (span.source, span.connection):
                raise Unreadable("a bare body that looks like a kept event")
            if span.holds(envelope.received_at):
                self.events.again(envelope, span.began)
        except (Unreadable, NotFound) as error:
            log.info("a kept event can't be read again", extra={"error": loggable(error)})
            return False
        return True

    def _begin_anew(self, span: _Span, stored: StoredObject) -> bool:
        """Have a file read from its beginning. Returns whether it is read again, or is being read already."""
        held = self.imports.find(import_id(self.uploads.bucket, stored.key, stored.etag))
        if held is None or held.status in ("cancelled", "refused"):
            return False
        if held.over and held.reread_at != span.began:
            try:
                held = self.imports.checkpoint(held, held.anew(span.began))
            except Conflict:
                return True  # somebody else has begun it in this moment
        if held.reread_at == span.began and not held.over:
            # After a crash it may be sent twice: the second message goes on at the file's checkpoint, or
            # finds nothing to do
            self.files.send([Message(file_job.to_json(FileJob(held.id)))])
        return True


def _utc(time: datetime, name: str) -> datetime:
    try:
        utc = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:  # year 1 or 9999 moved over the edge by its zone
        utc = None
    # The keys of kept events are sorted by day, which only works for years of four digits.
    if utc is None or utc.year < EARLIEST_YEAR:
        raise Invalid(f"{name} is too far away; all there is was received after {EARLIEST_YEAR}-01-01", name)
    return utc


def _span(arguments: RereadArguments, checkpoint: Any) -> _Span:
    began = datetime.fromisoformat(checkpoint["began"])
    until = min(arguments.until or began, began)
    return _Span(arguments.source, arguments.connection, arguments.since, until, began)


def _parts(found: Iterator[StoredObject]) -> Iterator[list[StoredObject]]:
    while part := list(islice(found, PART)):
        yield part
