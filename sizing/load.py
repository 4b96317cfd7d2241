"""What the queues do at 10, 100 and 10,000 times a thousand items a day, on an ordinary busy hour and in a
burst."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import NamedTuple

from sizing.queueing import Run, percentile, poisson, simulate
from sizing.usage import FUNCTIONS

ITEMS = 1_000
TIMES = (1, 10, 100, 1_000, 10_000)
"""The volumes: times 1,000 items a day."""
BUSY = 3.0
"""The busy hour's rate, in times of the day's mean: an assumption."""
BURST_SHARE = 0.01
"""Of a day's items that come at once, while the busy hour goes on: an assumption."""
MINUTES = 15
"""That are simulated."""
SEED = 1


class Stage(NamedTuple):
    """A function behind its queue."""

    name: str
    seconds: Callable[[int], float]
    """How long a batch of so many messages takes."""

    @property
    def workers(self) -> int:
        return int(FUNCTIONS[self.name]["trigger"]["maximum_concurrency"])

    @property
    def batch(self) -> int:
        return int(FUNCTIONS[self.name]["trigger"]["batch"])

    def capacity(self, workers: int) -> float:
        """Messages a second at most."""
        return workers * self.batch / self.seconds(self.batch)


def _ingest(records: int) -> float:
    return 0.02 + 0.10 * records


def _process(records: int) -> float:
    return 0.025 + 0.0015 * records


STAGES: Mapping[str, Stage] = {"ingest": Stage("ingest", _ingest), "process": Stage("process", _process)}
"""`ingest` does one record after the other: seven calls of 10 ms each and 30 ms of its seventh of a core,
an assumption. `process` takes 8.6 ms for ten on a whole core (benchmarks/README.md), 15 ms on its 0.58, and
25 ms for the ways to PostgreSQL and back, which are an assumption."""


def busy_rate(times: int) -> float:
    """Messages a second in the busy hour."""
    return times * ITEMS / 86_400 * BUSY


def burst(times: int) -> int:
    """Messages that come at once."""
    return round(times * ITEMS * BURST_SHARE)


@cache
def run(stage: str, times: int, workers: int) -> Run:
    """A quarter of the busy hour, with a burst at the end of the first."""
    one = STAGES[stage]
    arrivals = poisson(busy_rate(times), MINUTES * 60, Random(SEED))  # noqa: S311 - the same each time
    return simulate(sorted([*arrivals, *[60.0] * burst(times)]), workers, one.batch, one.seconds)


class Outcome(NamedTuple):
    """How a queue copes with a load."""

    load: float
    """The share of the capacity that the busy hour takes."""
    median: float
    """The wait of the 50th percentile in seconds, the burst included."""
    worst: float
    """The wait of the 99th percentile in seconds, the burst included."""
    empty_after: float | None
    """Seconds from the burst until nothing waits; None where that is not within what was simulated."""


def outcome(stage: str, times: int, workers: int | None = None) -> Outcome:
    """Of a volume, with as many workers as functions.json says, or so many."""
    one = STAGES[stage]
    count = workers or one.workers
    done = run(stage, times, count)
    waits = done.waits()
    ended = (
        next(
            (second for second in range(MINUTES * 60 - 60) if done.waiting_at(60.0 + second) == 0),
            None,
        )
        if waits
        else 0
    )
    return Outcome(
        busy_rate(times) / one.capacity(count), percentile(waits, 0.5), percentile(waits, 0.99), ended
    )
