"""What operators configure while the system runs: each key has one shape and a default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.errors import Invalid
from triggeriq import PriorityRule


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityConfiguration:
    """What the key `priority` holds."""

    rules: tuple[PriorityRule, ...] = (
        PriorityRule(
            priority="critical",
            reason="speaks of a danger to people, money or data",
            words=(
                "fraud",
                "stolen",
                "hacked",
                "unauthorized",
                "unauthorised",
                "data loss",
                "lost all my data",
                "security breach",
                "leaked",
                "lawyer",
                "lawsuit",
                "legal action",
                "injured",
                "unsafe",
            ),
        ),
        PriorityRule(
            priority="high",
            reason="a bug that the customer is unhappy about",
            category=("bug_report",),
            sentiment=("negative",),
        ),
        PriorityRule(
            priority="high",
            reason="speaks of losing money or access",
            words=(
                "refund",
                "charged twice",
                "double charged",
                "can't log in",
                "cannot log in",
                "locked out",
            ),
            sentiment=("negative",),
        ),
        PriorityRule(
            priority="high",
            reason="a complaint with the lowest rating",
            category=("complaint",),
            rating_at_most=1,
        ),
        PriorityRule(priority="medium", reason="a bug", category=("bug_report",)),
        PriorityRule(priority="medium", reason="a complaint", category=("complaint",)),
        PriorityRule(priority="medium", reason="a question waits for an answer", category=("question",)),
        PriorityRule(priority="low", reason="praise", category=("praise",)),
        PriorityRule(priority="low", reason="a wish", category=("feature_request",)),
        PriorityRule(priority="low", reason="looks like spam", category=("spam",)),
    )
    """The rules that `prioritise` applies, in the order in which reasons are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageConfiguration:
    """What the key `triage` holds."""

    review_below: float = 0.4
    """The confidence (0 to 1) of category or sentiment under which a person is asked to look."""

    def __post_init__(self) -> None:
        if not 0 <= self.review_below <= 1:
            raise Invalid("review_below is a confidence, from 0 to 1", "review_below")


SHAPES: dict[str, type] = {"priority": PriorityConfiguration, "triage": TriageConfiguration}
"""Every key there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """One key's value in force."""

    key: str
    version: int
    """0 is the built-in default."""
    value: Any
    by: str | None = None
    """Who set it; null: it is the built-in default."""
    at: datetime | None = None
    """When it was set."""
