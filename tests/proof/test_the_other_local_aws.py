"""MiniStack in moto's place, beyond what the load shows: what it says, and that everything ends with it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from local import processes
from local.ministack import NOTICE
from local.stack import Stack
from tests.functional.local.conftest import children

SECONDS = 60


def test_the_start_says_that_it_keeps_nothing_and_its_end_is_the_end_of_the_stores() -> None:
    with Stack(ministack=True) as stack:
        assert stack.notice == NOTICE
        held = children(stack.daemon)
        (ministack,) = [pid for pid in held if b"ministack" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(ministack, signal.SIGKILL)
        everything = [stack.daemon, *held]
        assert processes.wait_for(lambda: not any(map(processes.alive, everything)), SECONDS)
