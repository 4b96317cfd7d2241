"""Register an upload: S3 tells of an object, maybe several times, and a job to read it goes on the queue
`files`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.file_import import (
    MAIL,
    Import,
    UploadKey,
    import_id,
    may_hold,
    parse_key,
    size_limit,
)
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.upload import Upload
from chalicelib.domain.trace import Trace
from chalicelib.errors import Conflict, Invalid, Unavailable
from chalicelib.log_context import bound
from chalicelib.ports.bus import Bus
from chalicelib.ports.intake import ImportStore, Quarantine, Sources
from chalicelib.ports.operations import Clock, Message, Metrics, Queue

log = logging.getLogger(__name__)

_SES_PROBE = "AMAZON_SES_SETUP_NOTIFICATION"
_NAMESPACE = uuid.UUID("0a1f3f55-2f0e-4c35-a7a4-0c54a0f0b3d5")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUpload:
    """The use-case. Called again with the same upload, it sends one more job at most, which finds nothing
    left to do. Raises Unavailable: then S3 must tell again, or the sweep finds the upload."""

    imports: ImportStore
    sources: Sources
    bus: Bus
    queue: Queue
    quarantine: Quarantine
    metrics: Metrics
    trace: Callable[[], Trace]
    now: Clock

    def __call__(self, upload: Upload) -> None:
        if upload.key.endswith("/") or upload.key.rsplit("/", 1)[-1] == _SES_PROBE:
            return  # a folder made in the console; SES trying whether it may write
        now = self.now()
        try:
            key, refusal = parse_key(upload.key), ""
        except Invalid as error:
            key, refusal = UploadKey("", "", upload.key), str(error)
        wanted = Import(
            id=import_id(upload.bucket, upload.key, upload.etag),
            source=key.source,
            connection=key.connection,
            bucket=upload.bucket,
            key=upload.key,
            etag=upload.etag,
            size=upload.size,
            registered_at=now,
            modified_at=upload.modified_at,
            updated_at=now,
        )
        with bound(import_id=wanted.id):
            held = self.imports.register(wanted)
            if not (held.queued or held.over):
                self._queue(held, refusal or self._refusal(key, upload))

    def _queue(self, held: Import, refusal: str) -> None:
        if refusal:
            self._refuse(held, refusal)
            return
        trace = self.trace()
        self._tell(held, trace)
        self.queue.send([Message(file_job.to_json(FileJob(held.id, trace=trace)), trace=trace)])
        self.imports.queued(held.id)
        log.info("registered", extra={"trace_id": trace.xray_id})

    def _refusal(self, key: UploadKey, upload: Upload) -> str:
        source = self.sources.find(key.source)
        # A file of an unknown source is not refused here: its reader puts it into the quarantine, where it
        # waits in case that the source comes back. A mail's name has no ending: SES names it by an id.
        if source is not None and key.source != MAIL and not may_hold(key.file, source.reads):
            return f"{key.source} reads files that end in {', '.join(source.reads) or 'nothing'}"
        limit = size_limit(key.source)
        if upload.size > limit:
            return f"the file has {upload.size} bytes; at most {limit} are read"
        return "the file is empty" if upload.size == 0 else ""

    def _refuse(self, held: Import, reason: str) -> None:
        kept = self.quarantine.keep(
            Quarantined(
                source=held.source,
                connection=held.connection,
                reason=reason,
                where="file",
                at=held.registered_at,
                event_id=held.id,
                raw_key=f"s3://{held.bucket}/{held.key}",
            )
        )
        log.info("quarantined", extra={"quarantine_id": kept})
        self.metrics.count("quarantined", held.source if self.sources.find(held.source) else "")
        try:
            self.imports.checkpoint(
                held, replace(held, status="refused", reason=reason, finished_at=self.now())
            )
        except Conflict:
            log.info("was refused by another invocation")

    def _tell(self, held: Import, trace: Trace) -> None:
        (refusal,) = self.bus.publish(
            [
                CloudEvent(
                    id=str(uuid.uuid5(_NAMESPACE, held.id)),
                    type="file.received",
                    subject=held.id,
                    time=held.registered_at,
                    trace=trace,
                    connections=held.connections,
                    data={
                        "import": held.id,
                        "source": held.source,
                        "connection": held.connection,
                        "key": held.key,
                        "size": held.size,
                    },
                )
            ]
        )
        if refusal is not None:
            raise Unavailable("bus", f"file.received was refused ({refusal})")
