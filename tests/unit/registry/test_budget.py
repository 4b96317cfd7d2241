"""Time that is cut where it runs out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.registry.budget import Overrun, bounded, budget, paused
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


# ---- what may never end ------------------------------------------------------------------------------


def here(call: Callable[[], Any]) -> Any:
    return call()


def in_a_thread(call: Callable[[], Any]) -> Any:
    """As a route under `chalice local` does it."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def loops() -> None:
    while True:
        pass


def loops_stubbornly() -> None:
    try:
        loops()
    except Overrun:
        loops()


def leaves() -> None:
    raise SystemExit(3)


def times_out() -> None:
    raise TimeoutError


anywhere = pytest.mark.parametrize("run", [here, in_a_thread])


@anywhere
@pytest.mark.parametrize("endless", [loops, loops_stubbornly])
def test_a_loop_is_ended_in_any_thread(run: Callable[..., Any], endless: Callable[[], None]) -> None:
    before = threading.active_count()
    with pytest.raises(Overrun):
        run(lambda: bounded(endless, 0.1))
    assert threading.active_count() == before


def test_what_can_t_be_ended_is_left_behind() -> None:
    goes_on = threading.Event()
    with pytest.raises(Overrun):
        in_a_thread(lambda: bounded(goes_on.wait, 0.1))
    left = [thread for thread in threading.enumerate() if thread.name == "bounded"]
    goes_on.set()
    for thread in left:
        thread.join(20)
    assert [thread.daemon for thread in left] == [True]


@anywhere
@pytest.mark.parametrize(("work", "raised"), [(leaves, SystemExit), (times_out, TimeoutError)])
def test_what_it_raises_comes_out(
    run: Callable[..., Any], work: Callable[[], None], raised: type[BaseException]
) -> None:
    with pytest.raises(raised):
        run(lambda: bounded(work, 20))


@anywhere
def test_what_it_gives_comes_out(run: Callable[..., Any]) -> None:
    assert run(lambda: bounded(lambda: 7, 20)) == 7
