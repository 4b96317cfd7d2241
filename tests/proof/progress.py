"""Says how far a long test is, and how quick: `make proof` shows what tests print."""

from __future__ import annotations

import time
from collections.abc import Callable

EVERY = 5.0
"""Seconds between two lines."""


class Progress:
    """what: the things that are counted, as in "tickets". total: how many there will be."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self._total = what, total
        self._began = self._told = time.monotonic()

    def tell(self, done: int) -> None:
        """One line, if the last was a while ago, or everything is done."""
        now = time.monotonic()
        if now - self._told >= EVERY or done >= self._total:
            self._told = now
            rate = done / max(now - self._began, 1e-9)
            print(f"\n  {done:,} of {self._total:,} {self._what}, {rate:,.0f} a second", end="", flush=True)

    def follow(self, count: Callable[[], int], patience: float = 120.0) -> None:
        """Returns once `count` gives the total. Fails if it has not grown for `patience` seconds."""
        most, grown = 0, time.monotonic()
        while (done := count()) < self._total:
            if done > most:
                most, grown = done, time.monotonic()
            assert time.monotonic() - grown < patience, f"still {done:,} of {self._total:,} {self._what}"
            self.tell(done)
            time.sleep(0.5)
        self.tell(done)
