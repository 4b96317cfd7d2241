"""Merge: a person joins tickets that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.tickets.decisions.merge import merge
from chalicelib.domain.tickets.plan import Known, Plan, Selection, Standing
from chalicelib.errors import Conflict
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.ports.operations import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTickets:
    """The use-case; call it with the ticket that is to have all feedback, and the ids of the others. Returns
    the ticket as it is afterwards. A repeat changes nothing.

    by: who merges. if_version, within: see ChangeTicket. Raises NotFound, Conflict, Stale.
    """

    amend: Amend
    now: Clock

    def __call__(
        self,
        id: str,
        others: Sequence[str],
        by: str,
        if_version: int | None = None,
        within: Restriction | None = None,
    ) -> Standing:
        wanted = tuple(dict.fromkeys(others))
        if id in wanted:
            raise Conflict("a ticket can't be merged with itself")

        def decide(known: Known) -> Plan:
            standing = known.alive(id, within)
            plan = merge(standing, [known.ticket(other, within) for other in wanted], by, self.now())
            if plan.tickets:
                standing.check_version(if_version)
            return plan

        (merged,) = self.amend(Selection(tickets=(id, *wanted), moves=True), decide).shown
        return merged
