"""Whether a plugin lives on what it is given: no network, no other program, no written file, no environment,
and no clock.

Networks, programs and files are seen by an audit hook (PEP 578), which refuses them. Clocks and the
environment raise no audit event: a profile function sees who calls them, through whatever name. What C calls
by itself, as in `map(time.time, …)`, is not seen; it is found where the same call gives another answer.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

_FORBIDDEN = {
    "network": (
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
    ),
    "other program": (
        "os.exec",
        "os.fork",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "subprocess.Popen",
    ),
    "file to write": (
        "os.chmod",
        "os.chown",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.symlink",
        "os.truncate",
        "os.utime",
        "tempfile.mkdtemp",
        "tempfile.mkstemp",
    ),
}
_KIND = {event: kind for kind, events in _FORBIDDEN.items() for event in events}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
_CLOCKS = frozenset(
    function
    for name in (
        *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
        *("process_time", "process_time_ns", "thread_time", "thread_time_ns", "clock_gettime", "sleep"),
    )
    if (function := getattr(time, name, None)) is not None
)
_CLOCK_METHODS = ("now", "today", "utcnow")
_ENVIRONMENT = frozenset(
    read.__code__ for read in (os._Environ.__getitem__, os._Environ.__iter__, os._Environ.__len__)
)
"""What runs whenever somebody reads of it, by whatever way."""
_MAY = ("_pytest.", "hypothesis.", "logging", "pluggy.", "threading", "triggeriq.testing.budget")
"""Modules that look at a clock or the environment on their own account, by how their names begin."""


class NotAlone(OSError):
    """What a plugin gets that asks for what it must not have."""


@contextmanager
def alone() -> Iterator[list[str]]:
    """What runs inside is refused networks, programs and files to write. Gives a list that is filled with
    what it asked for: "clock: time.time, in acme.py, line 7"."""
    _hooked()
    asked: list[str] = []
    before = sys.getprofile()
    _watching.append(asked)
    sys.setprofile(_profile)
    try:
        yield asked
    finally:
        sys.setprofile(before)
        _watching.remove(asked)


_watching: list[list[str]] = []


@cache
def _hooked() -> None:
    """Once a process: an audit hook stays."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching or (event != "open" and event not in _KIND):
        return
    if event == "open" and not (len(arguments) > 2 and (arguments[2] or 0) & _WRITES):
        return
    # The caller of what raised the event
    if _told(_KIND.get(event, "file to write"), event, sys._getframe(1)):
        raise NotAlone(f"a plugin may not do this: {event}")


def _profile(frame: FrameType, event: str, called: Any) -> None:
    if not _watching:
        return
    if event == "c_call":
        if called.__class__ is _BUILT_IN and called in _CLOCKS:
            _told("clock", f"time.{called.__name__}", frame)
        elif called.__name__ in _CLOCK_METHODS and _is_a_date(getattr(called, "__self__", None)):
            _told("clock", f"{called.__self__.__name__}.{called.__name__}", frame)
    elif event == "call" and frame.f_code in _ENVIRONMENT and frame.f_back is not None:
        _told("environment", "os.environ", frame.f_back)


_BUILT_IN = type(time.time)


def _is_a_date(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, date)


def _told(kind: str, what: str, frame: FrameType) -> bool:
    """Note what was asked for, and where; unless it was on behalf of an import, or of one who may."""
    if _module(frame).startswith(_MAY):
        return False
    place = ""
    caller: FrameType | None = frame
    while caller is not None:
        if _module(caller).startswith("importlib."):
            return False
        file = caller.f_code.co_filename
        if not place and not file.startswith(_PYTHON_S_OWN):
            place = f"in {Path(file).name}, line {caller.f_lineno}"
        caller = caller.f_back
    for asked in _watching:
        asked.append(f"{kind}: {what}, {place}")
    return True


_PYTHON_S_OWN = ("<", f"{Path(os.__file__).parent}{os.sep}")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
