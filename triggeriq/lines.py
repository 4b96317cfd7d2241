"""The lines of a file from a stranger, read forward in flat memory, with a mark behind each of them.

    file = TextFile(stream)
    for line in file.lines(Mark(0)):
        ...

The charset is that of the byte order mark, else the one that is given, else UTF-8 while all is ASCII; the
first line that is not decides it for the rest. A mark is the number of a line, the place behind it in bytes,
and the charset where it was decided so far behind the head that a later reader would not find it there:
"1204@88231", "90001@4405201@cp1252".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, NamedTuple

from triggeriq.errors import Unreadable
from triggeriq.values import Bad

CHUNK = 1 << 16
MAX_LINE = 1_000_000
"""The most bytes of a line, of a CSV row, or of an item in a JSON array: as many as a webhook's body may
have."""
HEAD = 1 << 16
"""Bytes from which a file's charset and form are known."""

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins as this one does
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LATER = re.compile(r"(\d{1,15})(?:@(\d{1,15}))?(?:@([a-z0-9_-]{1,20}))?")
_HIGH = re.compile(rb"[\x80-\xff]")


class Mark(NamedTuple):
    """A place behind a line. at: in bytes; None: it is not known. charset: "" where the head tells it."""

    line: int
    at: int | None = None
    charset: str = ""

    @classmethod
    def parse(cls, text: str) -> Mark:
        """The mark that was written as `text`. Raises Unreadable where it is none."""
        found = _LATER.fullmatch(text)
        if found is None:
            raise Unreadable(f"{text[:100]!r} is no mark of this reader")
        return cls(int(found[1]), int(found[2]) if found[2] else None, found[3] or "")

    def __str__(self) -> str:
        place = "" if self.at is None else f"@{self.at}"
        return f"{self.line}{place}" + (f"@{self.charset}" if self.charset else "")


class Line(NamedTuple):
    """A line as it stands, its end (LF, CRLF or CR) kept; a Bad in place of one longer than MAX_LINE.

    One without content is none: it tells that a further CHUNK has been read, and stands where the last line
    does.
    """

    number: int
    """From 1."""
    end: int
    """The place behind it, in bytes of the file."""
    content: bytes | Bad
    """In the file's charset; what is UTF-16 or 32 there is UTF-8 here."""


class TextFile:
    """A file of lines. Of the stream only `read(n)` is used, and `seek` where it says that it can."""

    def __init__(self, stream: BinaryIO, charset: str = "") -> None:
        """charset: of a file without a byte order mark; "" where nobody knows."""
        self._stream = _Forward(stream)
        self._head = self._stream.read(2 * HEAD)  # a line within the head is looked at with what follows it
        mark, self.charset = next(
            (row for row in BYTE_ORDER_MARKS if self._head.startswith(row[0])), (b"", charset)
        )
        self._begin = len(mark)
        self._wide = ""
        self._decided_at: int | None = None
        self.charset = _named(self.charset) or _wide(self._head)
        if not self.charset and not self._head[:HEAD].isascii():
            self.charset = _decided(self._head)
        if self.charset.startswith(("utf-16", "utf-32")):
            self._wide, self.charset = self.charset, "utf-8"

    def begins(self, opening: bytes) -> bool:
        """Whether these are its first bytes."""
        return self._head.startswith(opening)

    def head(self) -> list[Line]:
        """The whole lines of the first HEAD bytes."""
        cut = len(self._head) > HEAD
        chunks = iter([piece] if (piece := self._head[self._begin : HEAD]) else [])
        if self._wide:
            found = list(self._transcoded(chunks, 0, self._begin, cut=cut))
        else:
            found = list(_split(chunks, 0, self._begin))
        return found[:-1] if cut else found

    def lines(self, after: Mark) -> Iterator[Line]:
        """The lines behind a mark, and one without content between two chunks. Raises Unreadable where UTF-16
        or 32 is broken.

        What is in another charset is not checked here, nor are lone surrogates: whoever decodes it line by
        line can say where the fault is.
        """
        if after.charset:
            self.charset, self._decided_at = after.charset, 0
        at = max(after.at or 0, self._begin)
        number = after.line if after.at is not None else 0
        chunks = self._chunks(at)
        if self._wide:
            found = self._transcoded(chunks, number, at)
        else:
            found = _split(chunks if self.charset else self._telling(chunks, at), number, at)
        return found if after.at is not None else (line for line in found if line.number > after.line)

    def mark(self, line: Line) -> Mark:
        """The mark behind a line."""
        known = self._decided_at is None or line.end <= self._decided_at
        return Mark(line.number, line.end, "" if known else self.charset)

    def decode(self, line: bytes) -> str:
        """The text of a line. Raises UnicodeDecodeError."""
        try:
            return line.decode(self.charset or "utf-8")
        except UnicodeDecodeError:
            if self.charset == "utf-8":
                raise
            return line.decode("utf-8")  # one of another origin

    def _chunks(self, at: int) -> Iterator[bytes]:
        if at < len(self._head):
            yield self._head[at:]
        elif at > len(self._head):
            self._stream.go_on(at - len(self._head), at)
        while chunk := self._stream.read(CHUNK):
            yield chunk

    def _telling(self, chunks: Iterator[bytes], at: int) -> Iterator[bytes]:
        """The chunks, of which the first stands at a place, as they are. The first line that is not ASCII
        decides the charset."""
        line = b""  # the last one, as far as it is known
        for chunk in chunks:
            if not self.charset:
                line += chunk
                if not line.isascii():
                    piece = self._stream.ahead(HEAD - len(line) + _line_start(line))
                    line += piece
                    chunk += piece
                    self.charset = _decided(line)
                    self._decided_at = at + len(chunk) - len(line) + _line_start(line)
                at += len(chunk)
                line = line[_last_line(line) :][-MAX_LINE:]
            yield chunk

    def _transcoded(
        self, chunks: Iterator[bytes], number: int, at: int, *, cut: bool = False
    ) -> Iterator[Line]:
        def measure(piece: bytes) -> int:
            return len(piece.decode("utf-8", "surrogatepass").encode(self._wide, "surrogatepass"))

        return _split(utf_8(chunks, self._wide, cut=cut), number, at, measure)


class _Forward:
    """A stream of which a piece is as long as asked for. Where it breaks off, what came before is given
    first, and only then it is Unreadable."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._broken: Unreadable | None = None

    def read(self, size: int) -> bytes:
        piece = self.ahead(size)
        if self._broken and not piece:
            raise self._broken
        return piece

    def ahead(self, size: int) -> bytes:
        """As `read`, of what is not needed yet: nothing where the stream breaks off."""
        pieces: list[bytes] = []
        while size > 0 and self._broken is None:
            try:
                piece = self._stream.read(size)
            except Unreadable as error:
                self._broken = error
                break
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    def go_on(self, size: int, at: int) -> None:
        """Leave out so many bytes, up to a place."""
        seekable = getattr(self._stream, "seekable", None)
        if seekable and seekable():
            self._stream.seek(at)
            return
        while size and (piece := self.read(min(size, CHUNK))):
            size -= len(piece)


def _named(charset: str) -> str:
    """The codec's own name for a charset, with the usual order of bytes."""
    name = codecs.lookup(charset).name if charset else ""
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(name, name)


def _wide(head: bytes) -> str:
    """The charset of text of two bytes a character that has no mark; "" for any other."""
    if b"\0" not in head:
        return ""
    # Its tables are not needed for most files, nor when a function starts
    from triggeriq.guessing import guessed

    charset = guessed(head)
    return charset if charset.startswith("utf-16") else ""


def _decided(content: bytes) -> str:
    """The charset by the first line of `content` that is not ASCII and the HEAD bytes from there on. It is
    UTF-8 where no more lines are broken than whole."""
    start = _line_start(content)
    sample = content[start : start + HEAD]
    if len(sample) < HEAD:
        sample += b"\n"  # nothing is cut: a letter at its end is one
    telling = [line for line in sample.splitlines(keepends=True) if not line.isascii()]
    broken = [line for line in telling if not _is_utf_8(line)]
    if 2 * len(broken) <= len(telling):
        return "utf-8"
    from triggeriq.guessing import guessed  # see above

    return guessed(b"".join(broken))


def _line_start(content: bytes) -> int:
    """Where the first line that is not ASCII begins."""
    high = _HIGH.search(content)
    return _last_line(content[: high.start()]) if high else len(content)


def _last_line(content: bytes) -> int:
    """Where the last line begins."""
    return max(content.rfind(b"\n"), content.rfind(b"\r")) + 1


def _is_utf_8(line: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(line)  # the last character of a sample may be cut
    except UnicodeDecodeError:
        return False
    return True


def utf_8(chunks: Iterable[bytes], charset: str, *, cut: bool = False) -> Iterator[bytes]:
    """Chunks of UTF-16 or 32 as such of UTF-8, each of whole characters. Raises Unreadable where they are
    broken; not for a character that is missing at the end, where they are `cut`."""
    decoder = codecs.getincrementaldecoder(charset)("surrogatepass")
    try:
        for chunk in chunks:
            if piece := decoder.decode(chunk):
                yield piece.encode("utf-8", "surrogatepass")
        if not cut:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unreadable(f"broken {charset}: a character is cut or impossible") from None


def _split(
    chunks: Iterator[bytes], number: int, at: int, measure: Callable[[bytes], int] = len
) -> Iterator[Line]:
    """Lines that begin behind line `number` at the place `at`. measure: the bytes of a piece in the file."""
    rest, too_long, end = b"", False, at
    for count, chunk in enumerate(chunks):
        if count:
            yield Line(number, end, b"")
        pieces = (rest + chunk).splitlines(keepends=True)
        rest = b"" if pieces[-1].endswith(b"\n") else pieces.pop()
        for piece in pieces:
            number += 1
            at = end = at + measure(piece)
            yield Line(number, end, _too_long(number) if too_long or len(piece) > MAX_LINE else piece)
            too_long = False
        if len(rest) > MAX_LINE:
            kept = rest[-1:] if rest.endswith(b"\r") else b""  # it may be the CR of a CRLF
            at += measure(rest) - len(kept)
            too_long, rest = True, kept
    if rest or too_long:
        yield Line(number + 1, at + measure(rest), _too_long(number + 1) if too_long else rest)


def _too_long(number: int) -> Bad:
    return Bad(f"line {number}", f"longer than {MAX_LINE:,} bytes")
