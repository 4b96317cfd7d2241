"""The stream of a file as a plugin reads it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from chalicelib.errors import Unreadable
from chalicelib.registry.budget import paused
from triggeriq import Unreadable as PluginUnreadable

_PIECE = 64 * 1024


def unhurried(stream: BinaryIO) -> BinaryIO:
    """The stream, of which the time that S3 and our unpacking take does not count against the plugin. Where
    it is damaged, the plugin gets all that lies before, and then triggeriq.Unreadable."""
    return _UntilDamage(_Unhurried(stream), buffer_size=_PIECE)


class _Unhurried(io.RawIOBase):
    """The stream that a plugin reads. The time that S3 and our unpacking take does not count against the
    plugin."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._stream.seekable()

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with _clock_stopped():
            return self._stream.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        with _clock_stopped():
            chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def _clock_stopped() -> Iterator[None]:
    try:
        with paused():
            yield
    except Unreadable as error:  # the plugin may catch this one, and say where it was
        raise PluginUnreadable(str(error)) from error


class _UntilDamage(io.BufferedReader):
    """Gives all that lies before the place where a stream is damaged: a BufferedReader loses what it had of a
    piece when the rest of it can't be read."""

    _damage: PluginUnreadable | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return super().read()
        if self._damage is not None:
            raise self._damage
        pieces: list[bytes] = []
        while size:
            try:
                piece = self.read1(size)
            except PluginUnreadable as damage:
                if not pieces:
                    raise
                self._damage = damage
                break
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._damage = None
        return super().seek(offset, whence)
