"""Split: a person takes feedback out of a ticket into a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.tickets.decisions.split import selection, split
from chalicelib.domain.tickets.plan import Known, Plan, Standing
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.ports.operations import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitTicket:
    """The use-case; call it with the ticket's id and the names of the feedback that is to leave. Returns the
    ticket with what is left, and the new one.

    by: who splits. if_version, within: see ChangeTicket. Raises NotFound, Conflict, Stale, Invalid.
    """

    amend: Amend
    now: Clock

    def __call__(
        self,
        id: str,
        feedback: Sequence[FeedbackKey],
        by: str,
        if_version: int | None = None,
        within: Restriction | None = None,
    ) -> tuple[Standing, Standing]:
        def decide(known: Known) -> Plan:
            standing = known.alive(id, within)
            standing.check_version(if_version)
            return split(standing, feedback, known, by, self.now())

        left, new = self.amend(selection(id, feedback), decide).shown
        return left, new
