"""Noisy neighbours, simulated: how long deliveries take to those who are well where others are dead or slow.

Ten invocations at a time take up to ten deliveries each from one queue, in order of arrival (AWS's fair
queues would help further; they are not reckoned with). What an invocation asks of an endpoint it asks of
chalicelib/domain/delivery/, as `deliver` does. Beside it a plain queue: the same invocations attempt all that
they took, side by side, whatever its endpoint.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from random import Random
from typing import NamedTuple

from chalicelib.domain.delivery.endpoint import LEASE, Endpoint, Refusal, after, begin, let_go, refusal
from chalicelib.domain.delivery.outcome import Outcome, answered, unanswered
from chalicelib.domain.delivery.schedule import SCHEDULE, due_after, moved
from sizing.queueing import poisson

WORKERS, BATCH = 10, 10
"""Of `deliver` in functions.json."""
BEGIN_WITHIN = 40.0
"""Seconds of an invocation in which attempts are begun."""
OWN = 0.03
"""Seconds that an attempt takes beside the request, and an invocation beside its attempts (assumed: a few
calls of AWS)."""
SWEPT = 60.0
"""Seconds between sweeps, which bring what was moved by more than that."""
MINUTES = 5
"""In which deliveries come. They are followed for as long again."""


class Neighbours(NamedTuple):
    """Who is sent to, and how much."""

    well: int
    """Answer within 50 to 300 ms."""
    dead: int = 0
    """Never answer: 15 s are waited."""
    slow: int = 0
    """Answer after 10 s."""
    rate: float = 0.0
    """Deliveries a second to each, at random."""
    burst: int = 0
    """Deliveries to each that are there at the beginning."""


WELL = 80
_AROUND = Neighbours(WELL, rate=0.1)
SCENES: Mapping[str, Neighbours] = {
    "500 at once, and 500 to one who is dead": Neighbours(1, dead=1, burst=500),
    "5 dead": _AROUND._replace(dead=5),
    "20 dead": _AROUND._replace(dead=20),
    "5 slow": _AROUND._replace(slow=5),
    "20 dead and 5 slow": _AROUND._replace(dead=20, slow=5),
}
"""In all but the first 80 are well, and each is sent something ten times in a hundred seconds."""
DRAWN = "20 dead"


class Found(NamedTuple):
    """What became of deliveries to those who are well, in the order in which they came: seconds."""

    came: Sequence[float]
    taken: Sequence[float]
    """When it was delivered; infinite where it was not within the time."""

    def waits(self) -> Sequence[float]:
        return [taken - came for came, taken in zip(self.came, self.taken, strict=True)]

    def waiting_at(self, moment: float) -> int:
        return sum(came <= moment < taken for came, taken in zip(self.came, self.taken, strict=True))


def outcome(scene: str, *, plain: bool = False, alone: bool = False) -> Found:
    """plain: by a plain queue. alone: as if only those were there who are well."""
    return _found(SCENES[scene]._replace(**({"dead": 0, "slow": 0} if alone else {})), plain=plain)


@cache
def _found(neighbours: Neighbours, *, plain: bool) -> Found:
    return _Simulation(neighbours, plain=plain).run()


class _Job(NamedTuple):
    endpoint: str
    number: int
    """Of the delivery, in the order in which they came."""
    since: float
    """When it came, or was last attempted."""
    begun: int = 0
    """Attempts that were begun."""


class _Simulation:
    """What happens, moment by moment: each step is a function that is called at its moment."""

    def __init__(self, neighbours: Neighbours, *, plain: bool) -> None:
        self._plain, self._random = plain, Random(1)  # noqa: S311 - no secret comes of it
        self._steps: list[tuple[float, int, Callable[[float], None]]] = []
        self._numbers = itertools.count()
        self._waiting: deque[_Job] = deque()
        self._free = WORKERS
        self._endpoints: dict[str, Endpoint] = {}
        self._arrivals = sorted(_arrivals(neighbours))
        self._taken = [math.inf] * len(self._arrivals)
        for number, (moment, endpoint) in enumerate(self._arrivals):
            self._at(moment, partial(self._arrive, _Job(endpoint, number, moment)))

    def run(self) -> Found:
        while self._steps and (now := self._steps[0][0]) <= 2 * MINUTES * 60:
            while self._steps and self._steps[0][0] == now:
                heapq.heappop(self._steps)[2](now)
            while self._free and self._waiting:
                self._free -= 1
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                self._at(self._invoked(batch, now) + OWN, self._is_free)
        well = [number for number, (_, name) in enumerate(self._arrivals) if name.startswith("well")]
        return Found([self._arrivals[number][0] for number in well], [self._taken[number] for number in well])

    def _at(self, moment: float, step: Callable[[float], None]) -> None:
        heapq.heappush(self._steps, (moment, next(self._numbers), step))

    def _arrive(self, job: _Job, now: float) -> None:
        self._waiting.append(job)

    def _is_free(self, now: float) -> None:
        self._free += 1

    def _invoked(self, batch: Sequence[_Job], now: float) -> float:
        """What an invocation does with its batch. Returns when it is done."""
        if self._plain:
            return max(self._attempted(job, now)[1] for job in batch)
        by_endpoint: dict[str, list[_Job]] = {}
        for job in batch:
            by_endpoint.setdefault(job.endpoint, []).append(job)
        return max(self._turn(name, jobs, now) for name, jobs in by_endpoint.items())

    def _turn(self, name: str, jobs: Sequence[_Job], now: float) -> float:
        """The jobs of one endpoint, one after the other, under one lease. Returns when it is given back."""
        holder, clock = str(next(self._numbers)), now
        leased = begin(self._endpoint(name), holder, _time(now), _time(now) + LEASE)
        if isinstance(leased, Refusal):
            self._move(jobs, leased.until, now)
            return now + OWN
        self._endpoints[name] = mine = leased
        said: list[tuple[Outcome, datetime, str]] = []
        for place, job in enumerate(jobs):
            if clock - now > BEGIN_WITHIN:
                self._move(jobs[place:], _time(clock + 1), clock)
                break
            if refused := refusal(mine, _time(clock), None):
                self._move(jobs[place:], refused.until, clock)
                break
            outcome, clock = self._attempted(job, clock)
            said.append((outcome, _time(clock), str(job.number)))
            mine, _ = after(mine, *said[-1])
        self._at(clock, partial(self._give_back, name, holder, said))
        return clock

    def _give_back(
        self, name: str, holder: str, said: Sequence[tuple[Outcome, datetime, str]], now: float
    ) -> None:
        endpoint = self._endpoint(name)
        for one in said:
            endpoint, _ = after(endpoint, *one)
        self._endpoints[name] = let_go(endpoint, holder)

    def _endpoint(self, name: str) -> Endpoint:
        return self._endpoints.get(name, Endpoint(subscription=name))

    def _attempted(self, job: _Job, now: float) -> tuple[Outcome, float]:
        """One attempt: what it came to, and when."""
        kind = job.endpoint.split()[0]
        ends = now + OWN + {"well": self._random.uniform(0.05, 0.3), "dead": 15.0, "slow": 10.0}[kind]
        if kind != "dead":
            self._taken[job.number] = ends
            return answered(200, {}, _time(ends), 0), ends
        job = job._replace(since=ends, begun=job.begun + 1)
        due = due_after(job.begun, SCHEDULE, _time(ends), self._random.random())
        if due is not None:
            self._come_again(job, due, ends)
        return unanswered("late", "", 15_000), ends

    def _move(self, jobs: Sequence[_Job], until: datetime, now: float) -> None:
        for job in jobs:
            due = moved(_time(job.since), _time(now), until, self._random.random())
            self._come_again(job, due, now)

    def _come_again(self, job: _Job, due: datetime, now: float) -> None:
        at = (due - _BEGINNING).total_seconds()
        whole = now + math.ceil(at - now) if at - now < SWEPT else math.ceil(at / SWEPT) * SWEPT
        self._at(whole, partial(self._arrive, job))


_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def _time(moment: float) -> datetime:
    return _BEGINNING + timedelta(seconds=moment)


def _arrivals(neighbours: Neighbours) -> Iterator[tuple[float, str]]:
    """Moments and endpoints; those of one are the same whoever else is there."""
    for kind in ("well", "dead", "slow"):
        for number in range(getattr(neighbours, kind)):
            name = f"{kind} {number}"
            yield from ((0.0, name) for _ in range(neighbours.burst))
            if neighbours.rate:
                yield from ((at, name) for at in poisson(neighbours.rate, MINUTES * 60.0, Random(name)))  # noqa: S311
