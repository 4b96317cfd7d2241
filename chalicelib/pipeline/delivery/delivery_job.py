"""A job of the queue `delivery`: one attempt of one delivery.

{"v": 1, "subscription", "position", "attempt"}

It says how many attempts were begun when it was sent. The row says more: a job whose row says otherwise is a
repeat, and is dropped.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, NamedTuple

from chalicelib.errors import Unreadable
from chalicelib.ports.operations import Message

JOB_TIME = timedelta(minutes=1)
"""For how long a delivery's job may be on its way before the sweep sends another."""


class DeliveryJob(NamedTuple):
    """Which delivery is to be attempted."""

    subscription: str
    position: str
    attempt: int
    """Attempts that were begun when it was sent."""

    def message(self, delay_seconds: int = 0) -> Message:
        """What to send on the queue."""
        return Message(json.dumps({"v": 1, **self._asdict()}), delay_seconds, group=self.subscription)


def is_job(message: Any) -> bool:
    """Whether a message of the queue is a job; else it holds an event of the bus."""
    return isinstance(message, dict) and "subscription" in message and "v" in message


def job_of(message: Any) -> DeliveryJob:
    """Raises Unreadable."""
    if message["v"] != 1:
        raise Unreadable(f"message version {message['v']!r} is not known here; this code knows 1")
    job = DeliveryJob(message.get("subscription"), message.get("position"), message.get("attempt"))
    if not isinstance(job.subscription, str) or not isinstance(job.position, str):
        raise Unreadable("not a message that names a delivery")
    if not isinstance(job.attempt, int) or isinstance(job.attempt, bool):
        raise Unreadable("not a message that says how many attempts were begun")
    return job
