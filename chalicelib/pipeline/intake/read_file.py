"""Read a file: an uploaded object is streamed, and its items become feedback on the queue, one by one.

Progress is saved by checkpoint, not by row: after a crash the rows since the last one are sent again, and
PostgreSQL's keys make that harmless. Where the time is nearly up, or much feedback waits, what is left is
another invocation's, by a new message. A large packed file is first unpacked to parts, since each of these
invocations would have to unpack it from its beginning.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_text, cleaned
from chalicelib.domain.intake.feedback_message import FeedbackMessage, to_json
from chalicelib.domain.intake.file_import import Import, ImportStatus, Unpacked
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByFile
from chalicelib.domain.trace import Trace
from chalicelib.errors import Conflict, NotFound, Unreadable
from chalicelib.log_context import bound
from chalicelib.pipeline.intake import parts
from chalicelib.pipeline.intake.backlog import Backlog
from chalicelib.pipeline.intake.keep_attachments import keep_attachments
from chalicelib.pipeline.intake.unpack import File, unpacked
from chalicelib.ports.intake import Connections, ImportStore, Quarantine, Sources
from chalicelib.ports.operations import Blobs, Clock, Message, Metrics, Queue, TimeLeft
from triggeriq import Bad, Connection, Feedback, FileHint, Ignore, Nothing, Source

if TYPE_CHECKING:
    from triggeriq.notices import Answered, Redacted

log = logging.getLogger(__name__)

BATCH = 10
"""Messages of one SendMessageBatch."""
CHECKPOINT = 100
"""Rows between two checkpoints: so many at most are sent again after a crash."""
BAD_LIMIT = 1_000
"""Bad rows one after the other, after which the file is given up: it must be of another format."""
HEAD_LIMIT = 8_000
"""Bytes of a header that is kept for the bad rows of its table; with a longer one they are only listed."""
STOP_SECONDS = 15.0
"""So many seconds before the function's deadline the rest is left to another invocation."""
LARGE = 1_000_000
"""Bytes of a packed file, as stored, above which it is unpacked to parts. A smaller one is unpacked again for
each stretch, which takes some seconds at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """The use-case; call it with a job and a function that gives the time left. Raises Unavailable. Whatever
    is wrong with the file itself ends in the quarantine and in the import's `reason`."""

    imports: ImportStore
    sources: Sources
    connections: Connections
    blobs: Blobs
    """Of the uploads."""
    artifacts: Blobs
    """Where a packed file is unpacked to, and the content of attachments is kept."""
    feedback: Queue
    files: Queue
    quarantine: Quarantine
    metrics: Metrics
    now: Clock
    unpacked_limit: int
    """Bytes that a packed file may unpack to."""
    backlog: Backlog

    def __call__(self, job: FileJob, time_left: TimeLeft) -> None:
        with bound(**job.ids):
            self._do(job, time_left)

    def _do(self, job: FileJob, time_left: TimeLeft) -> None:
        held = self.imports.find(job.import_id)
        if held is None or (held.over and not job.reopens(held)):
            log.info("nothing to read")
            self._tidy(held)
            return
        try:
            if job.row_after is not None:
                self._read_one(held, job.row_after, job.trace)
            elif held.over:
                reopened = replace(held, status="registered", unpacked=None, reason=None, finished_at=None)
                self._read(self.imports.checkpoint(held, reopened), job.trace, time_left)
            else:
                self._read(held, job.trace, time_left)
        except Conflict:
            # Another invocation has read further, or somebody has cancelled it: there is nothing to do here.
            log.info("left to another invocation")
            self._tidy(self.imports.find(held.id))

    def _tidy(self, held: Import | None) -> None:
        """Delete the parts of a file that is over."""
        if held is not None and held.over and held.unpacked is not None:
            parts.delete(self.artifacts, held.id, held.unpacked)

    def _read(self, held: Import, trace: Trace | None, time_left: TimeLeft) -> None:
        if held.mark is not None and (rest := self.backlog.rest()):
            # Whether it may go on is known without opening the file.
            self._leave(held, trace, rest)
            return
        progress = _Progress(held, trace)
        by = held.source
        try:
            source = self._source(held)
            by = f"{source.name}/{source.version}"
            if held.status != "running" and held.size > LARGE:
                self._unpack(progress, time_left)
            for mark, item in self._items(source, progress, held.mark):
                self._take(progress, by, mark, item)
                if progress.bad_in_a_row >= BAD_LIMIT:
                    raise Unreadable(
                        f"{BAD_LIMIT} bad rows one after the other: is it really a file for {source.name}?"
                    )
                if progress.read - progress.saved.read >= CHECKPOINT:
                    self._save(progress, "running")
                    if rest := self.backlog.rest():
                        self._leave(held, trace, rest)
                        return
                if time_left() < STOP_SECONDS:
                    self._save(progress, "running")
                    self._leave(held, trace)
                    return
        except (Unreadable, NotFound) as error:
            self._flush(progress)
            if isinstance(error, NotFound) and progress.saved.unpacked is not None:
                self._unpack_anew(progress)
                return
            where = f"after {_shown(progress.mark)}" if progress.mark else "file"
            self._quarantine(progress, where, str(error), by, FileJob(held.id, resume=True, trace=trace))
            self._save(progress, "failed", reason=str(error))
            self.metrics.count("quarantined", self._known(held))
        else:
            self._save(progress, "done", reason=progress.ignored)
        self._tidy(progress.saved)

    def _unpack(self, progress: _Progress, time_left: TimeLeft) -> None:
        """Unpack a large file to parts, if it is packed. Raises Unreadable, and Conflict where it is
        cancelled meanwhile. After a crash it is begun again, and makes the same parts."""
        with self._opened(progress.saved) as (stored, file):
            if not file.packed:
                return
            empty = Unpacked(name=file.name)
            begun = replace(progress.saved, status="unpacking", bytes_read=0, unpacked=empty)
            progress.saved = self.imports.checkpoint(progress.saved, begun)
            for so_far in parts.write(self.artifacts, progress.saved.id, empty, file.stream):
                after = replace(progress.saved, bytes_read=stored.tell(), unpacked=so_far)
                progress.saved = self.imports.checkpoint(progress.saved, after)
                progress.bytes_read = after.bytes_read
                if time_left() < STOP_SECONDS:
                    raise Unreadable("it takes too long to unpack; upload it in parts, or as it is")
            ready = replace(progress.saved, status="running", bytes_read=0)
            progress.saved = self.imports.checkpoint(progress.saved, ready)
            progress.bytes_read = 0

    def _unpack_anew(self, progress: _Progress) -> None:
        """Its parts are gone, as they are after a month, or when another invocation is done with the file:
        then this raises Conflict."""
        self._save(progress, "running")
        again = replace(progress.saved, status="registered", unpacked=None)
        self.imports.checkpoint(progress.saved, again)
        self._leave(again, progress.trace)

    def _leave(self, held: Import, trace: Trace | None, seconds: int = 0) -> None:
        """Leave what lies behind the checkpoint to another invocation, in so many seconds."""
        log.info("rests" if seconds else "goes on in another invocation")
        self.files.send([Message(file_job.to_json(FileJob(held.id, trace=trace)), seconds, trace=trace)])

    def _read_one(self, held: Import, row_after: str, trace: Trace | None) -> None:
        """Read a single row once more, for its replay from the quarantine."""
        progress, after = _Progress(held, trace), row_after or None
        progress.mark = after  # what fails again is then kept with the same way back
        by = held.source
        try:
            source = self._source(held)
            by = f"{source.name}/{source.version}"
            for mark, item in self._items(source, progress, after):
                if isinstance(item, Nothing):
                    continue
                self._take(progress, by, mark, item)
                break
        except (Unreadable, NotFound) as error:
            job = FileJob(held.id, row_after=row_after, trace=trace)
            self._quarantine(progress, f"after {_shown(after) or 'the head'}", str(error), by, job)
            progress.quarantined += 1
        self._flush(progress)
        self.metrics.count("quarantined", self._known(held), progress.quarantined - held.quarantined)

    def _source(self, held: Import) -> Source:
        source = self.sources.find(held.source)
        if source is None:
            raise Unreadable(f"no plugin gives the source {held.source} now")
        return source

    def _known(self, held: Import) -> str:
        return held.source if self.sources.find(held.source) else ""

    def _items(self, source: Source, progress: _Progress, after: str | None) -> Iterator[tuple[str, object]]:
        held = progress.saved
        # Read afresh: whoever uploads or replays a file may just have mended the connection.
        known = self.connections.find(held.source, held.connection, fresh=True)
        connection = known or Connection(source=held.source, name=held.connection)
        with self._opened(held) as (stored, file):
            if not file.name.lower().endswith(tuple(source.reads)):
                endings = ", ".join(source.reads)
                raise Unreadable(f"it holds {file.name[:200]}; {source.name} reads what ends in {endings}")
            progress.stream = stored
            hint = FileHint(name=file.name, modified_at=held.modified_at)
            try:
                yield from source.read(file.stream, hint, after, connection)
            finally:
                progress.bytes_read, progress.stream = stored.tell(), None

    @contextmanager
    def _opened(self, held: Import) -> Iterator[tuple[BinaryIO, File]]:
        """The stored stream, which tells how far it was read, and the file in it."""
        if held.unpacked is not None and held.status == "running":
            with parts.read(self.artifacts, held.id, held.unpacked) as joined:
                yield joined, File(joined, held.unpacked.name, packed=False)
            return
        with self.blobs.open(held.key, held.etag) as stored:
            yield stored, unpacked(stored, held.key.rpartition("/")[2], self.unpacked_limit)

    def _take(self, progress: _Progress, by: str, mark: str, item: object) -> None:
        if isinstance(item, Nothing):
            progress.mark = mark
            return
        held = progress.saved
        if isinstance(item, Ignore) and progress.ignored is None:
            progress.ignored = f"ignored: {item.reason}"
        bad = item if isinstance(item, Bad) else None
        if not isinstance(item, Bad | Ignore):
            try:
                progress.waiting.append(self._sent(held, mark, item, progress.trace))
                progress.made += isinstance(item, Feedback)
            except ValueError as error:
                bad = Bad(mark, f"the plugin made something that is no item: {error}")
        if bad:
            job = FileJob(held.id, row_after=progress.mark or "", trace=progress.trace)
            self._quarantine(progress, bad.where, bad.reason, by, job, bad.raw or None)
            progress.quarantined += 1
            if not progress.head and len(bad.head) <= HEAD_LIMIT:
                progress.head = bad.head
        progress.bad_in_a_row = progress.bad_in_a_row + 1 if bad else 0
        progress.mark = mark
        progress.read += 1
        if len(progress.waiting) >= BATCH:
            self._flush(progress)

    def _sent(self, held: Import, mark: str, item: object, trace: Trace | None) -> Message:
        """What an item leaves on the queue. Raises ValueError where the plugin made nonsense of it."""
        if isinstance(item, Feedback):
            message = keep_attachments(self.artifacts, item, _message(held, mark, cleaned(item), trace))
            return Message(to_json(message), trace=message.trace)
        from chalicelib.domain.intake import notice_message  # few files hold one

        notice = notice_message.noticed(
            cast("Answered | Redacted", item),
            source=held.source,
            connection=held.connection,
            event_id=_event_id(held, mark),
            received_at=held.modified_at,
            trace=trace,
        )
        return Message(notice_message.to_json(notice), trace=trace)

    def _flush(self, progress: _Progress) -> None:
        self.feedback.send(progress.waiting)
        progress.waiting = []

    def _save(self, progress: _Progress, status: ImportStatus, reason: str | None = None) -> None:
        """Save a checkpoint, after everything that it counts was sent."""
        self._flush(progress)
        before = progress.saved
        after = progress.as_import(status, reason, None if status == "running" else self.now())
        progress.saved = self.imports.checkpoint(before, after)
        # Only after the checkpoint, so that rows which are read again after a crash count once.
        source = self._known(before)
        self.metrics.count("received", source, after.read - before.read)
        self.metrics.count("acknowledged", source, after.taken - before.taken)
        self.metrics.count("quarantined", source, after.quarantined - before.quarantined)
        if status != "running":
            log.info("read", extra={"status": status, "messages": after.made})

    def _quarantine(
        self,
        progress: _Progress,
        where: str,
        reason: str,
        by: str,
        job: FileJob,
        raw: bytes | None = None,
    ) -> None:
        """Keep what can't be read. job: reads it again, when it is replayed."""
        held = progress.saved
        self.quarantine.keep(
            Quarantined(
                source=held.source,
                connection=held.connection,
                reason=reason,
                where=where,
                at=held.modified_at,
                event_id=held.id,
                by=by,
                raw_key="" if raw else f"s3://{held.bucket}/{held.key}",
                way_back=ByFile(job),
            ),
            raw,
        )


class _Progress:
    """How far this invocation has come: the import as it was last saved, what has happened since, and what
    waits to be sent.

    ignored: why the first item without feedback was ignored. It becomes the import's reason, so that one sees
    why a mail made no ticket.
    """

    def __init__(self, saved: Import, trace: Trace | None) -> None:
        self.saved, self.trace = saved, trace
        self.mark = saved.mark
        self.head = saved.head
        self.read, self.made, self.quarantined = saved.read, saved.made, saved.quarantined
        self.waiting: list[Message] = []
        self.ignored: str | None = None
        self.bad_in_a_row = 0
        self.stream: BinaryIO | None = None
        self.bytes_read = saved.bytes_read
        """When the stream was closed."""

    def as_import(self, status: ImportStatus, reason: str | None, finished_at: datetime | None) -> Import:
        return replace(
            self.saved,
            status=status,
            mark=self.mark,
            read=self.read,
            made=self.made,
            quarantined=self.quarantined,
            head=self.head,
            bytes_read=self.stream.tell() if self.stream else self.bytes_read,
            reason=reason,
            finished_at=finished_at,
        )


def _shown(mark: str | None) -> str:
    """A mark as people read it."""
    return (mark or "").partition("@")[0]


def _named(mark: str) -> str:
    """A mark as it fits into a message: a plugin chooses its length."""
    return clean_text(mark)[:LINE_LIMIT]


def _event_id(held: Import, mark: str) -> str:
    return f"{held.id}:{_named(mark)}"


def _message(held: Import, mark: str, feedback: Feedback, trace: Trace | None) -> FeedbackMessage:
    return FeedbackMessage(
        source=held.source,
        connection=held.connection,
        event_id=_event_id(held, mark),
        received_at=held.modified_at,
        raw_key=f"s3://{held.bucket}/{held.key}#{_named(mark)}",
        reread_at=held.reread_at,
        trace=trace,
        feedback=feedback,
    )
