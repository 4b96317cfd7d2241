"""A queue that feeds a function, simulated: messages wait, workers each take what waits, a batch at most,
and are busy for as long as the batch takes. Beside it the formulas that it must agree with where there are
any."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple


class Run(NamedTuple):
    """What became of each message: three times in seconds, in the order of arrival."""

    arrivals: Sequence[float]
    """When it came."""
    starts: Sequence[float]
    """When a worker took it."""
    ends: Sequence[float]
    """When it was done."""

    def waits(self) -> list[float]:
        """Seconds that each message lay in the queue, the first that came first."""
        return [start - came for came, start in zip(self.arrivals, self.starts, strict=True)]

    def waiting_at(self, moment: float) -> int:
        """Messages in the queue and in nobody's hands."""
        return bisect_right(self.arrivals, moment) - bisect_right(self.starts, moment)


def simulate(arrivals: Sequence[float], workers: int, batch: int, seconds: Callable[[int], float]) -> Run:
    """Messages in the order in which they come, ever the next worker that is free takes up to `batch` of
    what waits. arrivals: moments, ascending. seconds: how long so many at once take."""
    free = [0.0] * workers
    starts: list[float] = []
    ends: list[float] = []
    first = 0
    while first < len(arrivals):
        start = max(heapq.heappop(free), arrivals[first])
        taken = min(batch, bisect_right(arrivals, start, first) - first)
        end = start + seconds(taken)
        heapq.heappush(free, end)
        starts += [start] * taken
        ends += [end] * taken
        first += taken
    return Run(arrivals, starts, ends)


def poisson(rate: float, until: float, random: Random) -> list[float]:
    """Moments of arrivals at random, `rate` a second on average, from 0 to `until`."""
    moments: list[float] = []
    moment = random.expovariate(rate)
    while moment < until:
        moments.append(moment)
        moment += random.expovariate(rate)
    return moments


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def erlang_c(rate: float, service_rate: float, workers: int) -> float:
    """The probability that a message has to wait: arrivals and service times at random, none given up.

    https://en.wikipedia.org/wiki/Erlang_(unit)#Erlang_C_formula
    """
    offered = rate / service_rate
    blocked = 1.0
    for count in range(1, workers + 1):  # Erlang B, worker by worker, so that nothing overflows
        blocked = offered * blocked / (count + offered * blocked)
    return blocked / (1 - offered / workers * (1 - blocked))


def mean_wait(rate: float, service_rate: float, workers: int) -> float:
    """Seconds in the queue of M/M/c."""
    return erlang_c(rate, service_rate, workers) / (workers * service_rate - rate)


def mean_wait_of_equal_services(rate: float, seconds: float) -> float:
    """Seconds in the queue of M/D/1: one worker, each message the same time (Pollaczek and Khinchine).

    https://en.wikipedia.org/wiki/M/D/1_queue
    """
    load = rate * seconds
    return load * seconds / (2 * (1 - load))
