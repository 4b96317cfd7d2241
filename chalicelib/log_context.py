"""What is at hand: the ids that every line logged meanwhile tells.

Edges bind the request, use-cases the event they work on; chalicelib/log_lines.py writes them. This
module loads next to nothing, since the health path loads it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar, Token

_NOTHING: Mapping[str, str] = {}
_ids: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=_NOTHING)


class bound:  # noqa: N801 - it reads as the statement that it is
    """`with bound(event_id=…):` adds ids, or replaces them, until the block ends; "" is no id.

    Never around a `yield`: the block would go on in whoever asks the generator.
    """

    __slots__ = ("_added", "_before")

    def __init__(self, **ids: str) -> None:
        self._added = {name: id for name, id in ids.items() if id}

    def __enter__(self) -> None:
        self._before: Token[Mapping[str, str]] = _ids.set({**_ids.get(), **self._added})

    def __exit__(self, *_: object) -> None:
        _ids.reset(self._before)


def current() -> Mapping[str, str]:
    """The ids at hand, by the names that docs/observability.md lists."""
    return _ids.get()
