"""A time budget for code that is not ours.

`re` keeps the interpreter's lock, so no other thread can stop a runaway pattern; a signal in the main
thread can, since `re` looks for signals as it goes. Event functions, and on Lambda the router too, run
in the main thread. Elsewhere (routes under `chalice local`) an overrun is only found out afterwards, and
what may never end, such as an import, is run in a thread of its own, which can be left behind.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

AGAIN_SECONDS = 0.25
"""How soon the signal comes again, for code that swallowed the first."""

_STOPS = 4
"""How often a thread is told to end before it is left behind."""


class Overrun(BaseException):
    """The budget is used up. Not an Exception, so that `except Exception` does not swallow it.

    cut: whether what ran was stopped, or ran to its end."""

    def __init__(self, cut: bool = True) -> None:
        super().__init__()
        self.cut = cut

    def told(self, seconds: float) -> str:
        """What became of a call that had `seconds`."""
        return f"took longer than {seconds:g} s and {'was cut' if self.cut else 'could not be cut here'}"


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Stop what runs inside after `seconds` of wall time, by raising Overrun in it. Must not be nested."""
    if threading.current_thread() is threading.main_thread():
        _own_the_signal()
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
        try:
            try:
                yield
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            # The signal may have come, and raised, just before that line. It can't do so twice.
            signal.setitimer(signal.ITIMER_REAL, 0)
    else:
        begun = time.monotonic()
        yield
        if time.monotonic() - begun > seconds:
            raise Overrun(cut=False)


def bounded(work: Callable[[], T], seconds: float) -> T:
    """What `work` gives. Raises Overrun after `seconds` of wall time, in any thread: what can't be stopped is
    left behind."""
    if threading.current_thread() is threading.main_thread():
        with budget(seconds):
            return work()
    from concurrent.futures import Future, wait  # on Lambda nobody gets here

    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # whatever it is, it belongs to whoever waits
            outcome.set_exception(error)

    thread = threading.Thread(target=run, name="bounded", daemon=True)
    thread.start()
    if not wait([outcome], seconds).done:
        _stop(thread)
        raise Overrun
    return outcome.result()


def _stop(thread: threading.Thread) -> None:
    """Raise Overrun in `thread` until it ends. One that waits in C, in a sleep or for a socket, does not hear
    of it before that is over."""
    import ctypes  # like all that only threads need: not on Lambda's start

    for _ in range(_STOPS):
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Overrun)
        )
        thread.join(AGAIN_SECONDS)
        if not thread.is_alive():
            return


@contextmanager
def paused() -> Iterator[None]:
    """Within a budget: the time of what runs inside does not count. It is for work of ours, such as waiting
    for S3."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, AGAIN_SECONDS if left else 0)


@cache
def _own_the_signal() -> None:
    """Once a process: setting a handler costs more than all else here, and nothing else uses SIGALRM."""
    signal.signal(signal.SIGALRM, _cut)


def _cut(signum: int, frame: FrameType | None) -> None:
    raise Overrun
