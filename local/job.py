"""`make job`: does one job by hand, on the data of the running system."""

from __future__ import annotations

import os
import sys

from local import processes
from local.daemon import read_status
from local.stack import app_environment
from local.state import PROJECT, State, default_folder


def main() -> None:
    """This process becomes `python -m chalicelib.jobs`, in the environment of the running system."""
    state = State(default_folder(os.environ))
    status = read_status(state)
    if status is None or status.error or not processes.is_locked(state.lock):
        sys.exit(f"triggeriq: nothing runs on the data in {state.folder}; start it by `make run`")
    environment = app_environment(os.environ, state, status.aws_port)
    os.chdir(PROJECT)
    os.execve(sys.executable, [sys.executable, "-m", "chalicelib.jobs", *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
