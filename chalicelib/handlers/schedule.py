"""Schedules."""

from __future__ import annotations

from typing import Any

from chalicelib import bootstrap
from chalicelib.handlers.deadline import time_left


def relay(event: Any, context: Any) -> dict[str, int]:
    """Each minute: what the outbox still holds."""
    return {"relayed": bootstrap.use_cases().relaying(time_left(context))}


def sweep(event: Any, context: Any) -> dict[str, int]:
    """Every five minutes: uploads that nobody read."""
    return {"registered": bootstrap.use_cases().sweep(time_left(context))}
