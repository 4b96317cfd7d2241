"""What a provider tells besides words: `Source.transform` yields it, and no words are kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Somebody of the staff answered a conversation elsewhere. His words are not kept: its ticket only learns
    that it was answered."""

    thread: str
    """A name of the conversation, as its feedback has it in `thread` or `threads`."""
    at: datetime
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redacted:
    """Words were taken back where they were said: deleted, or made unreadable. What was said of it up to then
    is removed here, too, wherever it stands, and does not come back by a repeat. A later version stands."""

    external_id: str | None = None
    """The feedback whose words are gone."""
    thread: str | None = None
    """Or all feedback of a conversation, by a name of it. One of the two is given."""
    at: datetime
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A version of a product was published: `release.published` on the bus."""

    name: str
    """Of the product, such as `acme/shop`."""
    version: str
    """Such as `4.2.0`."""
    at: datetime
    """When."""
