"""What the suite leaves out of dying: kill -9 after each call of delivery that changes nothing, or was killed
in another case; and other chances."""

from __future__ import annotations

import random

import pytest

from tests.functional.conftest import functions, quiet_stack
from tests.functional.test_a_crash_loses_no_delivery import CALLS, KILLS, Way, outlives, receivers, way
from tests.unit.pipeline.delivery.test_nothing_is_lost import outlive

__all__ = ["functions", "quiet_stack", "receivers", "way"]


@pytest.mark.parametrize(
    ("case", "call"),
    [(case, call) for case in CALLS for call in CALLS[case] if (case, call) not in KILLS],
)
def test_a_kill_after_the_call(way: Way, case: str, call: str) -> None:
    outlives(way, case, call)


@pytest.mark.parametrize("seed", range(10))
def test_each_gets_each_event_whatever_dies(seed: int) -> None:
    outlive(random.Random(seed))
