"""The Atom of the feed, read forward in flat memory into entries as its JSON has them.

A document type is refused: with it an XML text may grow without bound, or name other files, and no feed has
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from plugins.sources.itunes_parts.feed import country_of
from triggeriq.errors import Unreadable
from triggeriq.lines import CHUNK, MAX_LINE
from triggeriq.values import JSON

_ATOM, _ITUNES = "http://www.w3.org/2005/Atom", "http://itunes.apple.com/rss"
_MAX_DEPTH = 20
_MANY = 1_000
"""The most elements of an entry."""


def entries(stream: BinaryIO) -> Iterator[tuple[int, tuple[JSON, str] | None]]:
    """Each entry with its number from 1, and the country of its feed. None between two pieces of the file.
    Raises Unreadable where the file is no XML from there on, has a document type, or an entry that is longer
    than MAX_LINE."""
    reader = _Reader()
    read = 0
    while True:
        piece = stream.read(CHUNK)
        read += len(piece)
        try:
            reader.parser.Parse(piece, not piece)
        except expat.ExpatError as error:
            yield from reader.taken()
            raise Unreadable(
                f"line {error.lineno}: not XML, or cut off ({expat.ErrorString(error.code)})"
            ) from None
        except (LookupError, UnicodeError, ValueError):
            yield from reader.taken()
            raise Unreadable("the charset that the XML names can't be read") from None
        yield from reader.taken()
        if not piece:
            return
        if read - max(reader.parser.CurrentByteIndex, 0) > MAX_LINE + CHUNK:
            raise Unreadable(f"entry[{reader.count}]: longer than {MAX_LINE:,} bytes")
        yield reader.count, None


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._said
        self.count = 0
        self._made: list[tuple[int, tuple[JSON, str]]] = []
        self._path: list[str] = []
        self._feed: dict[str, JSON] = {}
        self._held: list[dict[str, JSON]] = []
        """The entry that is being read, and the elements within it that are open."""
        self._words: list[str] = []
        self._size = self._elements = 0

    def taken(self) -> Iterator[tuple[int, tuple[JSON, str]]]:
        """The entries that were read since the last call."""
        made, self._made = self._made, []
        yield from made

    def _doctype(self, *_: object) -> None:
        raise Unreadable("a document type (DOCTYPE) in the XML, which no feed has")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = _short(name)
        self._path.append(name)
        if len(self._path) > _MAX_DEPTH:
            raise Unreadable(f"entry[{self.count}]: XML nested deeper than {_MAX_DEPTH} levels")
        if len(self._path) == 1 and name != "feed":
            raise Unreadable(f"this is no Atom feed: its first element is {name[:50]!r}")
        self._words = []
        if self._path[1:] == ["entry"]:
            self._held, self._size, self._elements = [{}], 0, 0
        elif self._held:
            self._elements += 1
            self._grow(sum(map(len, attributes.values())))
            held: dict[str, JSON] = {"attributes": dict(attributes)} if attributes else {}
            self._held.append(held)

    def _said(self, words: str) -> None:
        if self._held or self._path[1:] in (["id"], ["author", "uri"]):
            self._grow(len(words))
            self._words.append(words)

    def _grow(self, size: int) -> None:
        self._size += size
        if self._size > MAX_LINE or self._elements > _MANY:
            raise Unreadable(
                f"entry[{self.count}]: longer than {MAX_LINE:,} characters or {_MANY:,} elements"
            )

    def _end(self, name: str) -> None:
        words, self._words = "".join(self._words), []
        path, name = self._path[1:], self._path.pop()
        if len(self._held) > 1:
            element = self._held.pop()
            if words.strip():
                element["label"] = words
            _add(self._held[-1], name, element)
        elif self._held:
            self.count += 1
            self._made.append((self.count, (self._held.pop(), country_of(self._feed))))
        elif path in (["id"], ["author", "uri"]):
            self._size = 0
            holder: dict[str, JSON] = self._feed
            if len(path) == 2:
                holder = {}
                self._feed["author"] = holder
            holder[name] = {"label": words}


def _short(name: str) -> str:
    """A name as the JSON has it: without a prefix where it is Atom's own, and `im:` before Apple's."""
    space, _, own = name.rpartition(" ")
    return own if space in (_ATOM, "") else f"im:{own}" if space == _ITUNES else f"other:{own}"


def _add(holder: dict[str, JSON], name: str, element: JSON) -> None:
    """The second of a name makes an array of both."""
    before = holder.get(name)
    if name not in holder:
        holder[name] = element
    elif isinstance(before, list):
        before.append(element)
    else:
        holder[name] = [before, element]
