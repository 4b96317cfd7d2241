"""Time that is cut where it runs out."""

from __future__ import annotations

import pytest

from chalicelib.registry.budget import Overrun, budget, paused
from tests.unit.registry.conftest import time_passes


def test_a_runaway_is_cut() -> None:
    with pytest.raises(Overrun), budget(0.05):
        time_passes(20)


def test_one_that_swallows_the_first_signal_gets_another() -> None:
    def stubborn() -> None:
        try:
            time_passes(20)
        except Overrun:
            time_passes(20)

    with pytest.raises(Overrun), budget(0.05):
        stubborn()


def test_nothing_is_cut_once_it_is_over() -> None:
    with budget(1.0):
        pass
    time_passes(1.1)


def test_a_pause_leaves_the_rest_of_the_budget() -> None:
    steps = []

    def waits_then_hangs() -> None:
        with paused():
            time_passes(1.2)
        steps.append("waited")
        time_passes(20)

    with pytest.raises(Overrun), budget(1.0):
        waits_then_hangs()
    assert steps == ["waited"]
