"""`make job`: does one job by hand, on the data of the running system."""

from __future__ import annotations

import os
import sys

from local.processes import StartError
from local.stack import app_environment, running
from local.state import PROJECT


def main() -> None:
    """This process becomes `python -m chalicelib.jobs`, in the environment of the running system."""
    try:
        state, status = running(os.environ)
    except StartError as error:
        sys.exit(f"triggeriq: {error}")
    environment = app_environment(os.environ, state, status.aws_port)
    os.chdir(PROJECT)
    os.execve(sys.executable, [sys.executable, "-m", "chalicelib.jobs", *sys.argv[1:]], environment)


if __name__ == "__main__":
    main()
