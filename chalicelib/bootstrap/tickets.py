"""The use-cases that make tickets, change them, index them, read them and publish their events."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now

if TYPE_CHECKING:
    from chalicelib.bootstrap.triage import TriageUseCases
    from chalicelib.pipeline.tickets.amend import Amend
    from chalicelib.pipeline.tickets.attachments import ListAttachments
    from chalicelib.pipeline.tickets.change import ChangeTicket
    from chalicelib.pipeline.tickets.index import IndexTickets
    from chalicelib.pipeline.tickets.merge import MergeTickets
    from chalicelib.pipeline.tickets.notice import Notice
    from chalicelib.pipeline.tickets.process import Process
    from chalicelib.pipeline.tickets.read import ReadTickets
    from chalicelib.pipeline.tickets.relay import Relay
    from chalicelib.pipeline.tickets.split import SplitTicket


class TicketUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside, triage: TriageUseCases) -> None:
        self._outside, self._triage = outside, triage

    @once
    def relay(self) -> Relay:
        from chalicelib.pipeline.tickets.relay import Relay

        out = self._outside
        return Relay(
            outbox=out.outbox,
            bus=out.bus,
            quarantine=out.quarantine,
            now=now,
            grace=timedelta(seconds=out.settings.relay_grace_seconds),
        )

    @once
    def _amend(self) -> Amend:
        from chalicelib.pipeline.tickets.amend import Amend

        return Amend(tickets=self._outside.tickets, relay=self.relay)

    @once
    def process(self) -> Process:
        from chalicelib.pipeline.tickets.process import Process

        out = self._outside
        return Process(
            triage=self._triage.feedback,
            amend=self._amend,
            notice=lambda message: self.notice(message),
            artifacts=lambda: out.artifacts,
            metrics=out.metrics,
            now=now,
        )

    @once
    def notice(self) -> Notice:
        from chalicelib.pipeline.tickets.notice import Notice

        return Notice(amend=self._amend, artifacts=self._outside.artifacts, now=now)

    @once
    def read(self) -> ReadTickets:
        from chalicelib.pipeline.tickets.read import ReadTickets

        return ReadTickets(tickets=self._outside.ticket_reader, now=now)

    @once
    def attachments(self) -> ListAttachments:
        from chalicelib.pipeline.tickets.attachments import ListAttachments

        out = self._outside
        return ListAttachments(tickets=out.ticket_reader, artifacts=out.artifacts, now=now)

    @once
    def index(self) -> IndexTickets:
        from chalicelib.pipeline.tickets.index import IndexTickets

        return IndexTickets(index=self._outside.ticket_index)

    @once
    def change(self) -> ChangeTicket:
        from chalicelib.pipeline.tickets.change import ChangeTicket

        return ChangeTicket(amend=self._amend, now=now)

    @once
    def merge(self) -> MergeTickets:
        from chalicelib.pipeline.tickets.merge import MergeTickets

        return MergeTickets(amend=self._amend, now=now)

    @once
    def split(self) -> SplitTicket:
        from chalicelib.pipeline.tickets.split import SplitTicket

        return SplitTicket(amend=self._amend, now=now)
