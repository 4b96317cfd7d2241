"""`make run`, once the virtual environment is made: checks the ports, then becomes `chalice local`.

python -m local            runs the whole system
python -m local reset      forgets the local data
"""

from __future__ import annotations

import compileall
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from local import processes, terminal
from local.ports import DEFAULT_AWS_PORT, DEFAULT_PORT, require_free, require_two
from local.processes import StartError
from local.reload import FOLDERS
from local.stack import STOP_SECONDS, already_running, settled
from local.state import PROJECT, State, default_folder


def run(environment: Mapping[str, str]) -> None:
    """Does not return: this process becomes `chalice local`. Raises StartError."""
    port = number(environment, "PORT", DEFAULT_PORT)
    aws_port = number(environment, "LOCAL_AWS_PORT", DEFAULT_AWS_PORT)
    terminal.wants_json(environment)
    state = State(default_folder(environment))
    refuse_while_running(state)
    require_two(port, aws_port)
    require_free(port, "PORT")
    require_free(aws_port, "LOCAL_AWS_PORT")
    # All the processes import the same modules at once: compile them once before that.
    for folder in FOLDERS:
        compileall.compile_dir(PROJECT / folder, quiet=2)
    # `make run &` in a script starts with SIGINT ignored, and could not be interrupted.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    chalice = Path(sys.executable).with_name("chalice")
    os.chdir(PROJECT)
    os.execv(chalice, [str(chalice), "local", "--stage", "local", "--port", str(port)])


def reset(environment: Mapping[str, str]) -> None:
    """Removes the data folder. Raises StartError while the system runs on it."""
    state = State(default_folder(environment))
    refuse_while_running(state)
    if not state.folder.exists():
        print(f"There is no local data in {state.folder}")
        return
    if not state.lock.exists():
        raise StartError(f"{state.folder} is no data folder of ours: nothing was removed")
    shutil.rmtree(state.folder)
    shutil.rmtree(state.sockets, ignore_errors=True)
    print(f"Forgot the local data in {state.folder}")


def refuse_while_running(state: State) -> None:
    """Waits for a system that is being shut down; raises StartError for one that runs."""
    processes.wait_for(lambda: settled(state), STOP_SECONDS)
    if processes.is_locked(state.lock):
        raise StartError(already_running(state))


def number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name) or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise StartError(f"{name} must be a port number, 1 to 65535; it is {value!r}")
    return int(value)


def main() -> int:
    commands = {"run": run, "reset": reset}
    try:
        commands[sys.argv[1] if len(sys.argv) > 1 else "run"](os.environ)
    except StartError as error:
        print(f"triggeriq: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
