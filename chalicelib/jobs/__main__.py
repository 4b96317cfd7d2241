"""Do one job in this process, and print its progress.

    python -m chalicelib.jobs                            lists the kinds
    python -m chalicelib.jobs <name> [argument=value …]  does one

The environment variables say which deployment it is, as they do for a function (docs/settings.md). A job that
is interrupted goes on in the function `jobs`, unless it is cancelled (DELETE /jobs/{id}).
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import Sequence
from dataclasses import fields

from chalicelib import log_lines, settings
from chalicelib.bootstrap.jobs import KINDS
from chalicelib.bootstrap.outside import Outside, trace_id
from chalicelib.bootstrap.use_cases import UseCases
from chalicelib.domain.operations.job import Job
from chalicelib.errors import Invalid, TriggerIQError
from chalicelib.settings import SettingError

HELD_SECONDS = 900.0
"""How long this process holds the lock after each step. If no step follows in that time, the process has
died."""
BY = "by hand"


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 where the job was done, 1 where it was not, and 2 where it can't be begun."""
    try:
        use = UseCases(Outside(settings.current()._replace(function="jobs")))
    except SettingError as error:
        return _refused(error)
    log_lines.configure("jobs", trace_id)
    logging.getLogger("chalicelib").setLevel(logging.WARNING)  # the progress is told on stdout
    try:
        if not arguments:
            _list_kinds(use)
            return 0
        name, *rest = arguments
        job = use.operations.start_job.register(name, _given(rest), BY, BY)
        return _done(use, job)
    except TriggerIQError as error:
        return _refused(error)
    finally:
        use.metrics.flush()
        use.close()


def _done(use: UseCases, job: Job) -> int:
    print(f"job {job.id}: {job.kind}", flush=True)
    holder, last = f"{BY} {secrets.token_hex(8)}", job

    def tell(now: Job) -> None:
        nonlocal last
        last = now
        of = "" if now.total is None else f" of {now.total}"
        skipped = f", {now.skipped} skipped" if now.skipped else ""
        print(f"{now.status}: {now.done}{of} done{skipped}", flush=True)

    try:
        while (wait := use.operations.run_job.turn(job.id, holder, lambda: HELD_SECONDS, tell)) is not None:
            time.sleep(wait)
    except KeyboardInterrupt:
        print(f"interrupted: it goes on by itself in some minutes, unless you DELETE /jobs/{job.id}")
        return 1
    if last.reason:
        print(last.reason, file=sys.stderr)
    if not last.over:
        print("it was cancelled, or goes on elsewhere", file=sys.stderr)
    return 0 if last.status == "done" else 1


def _given(arguments: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for argument in arguments:
        name, separator, value = argument.partition("=")
        if not separator or name in given:
            raise Invalid(f"{argument!r} is to be argument=value, each argument once")
        given[name] = value
    return given


def _list_kinds(use: UseCases) -> None:
    for name in KINDS:
        asked = " ".join(f"{field.name}=…" for field in fields(use.operations.job_kinds.find(name).arguments))
        print(f"{name} {asked}")


def _refused(error: Exception) -> int:
    print(f"triggeriq: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
