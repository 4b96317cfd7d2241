"""JSON files of any size from strangers, read forward in flat memory.

Every reader takes a binary stream of which only `read(n)` is used, in pieces of any size. The charset is that
of the byte order mark, else UTF-8. For lines and CSV see `triggeriq.lines` and `triggeriq.tables`.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from triggeriq.errors import Unreadable
from triggeriq.lines import BYTE_ORDER_MARKS, CHUNK, MAX_LINE, utf_8
from triggeriq.payload import DECODER, check_depth
from triggeriq.values import JSON

MAX_MEMBERS = 1_000
"""The most members of an object that are kept until it is known whether it is an item itself."""


def utf8_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The stream's bytes as UTF-8, without a mark. Raises Unreadable where UTF-16 or 32 is broken; what is
    taken for UTF-8 is not checked."""
    head = b""
    while len(head) < 4 and (piece := stream.read(CHUNK)):
        head += piece
    mark, charset = next((row for row in BYTE_ORDER_MARKS if head.startswith(row[0])), (b"", "utf-8"))
    chunks = _chunks(head[len(mark) :], stream)
    return chunks if charset == "utf-8" else utf_8(chunks, charset)


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    if head:
        yield head
    while chunk := stream.read(CHUNK):
        yield chunk


_CUT = "the file ends here, before its end"


class _Cursor:
    """A position in a JSON text that comes in pieces. It holds one item and one piece at most."""

    def __init__(self, stream: BinaryIO) -> None:
        self._chunks = utf8_chunks(stream)
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text, self._at, self._ended = "", 0, False

    def _more(self) -> bool:
        if self._ended:
            return False
        chunk = next(self._chunks, b"")
        self._ended = not chunk
        try:
            self._text = self._text[self._at :] + self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise Unreadable("not UTF-8") from None
        self._at = 0
        return True

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, *expected: str) -> str:
        """The next character, which must be one of `expected`."""
        found = self.peek()
        if found not in expected or not found:
            wanted = " or ".join(expected)
            raise Unreadable(f"{wanted} is expected" if found else _CUT)
        self._at += 1
        return found

    def value(self) -> JSON:
        """The JSON value that begins here."""
        self.peek()
        while True:
            value: JSON
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > MAX_LINE:
                    raise Unreadable(f"not JSON, or longer than {MAX_LINE:,} characters") from None
                if not self._more():
                    ended = error.pos >= len(self._text) - 1 or error.msg.startswith("Unterminated")
                    raise Unreadable(_CUT if ended else "not JSON") from None
            except RecursionError:
                raise Unreadable("JSON nested too deep") from None
            else:
                if end < len(self._text):
                    self._at = end
                    return value
                if not self._more():  # a number may go on in the next piece, and something must follow
                    raise Unreadable(_CUT)


def json_items(
    stream: BinaryIO, key: str, alone: Collection[str] = (), also: Collection[str] = ()
) -> Iterator[JSON]:
    """The items of the array under `key` in a document `{"<key>": […], …}`, one by one.

    A bare array is read too, and so are several documents one behind the other (pages of an API). alone: an
    object without `key` that has one of these keys is an item itself. also: keys of further arrays whose
    items are wanted, in the order in which the document has them. Raises Unreadable, with the position, after
    the items that could be read: for a truncated file, a syntax error, an item longer than MAX_LINE.
    """
    cursor, count = _Cursor(stream), 0
    try:
        while True:
            for item in _document(cursor, key, alone, also):
                check_depth(item)
                yield item
                count += 1
            if not cursor.peek():
                return
    except Unreadable as error:
        raise Unreadable(f"{key}[{count}]: {error}") from None


def _document(cursor: _Cursor, key: str, alone: Collection[str], also: Collection[str]) -> Iterator[JSON]:
    if cursor.peek() == "[":
        yield from _array(cursor)
        return
    cursor.take("{")
    members: dict[Any, JSON] = {}
    found = False
    mark = cursor.take("}") if cursor.peek() == "}" else ","
    while mark != "}":
        name = cursor.value()
        cursor.take(":")
        if name == key and cursor.peek() == "[":
            found = True
            yield from _array(cursor)
        elif name == key:
            found = True
            yield cursor.value()
        elif name in also and cursor.peek() == "[":
            yield from _array(cursor)
        else:
            value = cursor.value()
            if alone and not found and len(members) < MAX_MEMBERS:
                members[str(name)] = value
        mark = cursor.take(",", "}")
    if not found and any(one in members for one in alone):
        yield members
    elif not found:
        raise Unreadable(f'there is no "{key}" in the document')


def _array(cursor: _Cursor) -> Iterator[JSON]:
    cursor.take("[")
    if cursor.peek() == "]":
        cursor.take("]")
        return
    mark = ","
    while mark == ",":
        yield cursor.value()
        mark = cursor.take(",", "]")
