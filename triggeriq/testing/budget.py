"""The time that a call of a plugin may take, in seconds of the processor: so no busy machine fails a test."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

SECONDS = 2.0
"""What the core gives a call of a plugin (`TRIGGERIQ_PLUGIN_SECONDS`), there in real time."""


class OutOfTime(AssertionError):
    """A call took longer than it may."""


@contextmanager
def within(seconds: float = SECONDS) -> Iterator[None]:
    """Fail with OutOfTime where what runs inside takes longer, and stop it there if that can be done: in the
    main thread, where signals come. May be nested: the outer one then does not stop."""
    begun = time.process_time()
    stops = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if stops:
        signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        if stops:
            signal.setitimer(signal.ITIMER_PROF, 0)
    if time.process_time() - begun > seconds:
        raise OutOfTime(_TOLD.format(seconds))


_TOLD = "a call took longer than {:g} s"


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise OutOfTime(f"{_TOLD.format(SECONDS)} and was stopped")
