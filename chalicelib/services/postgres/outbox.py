"""What is still to be told on the bus."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.trace import from_traceparent
from chalicelib.services.external import external
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.errors import postgres_errors


class PostgresOutbox(NamedTuple):
    """The Outbox. Nothing is leased: two relays at once send an event twice, with the same id, which
    every receiver must bear anyway; a lease would hide it from the next relay after a crash. What was
    relayed is deleted: the bus has its archive, and the table stays small."""

    database: Database

    @external("postgres.pending", postgres_errors)
    def pending(self, limit: int, older_than: datetime) -> Sequence[CloudEvent]:
        rows = self.database.run(
            "select id, type, subject, time, data, traceparent from outbox "
            "where time < cast(:older_than as timestamptz) order by position limit :rows",
            older_than=older_than,
            rows=limit,
        )
        return [
            CloudEvent(
                id=id, type=type, subject=subject, time=time, data=data, trace=from_traceparent(traceparent)
            )
            for id, type, subject, time, data, traceparent in rows
        ]

    @external("postgres.relayed", postgres_errors)
    def relayed(self, event_ids: Sequence[str]) -> None:
        if event_ids:
            self.database.run("delete from outbox where id = any(:ids::uuid[])", ids=list(event_ids))
