"""kill -9 after each call of delivery that the suite leaves out: it changes nothing, or another case has it."""

from __future__ import annotations

import pytest

from tests.functional.conftest import functions, quiet_stack
from tests.functional.test_a_crash_loses_no_delivery import CALLS, KILLS, Way, outlives, receivers, way

__all__ = ["functions", "quiet_stack", "receivers", "way"]


@pytest.mark.parametrize(
    ("case", "call"),
    [(case, call) for case in CALLS for call in CALLS[case] if (case, call) not in KILLS],
)
def test_a_kill_after_the_call(way: Way, case: str, call: str) -> None:
    outlives(way, case, call)
