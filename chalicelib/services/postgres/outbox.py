"""The events that still have to go on the bus."""

# ruff: noqa: S608 — SQL is composed of our own lists of columns; values are always parameters
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.services.external import external
from chalicelib.services.postgres.columns import names
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.errors import postgres_errors
from chalicelib.services.postgres.event_rows import EVENT, event_of


class PostgresOutbox(NamedTuple):
    """Outbox (chalicelib.ports) in PostgreSQL. Events are not leased: two relays at once send an event twice,
    with the same id, which every receiver must bear anyway. A lease would hide it from the next relay after a
    crash. Events that were relayed are deleted: the bus has its archive, and the table stays small."""

    database: Database

    @external("postgres.pending", postgres_errors)
    def pending(self, limit: int, older_than: datetime) -> Sequence[CloudEvent]:
        rows = self.database.run(
            f"select {names(EVENT)} from outbox "
            "where time < cast(:older_than as timestamptz) order by position limit :rows",
            older_than=older_than,
            rows=limit,
        )
        return [event_of(row) for row in rows]

    @external("postgres.relayed", postgres_errors)
    def relayed(self, event_ids: Sequence[str]) -> None:
        if event_ids:
            self.database.run("delete from outbox where id = any(:ids::uuid[])", ids=list(event_ids))
