"""Lets moto's queues hold tens of thousands of messages.

For each message that the bus sends to a queue, moto checks every message there three times for whether it is
visible, and asks for the time each time: with 5,000 messages waiting, ten events take longer than a client
waits.
"""

from __future__ import annotations

import time
from typing import Any


def _now() -> float:
    """Milliseconds since 1970, as moto stores times in its messages."""
    return time.time() * 1_000


def _ready(queue: Any) -> list[Any]:
    now = _now()
    return [message for message in queue._messages if message.visible_at < now >= message.delayed_until]


def _hidden(queue: Any) -> int:
    now = _now()
    return sum(message.visible_at >= now for message in queue._messages)


def _delayed(queue: Any) -> int:
    now = _now()
    return sum(message.delayed_until > now for message in queue._messages)


_PROPERTIES = {
    "messages": _ready,
    "approximate_number_of_messages_not_visible": _hidden,
    "approximate_number_of_messages_delayed": _delayed,
}


def install() -> None:
    """Replaces the properties by which moto's queues count, for this process."""
    from moto.sqs.models import Queue

    for name, count in _PROPERTIES.items():
        setattr(Queue, name, property(count))
