"""Resume jobs: a job whose message was lost, or whose process died, gets another message."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.pipeline.operations.start_job import message
from chalicelib.ports.operations import Clock, Jobs, Queue

log = logging.getLogger(__name__)

SETTLE = timedelta(minutes=10)
"""A job gets another message if nothing was heard of it for so long. If it was only waiting for its turn it
then has two, and the second finds nothing to do."""


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
