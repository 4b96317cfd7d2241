"""The bus that events go out on. Every function that publishes loads this, so that it stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.delivery.event import CloudEvent

TOO_LARGE = "too large"
"""Why the bus did not take an event that it never will; the others are not affected."""


class Bus(Protocol):
    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        """Put events on the bus, in as few calls as it takes. Returns for each, in order, None where
        it was accepted, else why not. Raises Unavailable only if none was accepted."""
        ...
