"""Acme Desk for TriggerIQ: what TriggerIQ calls."""

from __future__ import annotations

from collections.abc import Callable

from triggeriq import Feedback, Source, Verdict, hookimpl

from triggeriq_acme_desk.source import AcmeDesk
from triggeriq_acme_desk.team import team_of

__version__ = "1.0.0"


@hookimpl
def register_sources(register: Callable[[type[Source]], None]) -> None:
    register(AcmeDesk)


@hookimpl
def classify(feedback: Feedback) -> Verdict | None:
    return team_of(feedback)
