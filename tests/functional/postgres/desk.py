"""Tickets as people read and change them, by the real use-cases on the real store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.plan import Standing
from chalicelib.domain.tickets.ticket import Change
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.pipeline.tickets.change import ChangeTicket
from chalicelib.pipeline.tickets.merge import MergeTickets
from chalicelib.pipeline.tickets.read import ReadTickets
from chalicelib.pipeline.tickets.relay import Relay
from chalicelib.pipeline.tickets.split import SplitTicket
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.ticket_reader import PostgresTicketReader
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.unit.pipeline.fakes import FakeBus, FakeQuarantine


class Desk:
    """read: the use-cases of reading. Each change returns what is told of it, too."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.read = ReadTickets(tickets=PostgresTicketReader(database), now=lambda: datetime.now(UTC))

    def change(
        self, id: str, wanted: Change, if_version: int | None, now: datetime
    ) -> tuple[Standing, list[CloudEvent]]:
        amend, told = self._amend(now)
        return ChangeTicket(amend=amend, now=lambda: now)(id, wanted, if_version), told

    def merge(
        self, id: str, others: Sequence[str], by: str, if_version: int | None, now: datetime
    ) -> tuple[Standing, list[CloudEvent]]:
        amend, told = self._amend(now)
        return MergeTickets(amend=amend, now=lambda: now)(id, others, by, if_version), told

    def split(
        self,
        id: str,
        feedback: Sequence[tuple[str, str, str]],
        by: str,
        if_version: int | None,
        now: datetime,
    ) -> tuple[Standing, Standing, list[CloudEvent]]:
        amend, told = self._amend(now)
        keys = [FeedbackKey(*key) for key in feedback]
        left, new = SplitTicket(amend=amend, now=lambda: now)(id, keys, by, if_version)
        return left, new, told

    def _amend(self, now: datetime) -> tuple[Amend, list[CloudEvent]]:
        bus = FakeBus(down=True)  # so that all stays in the outbox
        relay = Relay(
            outbox=PostgresOutbox(self._database),
            bus=bus,
            quarantine=FakeQuarantine(),
            now=lambda: now,
            grace=timedelta(),
        )
        return Amend(tickets=PostgresTickets(self._database), relay=relay), bus.offered
