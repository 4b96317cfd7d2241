"""Streams as the core hands them to a source."""

from __future__ import annotations

from collections.abc import Iterator
from io import RawIOBase

from triggeriq.testing.samples import Pieces


class Endless(RawIOBase):
    """A stream made as it is read; it can't seek."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        self._left = self._left or next(self._pieces, b"")
        piece, self._left = self._left[:size], self._left[size:]
        return piece


class Counted(Pieces):
    """One that can seek, and tells how much was read."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece
