"""Change: a person sets fields of a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.plan import Known, Plan, Selection, Standing
from chalicelib.domain.tickets.ticket import Change
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.ports.operations import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTicket:
    """The use-case; call it with the ticket's id and the change. Returns the ticket as it is afterwards.

    if_version: the row's version that the caller has seen, None: any. within: what the caller may see. Raises
    NotFound, Conflict (it was merged away), Stale, Invalid.
    """

    amend: Amend
    now: Clock

    def __call__(
        self, id: str, wanted: Change, if_version: int | None = None, within: Restriction | None = None
    ) -> Standing:
        def decide(known: Known) -> Plan:
            standing = known.alive(id, within)
            standing.check_version(if_version)
            return change(standing, wanted, self.now())

        (changed,) = self.amend(Selection(tickets=(id,)), decide).shown
        return changed
