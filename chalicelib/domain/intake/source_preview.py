"""What a source would make of given bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from triggeriq import Feedback


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a request proves its sender."""

    ok: bool
    reason: str | None = None
    """Why it does not, in a word; null where it does, or where the word would help in guessing a secret."""
    detail: str | None = None
    """What is wrong with it, what was tried and what fits, what is expected; null where `reason` says it all,
    or nothing. Of a request that is proven by another secret than the current one, that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedNotice:
    """What the provider tells besides words, of which none are kept."""

    kind: Literal["answered", "redacted", "released"]
    """`answered`: somebody of the staff answered a conversation. `redacted`: words were taken back, and are
    removed here, too. `released`: a version of a product was published."""
    at: datetime
    """When."""
    thread: str | None = None
    """The conversation's name; null: it is about one feedback, or a product."""
    external_id: str | None = None
    """The feedback whose words were taken back."""
    name: str | None = None
    """The product's."""
    version: str | None = None
    """The product's."""


@dataclass(frozen=True, slots=True)
class SourcePreview:
    """What a source makes of a request or a file."""

    verification: Verification
    feedback: tuple[Feedback, ...]
    """As it would be kept."""
    errors: tuple[str, ...]
    """What the source could not read or ignores, and where that is; at last, whether there is more."""
    notices: tuple[PreviewedNotice, ...] = ()
    """What it tells besides: answers, words that were taken back, releases."""
