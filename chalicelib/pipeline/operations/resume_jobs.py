"""Resume jobs: those whose message got lost, or whose turn died with it, are sent again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.pipeline.operations.start_job import message
from chalicelib.ports.operations import Clock, Jobs, Queue

log = logging.getLogger(__name__)

SETTLE = timedelta(minutes=10)
"""How long nothing was heard of a job that is sent again: one that waits for its turn is only sent twice,
and the second message finds nothing to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeJobs:
    """The use-case. Returns how many it sent. Raises Unavailable."""

    jobs: Jobs
    queue: Queue
    now: Clock

    def __call__(self) -> int:
        forgotten = self.jobs.forgotten(self.now() - SETTLE)
        for job in forgotten:
            log.warning("found a job that nobody works on", extra={"job_id": job.id})
            self.queue.send([message(job.id)])
            self.jobs.sent(job)
        return len(forgotten)
