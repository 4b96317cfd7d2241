"""How long this invocation may still run."""

from __future__ import annotations

from typing import Any

from chalicelib.ports.operations import TimeLeft


def time_left(context: Any) -> TimeLeft:
    """A function that gives the seconds until Lambda ends this invocation."""
    return lambda: float(context.get_remaining_time_in_millis()) / 1000
