"""The simulated queue agrees with what is known of queues by formula, and by thought."""

from __future__ import annotations

from random import Random

import pytest

from sizing.queueing import (
    erlang_c,
    mean_wait,
    mean_wait_of_equal_services,
    percentile,
    poisson,
    simulate,
)

SECONDS = 40_000.0


@pytest.mark.parametrize(("rate", "workers"), [(0.7, 1), (2.4, 3), (8.5, 10)])
def test_random_services_wait_as_erlang_says(rate: float, workers: int) -> None:
    random = Random(7)
    run = simulate(poisson(rate, SECONDS, random), workers, 1, lambda _: random.expovariate(1.0))
    waits = run.waits()
    waited = sum(wait > 0 for wait in waits) / len(waits)
    assert waited == pytest.approx(erlang_c(rate, 1.0, workers), rel=0.05)
    assert sum(waits) / len(waits) == pytest.approx(mean_wait(rate, 1.0, workers), rel=0.1)


def test_equal_services_wait_as_pollaczek_says() -> None:
    run = simulate(poisson(0.8, SECONDS, Random(7)), 1, 1, lambda _: 1.0)
    waits = run.waits()
    assert sum(waits) / len(waits) == pytest.approx(mean_wait_of_equal_services(0.8, 1.0), rel=0.05)


def test_erlang_s_formula_gives_the_values_of_its_tables() -> None:
    assert erlang_c(0.5, 1.0, 1) == pytest.approx(0.5)  # one worker: the load itself
    assert erlang_c(1.0, 1.0, 2) == pytest.approx(1 / 3)
    assert erlang_c(8.0, 1.0, 10) == pytest.approx(0.4092, abs=1e-4)
    assert 0.5 < erlang_c(990.0, 1.0, 1_000) < 1  # nothing overflows


def test_a_worker_takes_what_waits_up_to_a_batch() -> None:
    run = simulate([0.0] * 25, 2, 10, lambda count: float(count))
    assert run.starts == [0.0] * 20 + [10.0] * 5
    assert run.ends[-1] == 15.0
    assert [run.waiting_at(moment) for moment in (-1.0, 0.0, 9.9, 10.0)] == [0, 5, 5, 0]


def test_nobody_takes_a_message_that_has_not_come() -> None:
    run = simulate([0.0, 1.0, 5.0], 1, 10, lambda _: 3.0)
    assert run.starts == [0.0, 3.0, 6.0]
    assert run.waits() == [0.0, 2.0, 1.0]


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert percentile([3.0], 0.01) == 3.0
