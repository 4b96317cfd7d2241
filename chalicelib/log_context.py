"""The ids of what is being worked on, which every line that is logged meanwhile carries.

Handlers and routes bind the request's id, use-cases the ids of the event that they work on;
chalicelib/log_lines.py writes them. Each thread has ids of its own, since a developer's machine serves
requests in threads. contextvars would do the same, but loads another library, and the health path must load
little.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping


class _AtHand(threading.local):
    ids: Mapping[str, str] = {}


_at_hand = _AtHand()


class bound:  # noqa: N801 - it reads as the statement that it is
    """`with bound(event_id=…):` adds ids, or replaces them, until the block ends. An id that is "" is left
    out.

    Never put it around a `yield`: the ids would also be bound in the code that reads the generator.
    """

    __slots__ = ("_added", "_before")

    def __init__(self, **ids: str) -> None:
        self._added = {name: id for name, id in ids.items() if id}

    def __enter__(self) -> None:
        self._before = _at_hand.ids
        _at_hand.ids = {**self._before, **self._added}

    def __exit__(self, *_: object) -> None:
        _at_hand.ids = self._before


def current() -> Mapping[str, str]:
    """The ids that are bound now, by the names that docs/observability.md lists."""
    return _at_hand.ids
