"""moto's queues as this project counts them."""

from __future__ import annotations

import time
from typing import Any

from moto.sqs.models import Message, Queue

from local import queues

HOUR = 3_600_000.0


class Asked(Message):
    """A message that must not be asked by itself: there are thousands of it."""

    @property
    def visible(self) -> bool:
        raise AssertionError("each message is asked")

    delayed = visible


def message(visible_in: float = -HOUR, delayed_for: float = -HOUR) -> Message:
    """In milliseconds from now."""
    made, now = Asked("m", "body"), time.time() * 1_000
    made.visible_at, made.delayed_until = now + visible_in, now + delayed_for
    return made


def test_a_queue_is_counted_without_asking_each_message() -> None:
    queues.install()
    queue: Any = Queue("q", "us-east-1", "123456789012")
    ready = [message(), message()]
    queue._messages = [*ready, message(visible_in=HOUR), *(message(delayed_for=HOUR) for _ in range(3))]
    assert queue.messages == ready
    counts = {
        name: queue.attributes[f"ApproximateNumberOfMessages{name}"] for name in ("", "NotVisible", "Delayed")
    }
    assert counts == {"": 2, "NotVisible": 1, "Delayed": 3}
