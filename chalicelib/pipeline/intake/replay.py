"""Replay: what lay in the quarantine goes back in by the way it came, past receipt and claim."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.intake.envelope import ClaimCheck, Envelope, from_bytes
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.trace import trace_in
from chalicelib.errors import Conflict, NotFound, PluginFailed, Unavailable
from chalicelib.pipeline.intake.receive import Receive
from chalicelib.ports.delivery import Bus
from chalicelib.ports.operations import Blobs, Message, Queue
from triggeriq import Connection, Events, Request
from triggeriq import Unreadable as PluginUnreadable


class QuarantineStore(Protocol):
    def find(self, id: str) -> Quarantined | None: ...

    def remove(self, item: Quarantined) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The use-case; call it with a quarantine id. Raises NotFound, Conflict (it can't be replayed, or
    is still unreadable), Unavailable. What fails again lies in the quarantine again."""

    quarantine: QuarantineStore
    receive: Receive
    bus: Bus
    blobs: Blobs
    queues: dict[str, Queue]
    files: Queue

    def __call__(self, id: str) -> None:
        item = self.quarantine.find(id)
        if item is None:
            raise NotFound(f"there is no quarantined item {id}")
        again = item.replay or {}
        match item.way:
            case "receive":
                self._receive(item, again)
            case "bus":
                self._publish(item, again)
            case "files":
                self.files.send([Message(json.dumps(again), trace=trace_in(again))])
            case "queue":
                body = self.blobs.get(item.raw_key).decode()
                self.queues[again["queue"]].send([Message(body, trace=trace_in(again))])
            case _:
                raise Conflict(f"{item.reason}: mend the file and upload it again, it can't be replayed")
        # Only now: a crash before leaves it to be replayed once more, which changes nothing.
        self.quarantine.remove(item)

    def _receive(self, item: Quarantined, again: dict[str, Any]) -> None:
        source = self.receive.sources.find(item.source)
        if source is None:
            raise Conflict(f"no plugin gives the source {item.source} now")
        known = self.receive.connections.find(item.source, item.connection, fresh=True)
        connection = known or Connection(source=item.source, name=item.connection)
        request = Request(method=again["method"], headers=again["headers"], body=self.blobs.get(item.raw_key))
        try:
            answer = source.receive(request, connection)
        except (PluginUnreadable, PluginFailed) as error:
            raise Conflict(f"it still can't be read: {error}") from error
        if isinstance(answer, Events) and answer.items:
            self.receive.publish(source, connection, request, answer, trace_in(again), replay=True)

    def _publish(self, item: Quarantined, again: dict[str, Any]) -> None:
        envelope = _kept_bare(item, again) if "sha256" in again else from_bytes(self.blobs.get(item.raw_key))
        (refusal,) = self.bus.publish([envelope.as_event()])
        if refusal is not None:
            raise Unavailable("bus", f"the event was refused ({refusal})")


def _kept_bare(item: Quarantined, again: dict[str, Any]) -> Envelope:
    """An item that came into the quarantine when of an event only its body was kept."""
    return Envelope(
        id=again["id"],
        source=item.source,
        connection=item.connection,
        received_at=datetime.fromisoformat(again["received_at"]),
        headers=again["headers"],
        claim_check=ClaimCheck(item.raw_key, again["sha256"]),
        replay=True,
        trace=trace_in(again),
    )
