"""Run a job: one turn of it, from its checkpoint on, until it is over or the time is nearly up.

The lock keeps others away as a rule. What guarantees that two never write over each other is the count of
saves: whoever takes the job in hand raises it, and the other's next save is refused.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.operations.job import Job, Status
from chalicelib.errors import Refused, TriggerIQError, Unavailable, Unreadable, loggable
from chalicelib.log_context import bound
from chalicelib.pipeline.operations.start_job import message
from chalicelib.ports.operations import Clock, JobKinds, Jobs, Queue

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0
"""Before the deadline, when the rest is left to another turn."""

TimeLeft = Callable[[], float]
"""Seconds until the deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """The use-case; call it with a message's body, a name for who works on it, and what tells the time left.

    Raises Unreadable for a message that names no job; Unavailable, and then the job goes on when the
    message comes again; anything else once, having marked the job as failed.
    """

    jobs: Jobs
    kinds: JobKinds
    queue: Queue
    now: Clock

    def __call__(self, body: str, holder: str, time_left: TimeLeft) -> None:
        id = _job_in(body)
        with bound(job_id=id):
            wait = self.turn(id, holder, time_left)
            if wait is not None:
                self.queue.send([message(id, wait)])

    def turn(
        self, id: str, holder: str, time_left: TimeLeft, tell: Callable[[Job], None] = lambda job: None
    ) -> int | None:
        """Work on it; `tell` gets the job at each step. Returns after how many seconds it wants to go on,
        or None where nothing is left to do here."""
        job = self.jobs.begin(id, holder, self._until(time_left))
        if job is None:
            # Who has it in hand has a message of his own, which comes again if he dies.
            log.info("nothing to do")
            return None
        try:
            return self._work(job, time_left, tell)
        except (Unavailable, KeyboardInterrupt):
            self._let_go(id, holder, time_left)
            raise
        except (Refused, Unreadable) as error:
            self._fail(id, holder, str(error), tell)
            return None
        except Exception as error:
            self._fail(id, holder, f"{type(error).__name__} in our code; the log says more", tell)
            raise

    def _work(self, job: Job, time_left: TimeLeft, tell: Callable[[Job], None]) -> int | None:
        arguments = self.kinds.parse(job.kind, job.arguments)
        for step in self.kinds.find(job.kind).run(arguments, job.checkpoint):
            leave = bool(step.wait) or time_left() < STOP_SECONDS
            saved = self.jobs.save(job.after(step), None if leave else self._until(time_left))
            if saved is None:
                log.info("cancelled, or left to another")
                return None
            job = saved
            tell(job)
            if leave:
                return step.wait
        self._end(job, "done", None, tell)
        return None

    def _end(self, job: Job, status: Status, reason: str | None, tell: Callable[[Job], None]) -> None:
        ended = self.jobs.save(job.ended(status, self.now(), reason), None)
        if ended is not None:
            log.info("over", extra={"status": status})
            tell(ended)

    def _fail(self, id: str, holder: str, reason: str, tell: Callable[[Job], None]) -> None:
        job = self.jobs.begin(id, holder, self.now())  # as it was last saved
        if job is not None:
            self._end(job, "failed", reason, tell)

    def _let_go(self, id: str, holder: str, time_left: TimeLeft) -> None:
        """So that the next turn need not wait until the lock expires."""
        try:
            job = self.jobs.begin(id, holder, self._until(time_left))
            if job is not None:
                self.jobs.save(job, None)
        except TriggerIQError as error:
            log.warning("a job can't be let go", extra={"error": loggable(error)})

    def _until(self, time_left: TimeLeft) -> datetime:
        return self.now() + timedelta(seconds=max(0.0, time_left()))


def _job_in(body: str) -> str:
    try:
        data = json.loads(body)
        if data["v"] != 1:
            raise Unreadable(f"message version {data['v']!r} is not known here; this code knows 1")
        id = data["job"]
        if not isinstance(id, str) or not id:
            raise ValueError("it names no job")
        return id
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Unreadable(f"not a message that names a job: {type(error).__name__} {error}") from error
