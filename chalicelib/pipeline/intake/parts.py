"""A packed file, unpacked to parts in the bucket: whoever goes on with it reads the parts from where he was,
since nobody can begin in the middle of a packed one."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, BinaryIO, cast

from chalicelib.domain.intake.file_import import Unpacked
from chalicelib.errors import NotFound, Unreadable
from chalicelib.ports.operations import Blobs

PART = 32 * 1024 * 1024
"""Bytes of a part; one is held in memory while it is made."""


def write(blobs: Blobs, id: str, unpacked: Unpacked, stream: BinaryIO) -> Iterator[Unpacked]:
    """Put what comes out of a packed stream into parts. Yields what stands of it after each. Where the stream
    is damaged, the last says so, and holds all that lies before.

    The same file makes the same parts, so that another try overwrites those of the one before.
    """
    buffer, damage, whole = bytearray(PART), "", False
    while not whole:
        filled = 0
        try:
            while filled < PART and (read := stream.readinto(memoryview(buffer)[filled:])):  # type: ignore[attr-defined]
                filled += read
        except Unreadable as error:
            damage = str(error)
        whole = filled < PART
        parts = unpacked.parts
        if filled:
            blobs.put(_key(id, len(parts)), bytes(memoryview(buffer)[:filled]))
            parts = (*parts, filled)
        unpacked = Unpacked(name=unpacked.name, parts=parts, damage=damage)
        yield unpacked


def read(blobs: Blobs, id: str, unpacked: Unpacked) -> BinaryIO:
    """The parts as one stream, which can seek. Raises NotFound, when it is read, where one is gone, and
    Unreadable at their end where there should be more."""
    return cast("BinaryIO", _Joined(blobs, id, unpacked))


def delete(blobs: Blobs, id: str, unpacked: Unpacked) -> None:
    """The parts are gone, and one more that may have been made when its maker died."""
    for number in range(len(unpacked.parts) + 1):
        blobs.delete(_key(id, number))


def _key(id: str, number: int) -> str:
    return f"unpacked/{id}/{number:05}"


class _Joined(io.RawIOBase):
    def __init__(self, blobs: Blobs, id: str, unpacked: Unpacked) -> None:
        self._blobs, self._id, self._unpacked = blobs, id, unpacked
        self._starts = (0, *accumulate(unpacked.parts))
        self._at = 0
        self._open: tuple[int, BinaryIO] | None = None
        """The number of the part that was read last, and its stream."""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._unpacked.size}[whence]
        if at < 0:
            raise ValueError(f"{at} lies before the beginning")
        self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._unpacked.size:
            if self._unpacked.damage:
                raise Unreadable(self._unpacked.damage)
            return 0
        number = bisect_right(self._starts, self._at) - 1
        part = self._part(number)
        part.seek(self._at - self._starts[number])
        chunk = part.read(min(len(buffer), self._starts[number + 1] - self._at))
        if not chunk:
            raise NotFound(f"part {number} is shorter than it was")
        buffer[: len(chunk)] = chunk
        self._at += len(chunk)
        return len(chunk)

    def _part(self, number: int) -> BinaryIO:
        if self._open is None or self._open[0] != number:
            self._hang_up()
            self._open = (number, self._blobs.open(_key(self._id, number)))
        return self._open[1]

    def _hang_up(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def close(self) -> None:
        self._hang_up()
        super().close()
