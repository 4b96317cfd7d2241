"""What waits on the queue `files`: a file to be read, or a row of it to be read again, as JSON.

{"v": 1, "import", "row_after" | "resume", "traceparent"}
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.trace import Trace, trace_in, traced
from chalicelib.errors import Unreadable

if TYPE_CHECKING:
    from chalicelib.domain.intake.file_import import Import


class FileJob(NamedTuple):
    """Reads the file from its checkpoint on, unless it says otherwise."""

    import_id: str
    row_after: str | None = None
    """Read only the one row behind this mark, "" for the first row: it lay in the quarantine."""
    resume: bool = False
    """Go on with a file whose reading had failed."""
    trace: Trace | None = None
    """Of the file's upload; a job that an older release sent has none."""

    @property
    def ids(self) -> dict[str, str]:
        """What a line of the log tells of it."""
        return {"import_id": self.import_id, "trace_id": self.trace.xray_id if self.trace else ""}

    def reopens(self, held: Import) -> bool:
        """Whether it reads a file that is over."""
        return self.row_after is not None or (self.resume and held.status == "failed")


def to_json(job: FileJob) -> str:
    """The job as the queue and the quarantine hold it."""
    return json.dumps(
        {
            "v": 1,
            "import": job.import_id,
            **({} if job.row_after is None else {"row_after": job.row_after}),
            **({"resume": True} if job.resume else {}),
            **traced(job.trace),
        }
    )


def from_json(text: str) -> FileJob:
    """Read what `to_json` wrote. Raises Unreadable, saying what is wrong, on anything else."""
    try:
        data = json.loads(text)
        if data["v"] != 1:
            raise Unreadable(f"job version {data['v']!r} is not known here; this code knows 1")
        after = data.get("row_after")
        return FileJob(
            import_id=str(data["import"]),
            row_after=None if after is None else str(after),
            resume=data.get("resume") is True,
            trace=trace_in(data),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Unreadable(f"not a job to read a file: {type(error).__name__} {error}") from error
