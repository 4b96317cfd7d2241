"""Amend: every change of tickets goes through here, and its events are published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.tickets.plan import Known, Plan, Selection
from chalicelib.pipeline.tickets.relay import Relay
from chalicelib.ports.tickets import TicketStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """The use-case on which the others on tickets are built; call it with what to read and how to decide."""

    tickets: TicketStore
    relay: Relay

    def __call__(
        self,
        selection: Selection,
        decide: Callable[[Known], Plan],
        committed: Callable[[Plan], None] = lambda plan: None,
    ) -> Plan:
        """See TicketStore.amend. What it leaves in the outbox is relayed at once, if that is possible.

        committed: is called with the plan once it is committed, before anything is relayed.
        """
        plan = self.tickets.amend(selection, decide)
        committed(plan)
        self.relay.now_if_possible(plan.events)
        return plan
