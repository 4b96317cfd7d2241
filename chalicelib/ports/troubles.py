"""Which of TriggerIQ's own troubles were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.operations.trouble import Mark


class Marks(Protocol):
    """Which troubles were noticed, so that each is told once. Kept for 90 days."""

    def all(self) -> Mapping[str, Mark]:
        """By the troubles' names."""
        ...

    def change(self, name: str, before: Mark | None, after: Mark) -> bool:
        """Have it stand as `after`, where it still stands as `before` (None: there is none), or so already.
        Returns whether it does."""
        ...

    def remove(self, name: str) -> None:
        """It is gone, whether it was there or not."""
        ...
