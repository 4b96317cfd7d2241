"""An event that is safe on the bus."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event of a partner's that is safe: it will not be lost."""

    id: str
    """The source's name for it, the same when its sender tries again."""
    duplicate: bool
    """It had been received before, and nothing was sent again."""
