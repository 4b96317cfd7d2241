"""The in-memory twin of DynamoJobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.operations.job import Job, for_eyes_of
from chalicelib.domain.operations.restriction import Restriction, may_see
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Conflict, NotFound


class InMemoryJobs:
    """Jobs (chalicelib.ports). Its attributes are what a test looks at."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.jobs: dict[str, Job] = {}
        self.held: dict[str, tuple[str, datetime]] = {}
        self._now = now

    def start(self, job: Job) -> None:
        for other in self.jobs.values():
            if other.work == job.work and not other.over:
                raise Conflict(f"job {other.id} does the same already")
        self.jobs[job.id] = job

    def find(self, id: str, within: Restriction | None = None, owner: str | None = None) -> Job | None:
        job = self.jobs.get(id)
        return job if job and self._seen(job, within, owner) else None

    def list(
        self, limit: int, cursor: str | None, within: Restriction | None, owner: str | None = None
    ) -> Page[Job]:
        seen = (job for job in self.jobs.values() if self._seen(job, within, owner))
        newest = sorted(seen, key=lambda job: job.created_at, reverse=True)
        start = int(from_cursor(cursor, int)[0]) if cursor else 0
        next = to_cursor(start + limit) if len(newest) > start + limit else None
        return Page(tuple(newest[start : start + limit]), next)

    @staticmethod
    def _seen(job: Job, within: Restriction | None, owner: str | None) -> bool:
        return may_see(within, job.connections) and for_eyes_of(job.audience, owner)

    def begin(self, id: str, holder: str, until: datetime) -> Job | None:
        job = self.jobs.get(id)
        if job is None or job.over or (self._is_held(id) and self.held[id][0] != holder):
            return None
        self.held[id] = (holder, until)
        return self._put(
            replace(job, status="running", saves=job.saves + 1, started_at=job.started_at or self._now())
        )

    def save(self, job: Job, until: datetime | None) -> Job | None:
        standing = self.jobs[job.id]
        if standing.over or standing.saves != job.saves:
            return None
        if until is None:
            self.held.pop(job.id, None)
        else:
            self.held[job.id] = (self.held[job.id][0], until)
        return self._put(replace(job, saves=job.saves + 1))

    def cancel(self, id: str) -> Job:
        job = self.jobs.get(id)
        if job is None:
            raise NotFound(f"there is no job {id}")
        if job.over:
            raise Conflict(f"the job is {job.status} already")
        self.held.pop(id, None)
        return self._put(job.ended("cancelled", self._now()))

    def forgotten(self, before: datetime) -> Sequence[Job]:
        return [
            job
            for job in self.jobs.values()
            if not job.over and not self._is_held(job.id) and job.updated_at < before
        ]

    def sent(self, job: Job) -> None:
        self._put(self.jobs[job.id])

    def _is_held(self, id: str) -> bool:
        return id in self.held and self.held[id][1] >= self._now()

    def _put(self, job: Job) -> Job:
        self.jobs[job.id] = replace(job, updated_at=self._now())
        return self.jobs[job.id]
