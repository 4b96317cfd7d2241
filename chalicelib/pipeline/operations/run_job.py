"""Run a job for one turn: from its checkpoint on, until it is over or the time is nearly up.

As a rule the lock keeps others away. But it may expire while its holder still works. So the row counts saves:
whoever takes the job over raises the count, and the next save of the former holder is refused.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.operations.job import Job, JobStatus
from chalicelib.errors import Refused, TriggerIQError, Unavailable, Unreadable, loggable
from chalicelib.log_context import bound
from chalicelib.pipeline.operations.start_job import message
from chalicelib.ports.operations import Clock, JobKinds, Jobs, Queue, TimeLeft

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0
"""So many seconds before the deadline the rest is left to another turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunJob:
    """The use-case; call it with a message's body, a name for who works on it, and a function that gives the
    time left.

    Raises Unreadable for a message that names no job; Unavailable, after which the job goes on when the
    message comes again; any other error only once, since the job is marked as failed before.
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
        """Work on the job; `tell` is called with it at each step. Returns after how many seconds it wants to
        go on, or None where nothing is left to do here."""
        job = self.jobs.begin(id, holder, self._until(time_left))
        if job is None:
            # Whoever holds the job has another message, which comes again if he dies.
            log.info("nothing to do")
            return None
        turn = _Turn(self.jobs, job, tell)
        try:
            return self._work(turn, time_left)
        except (Unavailable, KeyboardInterrupt):
            turn.let_go()
            raise
        except (Refused, Unreadable) as error:
            turn.end("failed", self.now(), str(error))
            return None
        except Exception as error:
            turn.end("failed", self.now(), f"{type(error).__name__} in our code; the log says more")
            raise

    def _work(self, turn: _Turn, time_left: TimeLeft) -> int | None:
        kind, arguments = turn.job.kind, self.kinds.parse(turn.job.kind, turn.job.arguments)
        for step in self.kinds.find(kind).run(arguments, turn.job.checkpoint):
            leave = bool(step.wait) or time_left() < STOP_SECONDS
            if not turn.save(turn.job.after(step), None if leave else self._until(time_left)):
                return None
            if leave:
                return step.wait
        turn.end("done", self.now())
        return None

    def _until(self, time_left: TimeLeft) -> datetime:
        return self.now() + timedelta(seconds=max(0.0, time_left()))


class _Turn:
    """The job that this turn holds, as it was last saved."""

    def __init__(self, jobs: Jobs, job: Job, tell: Callable[[Job], None]) -> None:
        self._jobs, self.job, self._tell = jobs, job, tell

    def save(self, job: Job, until: datetime | None) -> bool:
        """Returns whether this turn still holds the job."""
        saved = self._jobs.save(job, until)
        if saved is None:
            log.info("cancelled, or left to another")
            return False
        self.job = saved
        self._tell(saved)
        return True

    def end(self, status: JobStatus, at: datetime, reason: str | None = None) -> None:
        if self.save(self.job.ended(status, at, reason), None):
            log.info("over", extra={"status": status})

    def let_go(self) -> None:
        """Release the lock, so that the next turn need not wait until it expires."""
        try:
            self._jobs.save(self.job, None)
        except TriggerIQError as error:
            log.warning("a job can't be let go", extra={"error": loggable(error)})


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
