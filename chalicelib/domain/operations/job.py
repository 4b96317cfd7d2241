"""A job: what takes longer than a request may, done in as many turns as it takes.

queued     known, and its message is on the queue `jobs`
running    begun; it goes on from its checkpoint, in this turn or the next
done, failed, cancelled    over
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Literal, NamedTuple

from triggeriq import JSON

JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]


class Step(NamedTuple):
    """What a job has done since the step before: everything up to `checkpoint`."""

    checkpoint: JSON
    """From here the job goes on, whatever ends the turn. The kind alone reads it."""
    done: int = 0
    """Items that were dealt with."""
    skipped: int = 0
    """Items that had to be left as they are."""
    total: int | None = None
    """Items that there are in all, once the kind has counted them."""
    wait: int = 0
    """Seconds for which the job should rest, so that others get what it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job as it stands."""

    id: str
    kind: str
    """A name in the table of chalicelib/bootstrap/jobs.py."""
    arguments: Mapping[str, JSON]
    by: str
    """Who started it, as audit trails name him."""
    owner: str
    """Whose it is: he may cancel it."""
    connections: tuple[str, ...] = ()
    """What it is made of, each "source/connection"."""
    audience: str = ""
    """The owner who alone may see it, beside admins; "": whoever may see what it is made of."""
    status: JobStatus = "queued"
    checkpoint: JSON = None
    """From where it goes on; None at the beginning."""
    done: int = 0
    skipped: int = 0
    total: int | None = None
    reason: str | None = None
    """Why it failed, in words that say what to do."""
    saves: int = 0
    """How often it was written. Of two that work on it, only one can write the next."""
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def over(self) -> bool:
        return self.status in ("done", "failed", "cancelled")

    @property
    def work(self) -> str:
        """What it does: the same for two of a kind with the same arguments, which must not run at once."""
        return f"{self.kind} {json.dumps(self.arguments, sort_keys=True)}"

    def after(self, step: Step) -> Job:
        """The job once a step is done."""
        return replace(
            self,
            checkpoint=step.checkpoint,
            done=self.done + step.done,
            skipped=self.skipped + step.skipped,
            total=self.total if step.total is None else step.total,
        )

    def ended(self, status: JobStatus, at: datetime, reason: str | None = None) -> Job:
        """The job once it is over."""
        return replace(self, status=status, finished_at=at, reason=reason)


def for_eyes_of(audience: str, owner: str | None) -> bool:
    """Whether an owner may see a job with that audience. owner: None: one who sees every owner's things."""
    return not audience or owner in (None, audience)


class JobKind:
    """A kind of job: derive from it, and give it a row in chalicelib/bootstrap/jobs.py.

    class Count(JobKind):
        arguments = CountArguments  # a frozen dataclass

        def run(self, arguments, checkpoint):
            for number in range(checkpoint or 0, arguments.most):
                yield Step(number + 1, done=1)
    """

    __slots__ = ()

    arguments: ClassVar[type[Any]]
    """A frozen dataclass of texts, numbers and times. Its `__post_init__` may raise Invalid."""

    def check(self, arguments: Any) -> None:
        """Before the job is begun: raises Refused (Invalid, NotFound, …) where it can't be."""

    def connections(self, arguments: Any) -> tuple[str, ...]:
        """What the job is made of, each "source/connection"; of none by default, so that only who may see
        everything sees it."""
        return ()

    def audience(self, arguments: Any) -> str:
        """The owner who alone may see the job, beside admins; "", as by default, where nobody else's things
        are named in it."""
        return ""

    def run(self, arguments: Any, checkpoint: Any) -> Iterator[Step]:
        """Do it, from the checkpoint on (None: from the beginning), and yield after each part.

        It may be killed anywhere: what lies behind the last step is then done again, and must change
        nothing. Killed behind its very last step, it begins with a checkpoint behind which nothing is left.
        Refused or Unreadable make the job fail with their words; Unavailable makes it wait; anything else is
        a defect of ours, and it fails.
        """
        raise NotImplementedError
