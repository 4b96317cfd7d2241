"""Start a job: it is checked, stored, and a message for it goes on the queue `jobs`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.operations.job import Job
from chalicelib.ports.operations import Clock, JobKinds, Jobs, Message, Queue


@dataclass(frozen=True, slots=True, kw_only=True)
class StartJob:
    """The use-case; call it with a kind's name, its arguments, and who starts it for whom.

    Raises NotFound (there is no such kind, or an argument names what does not exist), Invalid naming the
    field, Conflict naming the job that does the same already, Unavailable.
    """

    jobs: Jobs
    kinds: JobKinds
    queue: Queue
    now: Clock

    def __call__(self, kind: str, given: Mapping[str, Any], by: str, owner: str) -> Job:
        job = self.register(kind, given, by, owner)
        # After a crash before this line the job has no message; the sweep sends one.
        self.queue.send([message(job.id)])
        return job

    def register(self, kind: str, given: Mapping[str, Any], by: str, owner: str) -> Job:
        """Store the job without sending a message, for a process that works on it itself."""
        arguments = self.kinds.parse(kind, given)
        how = self.kinds.find(kind)
        how.check(arguments)
        now = self.now()
        job = Job(
            id=secrets.token_hex(12),
            kind=kind,
            arguments=self.kinds.dump(arguments),
            by=by,
            owner=owner,
            connections=how.connections(arguments),
            audience=how.audience(arguments),
            created_at=now,
            updated_at=now,
        )
        self.jobs.start(job)
        return job


def message(job_id: str, delay_seconds: int = 0) -> Message:
    """The message on the queue `jobs` that has a job go on from its checkpoint."""
    return Message(json.dumps({"v": 1, "job": job_id}), delay_seconds)
