"""Does what waits for others side by side, in a few threads: requests to endpoints, and writes to a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from chalicelib.log_context import bound, current

THREADS = 10
"""As many as a batch has records."""

T = TypeVar("T")
R = TypeVar("R")


class SideBySide:
    """Threads that are kept for the next call."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="delivery")

    def __call__(self, work: Callable[[T], R], items: Iterable[T]) -> Sequence[R | Exception]:
        """What `work` gives for each item, in their order; where it raised, the error. What is logged
        meanwhile carries the ids that are bound here."""
        items, ids = list(items), current()

        def alone(item: T) -> R | Exception:
            try:
                with bound(**ids):
                    return work(item)
            except Exception as error:
                return error

        if len(items) < 2:
            return [alone(item) for item in items]
        return list(self._threads.map(alone, items))
