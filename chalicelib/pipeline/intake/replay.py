"""Replay: an entry of the quarantine goes back in by the way that it came. Its receipt and its claim say that
it was seen before; they do not stop a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.intake import file_job
from chalicelib.domain.intake.envelope import ClaimCheck, Envelope, from_bytes
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import ByBus, ByEvent, ByFile, ByQueue, ByReceive, UnknownWay
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Conflict, NotFound, Unreadable
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.ports.intake import Connections, Sources
from chalicelib.ports.operations import Blobs, Message, Queue
from triggeriq import Connection, Events, Request


class QuarantineStore(Protocol):
    def find(self, id: str, within: Restriction | None) -> Quarantined | None: ...

    def remove(self, item: Quarantined) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The use-case; call it with a quarantine id and what the caller is restricted to. Raises NotFound,
    Conflict (it can't be replayed, or still can't be read), Unavailable. What fails again goes to the
    quarantine again."""

    quarantine: QuarantineStore
    sources: Sources
    connections: Connections
    publish: Publish
    blobs: Blobs
    queues: Mapping[str, Queue]
    """The queues by their full names."""
    files: Queue

    def __call__(self, id: str, within: Restriction | None) -> None:
        item = self.quarantine.find(id, within)
        if item is None:
            raise NotFound(f"there is no entry {id} in the quarantine; GET /quarantine lists them")
        match item.way_back:
            case ByReceive() as way:
                self._receive(item, way)
            case ByEvent():
                self.publish.again(from_bytes(self.blobs.get(item.raw_key)))
            case ByBus() as way:
                self.publish.again(_envelope(item, way))
            case ByFile(job):
                self.files.send([Message(file_job.to_json(job), trace=job.trace)])
            case ByQueue() as way:
                self._requeue(item, way)
            case UnknownWay(name):
                raise Conflict(f"another release of TriggerIQ kept it, and only that can replay it ({name})")
            case None:
                raise Conflict(f"{item.reason}: mend the file and upload it again, it can't be replayed")
        # Removed last: after a crash before this line it can be replayed once more, which does no harm.
        self.quarantine.remove(item)

    def _receive(self, item: Quarantined, way: ByReceive) -> None:
        source = self.sources.find(item.source)
        if source is None:
            raise Conflict(f"no plugin gives the source {item.source} now")
        known = self.connections.find(item.source, item.connection, fresh=True)
        connection = known or Connection(source=item.source, name=item.connection)
        request = Request(
            method=way.method, headers=way.headers, body=self.blobs.get(item.raw_key), query=way.query
        )
        try:
            answer = source.receive(request, connection)
        except Unreadable as error:
            raise Conflict(f"it still can't be read: {error}") from error
        if isinstance(answer, Events) and answer.items:
            self.publish(source, connection, request, answer, way.trace, replay=True)

    def _requeue(self, item: Quarantined, way: ByQueue) -> None:
        queue = self.queues.get(way.queue)
        if queue is None:
            raise Conflict(f"there is no queue {way.queue} now; its message can't be replayed")
        queue.send([Message(self.blobs.get(item.raw_key).decode(), trace=way.trace)])


def _envelope(item: Quarantined, way: ByBus) -> Envelope:
    return Envelope(
        id=way.id,
        source=item.source,
        connection=item.connection,
        received_at=way.received_at,
        headers=way.headers,
        claim_check=ClaimCheck(item.raw_key, way.sha256),
        replay=True,
        trace=way.trace,
    )
