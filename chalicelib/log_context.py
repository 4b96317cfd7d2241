"""What is at hand: the ids that every line logged meanwhile tells.

Edges bind the request, use-cases the event they work on; chalicelib/log_lines.py writes them. Each
thread has its own: a developer's machine serves requests in threads. contextvars would do the same, but
loads a library of its own, and the health path loads this module.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping


class _AtHand(threading.local):
    ids: Mapping[str, str] = {}


_at_hand = _AtHand()


class bound:  # noqa: N801 - it reads as the statement that it is
    """`with bound(event_id=…):` adds ids, or replaces them, until the block ends; "" is no id.

    Never around a `yield`: the block would go on in whoever asks the generator.
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
    """The ids at hand, by the names that docs/observability.md lists."""
    return _at_hand.ids
