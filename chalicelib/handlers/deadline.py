"""How long the function at hand may still run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def time_left(context: Any) -> Callable[[], float]:
    """Seconds until Lambda ends this invocation, asked anew at each call."""
    return lambda: float(context.get_remaining_time_in_millis()) / 1000
