"""SnapStart: one start is kept as a snapshot, and restored for as many processes as there are to be, days
later. What belongs to one process at one time must not be in it.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable

from chalicelib import bootstrap


def keep_clean(make: Callable[[], None]) -> None:
    """Have the runtime throw away what is ours before the snapshot, and make it anew after the restore.

    All of it, rather than each cache, connection, secret and deadline by name: so nothing is overlooked.
    What stays is what took the time: modules, models, the clients of AWS without their connections.
    make: what the function needs; it finds the use-cases by bootstrap.use_cases().
    """
    from snapshot_restore_py import register_after_restore, register_before_snapshot

    register_before_snapshot(bootstrap.forget)
    register_after_restore(_begin, make)


def _begin(make: Callable[[], None]) -> None:
    random.seed()  # else every process waits the same "random" time before it tries again
    make()
    gc.freeze()
    gc.enable()
