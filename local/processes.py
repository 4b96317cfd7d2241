"""Helpers that keep processes from outliving each other."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path


class StartError(Exception):
    """The local system can't start; the developer is shown the message as it is."""


def alive(pid: int) -> bool:
    """Whether the process runs. A zombie, dead but not yet reaped by its parent, does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        # man 5 proc: the state follows the command's name, which stands in brackets.
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return not sys.platform.startswith("linux")
    return state not in "ZX"


def wait_for(condition: Callable[[], bool], seconds: float, every: float = 0.02) -> bool:
    """Waits until the condition holds. False if it does not within the time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def stop(pid: int, first: signal.Signals, seconds: float) -> None:
    """Sends the signal, and SIGKILL if the process still runs after that time."""
    for number in (first, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if wait_for(lambda: not alive(pid), seconds):
            return


def die_with_parent(number: signal.Signals) -> None:
    """Asks Linux to send this process the signal when the thread that started it ends.

    On other systems it does nothing; there a process notices that a pipe was closed, or the next start ends
    what is left.
    """
    if sys.platform.startswith("linux"):
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(number))


@contextlib.contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Holds the file's lock, if nobody else does: yields whether it could be taken.

    The kernel releases it when the process ends, however that happens.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    with locked(path) as free:
        return not free
