"""Unpacks an uploaded file while it is streamed, with a limit on what comes out."""

from __future__ import annotations

import io
import zlib
from typing import Any, BinaryIO

from chalicelib.errors import Unreadable

_MAGIC = b"\x1f\x8b"
_CHUNK = 64 * 1024


def unpacked(stream: io.RawIOBase, limit: int) -> BinaryIO:
    """The stream itself; unpacked where its first bytes say that it is gzip.

    limit: bytes that may come out of gzip. More of them raise Unreadable when they are read, as does a packed
    file that is broken or cut off. Memory stays within some 100 KB whatever the file claims.
    """
    buffered = io.BufferedReader(stream, buffer_size=_CHUNK)
    if buffered.peek(2)[:2] != _MAGIC:
        return buffered
    return io.BufferedReader(_Gunzip(buffered, limit), buffer_size=_CHUNK)


class Counted(io.RawIOBase):
    """A stream that counts the bytes read from it, so that one can tell how much is left."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.count += len(chunk)
        return len(chunk)


class _Gunzip(io.RawIOBase):
    """gzip's members one after the other (RFC 1952), unpacked by zlib with a limit on each step's output."""

    def __init__(self, packed: BinaryIO, limit: int) -> None:
        self._packed, self._limit = packed, limit
        self._member = _member()
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._next(len(buffer))
        self._out += len(chunk)
        if self._out > self._limit:
            raise Unreadable(f"the packed file holds more than {self._limit} bytes; upload it in parts")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _next(self, size: int) -> bytes:
        while True:
            if self._member.eof:
                rest = self._member.unused_data or self._packed.read(_CHUNK)
                if not rest.strip(b"\0"):  # gzip allows padding behind the last member
                    return b""
                self._member = _member()
            else:
                rest = self._member.unconsumed_tail or self._packed.read(_CHUNK)
                if not rest and not self._member.eof:
                    raise Unreadable(f"the packed file is cut off after {self._out} unpacked bytes")
            try:
                chunk: bytes = self._member.decompress(rest, size)
            except zlib.error as error:
                raise Unreadable(f"the packed file is broken after {self._out} unpacked bytes") from error
            if chunk:
                return chunk


def _member() -> Any:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
