"""The app in a start that was used before its snapshot is taken, and a snapshot that is restored twice.

The environment's USED_BEFORE holds events to answer beforehand, as a careless start-up might. Asked for
{"look": true}, the handler tells what this process has that another one must not have.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import uuid
from typing import Any

from snapshot_restore_py import register_after_restore
from sockets import sockets

# Before the app's own hooks. By the C library: Python would tell its modules that they were forked, and
# `random` would begin anew, which nobody tells them after a restore.
register_after_restore(ctypes.PyDLL(None).fork)

from app import app as inner  # noqa: E402

for event in json.loads(os.environ["USED_BEFORE"]):
    assert inner(event, None)["statusCode"] < 300
random.seed(1)


def app(event: dict[str, Any], context: Any) -> Any:
    if "look" not in event:
        return {"pid": os.getpid(), "answer": inner(event, context)}
    return {
        "pid": os.getpid(),
        "random": random.random(),
        "id": str(uuid.uuid4()),
        "opened": sorted(sockets(os.getpid())),
    }
