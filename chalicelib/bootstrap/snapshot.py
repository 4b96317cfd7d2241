"""SnapStart: Lambda keeps one start as a snapshot, and begins later processes from it, maybe days later. So
the snapshot must hold nothing that belongs to a single process or moment.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable

from chalicelib import bootstrap


def keep_clean(make: Callable[[], None]) -> None:
    """Have the runtime throw away the use-cases before the snapshot, and make them again after the restore.

    They go as a whole, so that no cache, connection, secret or deadline is overlooked. What took the time
    stays: modules, models, and the clients of AWS without their connections. make: makes what the function
    needs; it gets the use-cases by bootstrap.use_cases().
    """
    from snapshot_restore_py import register_after_restore, register_before_snapshot

    register_before_snapshot(bootstrap.forget)
    register_after_restore(_begin, make)


def _begin(make: Callable[[], None]) -> None:
    random.seed()  # else every process waits the same "random" time before it tries again
    make()
    gc.freeze()
    gc.enable()
