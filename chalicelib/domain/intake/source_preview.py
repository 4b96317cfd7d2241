"""What a source would make of given bytes."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class SourcePreview:
    """What a source makes of a request or a file."""

    verification: Verification
    feedback: tuple[Feedback, ...]
    """As it would be kept."""
    errors: tuple[str, ...]
    """What the source could not read or ignores, and where that is; at last, whether there is more."""
