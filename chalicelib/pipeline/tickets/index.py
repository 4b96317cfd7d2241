"""Index: search learns of the tickets that an older release wrote, a few at a time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Protocol

from chalicelib.ports.operations import TimeLeft

log = logging.getLogger(__name__)

BATCH = 200
"""Tickets of one transaction: less than a second in the smallest function."""
STOP_SECONDS = 10.0
"""So many seconds before the deadline the rest is left to the next run."""


class TicketIndex(Protocol):
    def catch_up(self, limit: int) -> int:
        """Index tickets that search does not know as they stand, `limit` at most. Returns how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexTickets:
    """The use-case. Returns how many tickets were indexed; as a rule there are none. Raises Unavailable."""

    index: TicketIndex

    def __call__(self, time_left: TimeLeft) -> int:
        indexed = 0
        while time_left() > STOP_SECONDS:
            batch = self.index.catch_up(BATCH)
            indexed += batch
            if batch < BATCH:
                break
        if indexed:
            log.info("indexed tickets", extra={"tickets": indexed})
        return indexed
