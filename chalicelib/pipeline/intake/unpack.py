"""Unpacks an uploaded file while it is streamed: gzip, and a zip that holds one file, with a limit on what
comes out."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, cast

from chalicelib.errors import TriggerIQError, Unreadable

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_GZIP, _ZIP = b"\x1f\x8b", b"PK"
_STEP = 256 * 1024
"""Bytes that are unpacked at once."""
_DIRECTORY_LIMIT = 1_000_000
"""Bytes of a zip's directory; that of one file has some hundred."""
_STORED, _DEFLATED = 0, 8
_JUNK = ("__MACOSX/", ".DS_Store")
"""What a Mac puts into a zip beside the file."""


class File(NamedTuple):
    """A file as its source reads it."""

    stream: BinaryIO
    """It can seek, though in a packed file only by unpacking what lies before."""
    name: str
    """Without what its packing adds; of a zip the name of what it holds."""
    packed: bool


def unpacked(stream: BinaryIO, name: str, limit: int) -> File:
    """The file in `stream`: unpacked where its first bytes say that it is gzip, or its name that it is a zip;
    else as it is.

    limit: bytes that may come out. More of them raise Unreadable when they are read, as does a packed file
    that is broken or cut off; what lies before the damage can be read. A zip that can't be read at all raises
    Unreadable here. Memory stays within some megabytes whatever the file claims.
    """
    magic = stream.read(2)
    stream.seek(0)
    if name.lower().endswith(".zip"):
        return _unzipped(stream, magic, limit)
    bare = name[:-3] if name.lower().endswith(".gz") else name
    if magic == _GZIP:
        return File(cast("BinaryIO", _Gunzip(stream, limit)), bare, packed=True)
    return File(stream, bare, packed=False)


class _Unpacking(io.RawIOBase):
    """What comes out of a packed stream. It can seek, by unpacking what lies between."""

    def __init__(self, limit: int) -> None:
        self._limit, self._at = limit, 0

    def _next(self, size: int) -> bytes:
        """The next bytes, at most so many; none at the end. Raises Unreadable."""
        raise NotImplementedError

    def _begin(self) -> None:
        """Go back to the beginning."""
        raise NotImplementedError

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("nobody knows where a packed file ends before it is unpacked")
        wanted = offset + (self._at if whence == io.SEEK_CUR else 0)
        if wanted < self._at:
            self._begin()
            self._at = 0
        while self._at < wanted and self.read(min(_STEP, wanted - self._at)):
            pass
        return self._at

    def readinto(self, buffer: Any) -> int:
        chunk = self._next(min(len(buffer), _STEP))
        if self._at + len(chunk) > self._limit:
            raise Unreadable(f"the packed file holds more than {self._limit} bytes; upload it in parts")
        self._at += len(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


class _Gunzip(_Unpacking):
    """gzip's members one after the other (RFC 1952), unpacked by zlib with a limit on each step's output."""

    def __init__(self, packed: BinaryIO, limit: int) -> None:
        super().__init__(limit)
        self._packed, self._member = packed, _member()

    def _begin(self) -> None:
        self._packed.seek(0)
        self._member = _member()

    def _next(self, size: int) -> bytes:
        while True:
            if self._member.eof:
                rest = self._member.unused_data or self._packed.read(_STEP)
                if not rest.strip(b"\0"):  # gzip allows padding behind the last member
                    return b""
                self._member = _member()
            else:
                rest = self._member.unconsumed_tail or self._packed.read(_STEP)
                if not rest and not self._member.eof:
                    raise Unreadable(f"the packed file is cut off after {self._at} unpacked bytes")
            try:
                chunk: bytes = self._member.decompress(rest, size)
            except zlib.error as error:
                raise Unreadable(f"the packed file is broken after {self._at} unpacked bytes") from error
            if chunk:
                return chunk


def _member() -> Any:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)


class _Unzip(_Unpacking):
    """The one file that a zip holds."""

    def __init__(self, archive: ZipFile, file: ZipInfo, limit: int) -> None:
        super().__init__(limit)
        self._archive, self._file = archive, file
        self._begin()

    def _begin(self) -> None:
        self._member: Any = self._archive.open(self._file)

    def _next(self, size: int) -> bytes:
        try:
            chunk: bytes = self._member.read1(size)
        except TriggerIQError:
            raise
        except Exception as error:  # zipfile says in a dozen ways that what it reads is no such thing
            raise Unreadable(f"the packed file is broken after {self._at} unpacked bytes") from error
        return chunk


def _unzipped(stream: BinaryIO, magic: bytes, limit: int) -> File:
    """The file in a zip. Raises Unreadable where it does not hold just one that can be unpacked."""
    from zipfile import ZipFile  # only who reads a zip needs it

    if magic != _ZIP:
        raise Unreadable("it is called .zip, and is none")
    try:
        archive = ZipFile(cast("BinaryIO", _Sparing(stream)))
        file = _only(archive)
        inside = cast("BinaryIO", _Unzip(archive, file, limit))
        return File(inside, file.filename.rpartition("/")[2], packed=True)
    except TriggerIQError:
        raise
    except Exception as error:  # as above
        raise Unreadable("the zip is broken or cut off; pack it and upload it again") from error


def _only(archive: ZipFile) -> ZipInfo:
    """The one file in it. Folders, and what a Mac adds, are none."""
    files = [one for one in archive.infolist() if not one.is_dir() and not _is_junk(one.filename)]
    if len(files) != 1:
        found = f"{len(files)} files" if files else "no file"
        raise Unreadable(f"the zip holds {found}; one file a zip is read")
    (file,) = files
    if file.flag_bits & 1:
        raise Unreadable("the zip is encrypted; pack it without a password")
    if file.compress_type not in (_STORED, _DEFLATED):
        raise Unreadable(f"the zip is packed by method {file.compress_type}; only deflate is read")
    return file


def _is_junk(name: str) -> bool:
    return name.startswith(_JUNK[0]) or name.rpartition("/")[2] == _JUNK[1]


class _Sparing:
    """The stream under a zip, of which no more is read at once than an honest zip needs: its directory may
    claim to have gigabytes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _DIRECTORY_LIMIT:
            size = _DIRECTORY_LIMIT + 1
        found = self._stream.read(size)
        if len(found) > _DIRECTORY_LIMIT:
            raise Unreadable("the zip's directory is too long for that of one file")
        return found
