"""A mail's bytes as the tree of its parts (RFC 2046), whatever its boundaries are like.

Parts are places in the mail's bytes, not copies. A multipart is split by its own boundary before its parts
are, so that a part whose end is missing ends where its multipart says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice

from plugins.sources.mail.headers import Headers
from plugins.sources.mail.parameters import Structured, structured
from plugins.sources.mail.transfer import transferred

MAX_PARTS = 1_000
MAX_COUNTED = 100_000
"""Parts of one multipart that are counted, though not looked at."""
MAX_NESTING = 50

_BLANK = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+\r*+\n)*+")
_SOME_BOUNDARY = re.compile(rb"^--([^\s][^\r\n]{0,200}?)[ \t]*\r*\n(?=content-[a-z-]+[ \t]*:)", re.I | re.M)
_DAMAGED = re.compile(rb"\s*(?:[^\n]{1,200}\n)?(?=content-[a-z-]{1,50}[ \t]*:)", re.IGNORECASE)
_KIND = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")


@dataclass(eq=False)
class Part:
    """A mail, or one of its parts."""

    headers: Headers
    raw: bytes = field(repr=False)
    start: int
    """Where its body begins in `raw`."""
    end: int
    usual: str = "text/plain"
    """Its type where it names none."""
    children: list[Part] = field(default_factory=list)
    epilogue: int | None = None
    """Where a part begins behind its last one; it belongs to the multipart that this one is in."""
    left_out: int = 0
    """Parts, its own and those of its parts, that were not looked at, for there were too many."""

    @cached_property
    def kind(self) -> str:
        """Its media type, in small letters."""
        value = self._content_type.value
        if _KIND.fullmatch(value):
            return value
        return "text/plain" if value.startswith("text") else self.usual

    @property
    def parameters(self) -> dict[str, str]:
        """Those of its Content-Type."""
        return self._content_type.parameters

    @property
    def charset(self) -> str:
        """As its Content-Type names it; empty where it does not."""
        return self.parameters.get("charset", "")

    @cached_property
    def _content_type(self) -> Structured:
        return structured(self.headers.bytes("content-type"))

    @cached_property
    def disposition(self) -> Structured:
        return structured(self.headers.bytes("content-disposition"))

    @cached_property
    def name(self) -> str:
        """Its file's name as it came; empty where it has none."""
        return self.disposition.parameters.get("filename") or self.parameters.get("name") or ""

    @cached_property
    def content(self) -> bytes:
        """Its body, freed of its transfer encoding."""
        return transferred(self.body, self.encoding)

    @property
    def body(self) -> bytes:
        """Its body as it came."""
        return self.raw[self.start : self.end]

    @cached_property
    def encoding(self) -> str:
        """Its transfer encoding, in small letters and digits."""
        return re.sub("[^a-z0-9]", "", structured(self.headers.bytes("content-transfer-encoding")).value)


def parse(raw: bytes) -> Part:
    """The mail in `raw`. Takes anything, and never raises."""
    blank = _BLANK.match(raw)
    tree = _Tree()
    mail = tree.part(raw, blank.end() if blank else 0, len(raw), "text/plain", MAX_NESTING)
    if mail.epilogue is not None:
        mail.children.append(tree.part(mail.raw, mail.epilogue, mail.end, "text/plain", MAX_NESTING))
    return mail


class _Tree:
    """Parts of one mail, which are counted."""

    def __init__(self) -> None:
        self._left = MAX_PARTS

    def part(self, raw: bytes, start: int, end: int, usual: str, depth: int) -> Part:
        headers = Headers(raw, start, end)
        part = Part(headers, raw, headers.end, end, usual)
        if part.kind.startswith("multipart/") and depth:
            self._split(part, depth - 1)
        return part

    def _split(self, part: Part, depth: int) -> None:
        usual = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
        for start, end in islice(_inner(part), MAX_COUNTED):
            if self._left <= 0:
                part.left_out += 1
                continue
            self._left -= 1
            child = self.part(part.raw, start, end, usual, depth)
            part.children.append(child)
            part.left_out += child.left_out
            if child.epilogue is not None:
                part.children.append(self.part(child.raw, child.epilogue, child.end, usual, depth))
        _take_in(part)


def _take_in(part: Part) -> None:
    """Gives alternatives that bear the boundary of the multipart around them, as scripts write it, the parts
    behind them."""
    for place, child in enumerate(part.children):
        same = child.parameters.get("boundary") == part.parameters.get("boundary")
        if same and child.kind == "multipart/alternative" and not child.children:
            child.children = part.children[place + 1 :]
            del part.children[place + 1 :]
            return


def _inner(part: Part) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart stand."""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "replace")
    for _ in range(2):
        places = _places(part, boundary) if boundary else iter(())
        if first := next(places, None):
            return chain((first,), places)
        if guessed := _SOME_BOUNDARY.search(part.raw, part.start, part.end):
            return _places(part, guessed[1])
        content = part.content
        if len(content) == part.end - part.start:
            break
        part.raw, part.start, part.end = content, 0, len(content)  # a multipart in base64, against the rule
    return iter(())


def _places(part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
    delimiter = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*\r*(?:\n|\Z)")
    start = None
    for found in delimiter.finditer(part.raw, part.start, part.end):
        place = found.start()
        if place > part.start and part.raw[place - 1] != 0x0A:
            continue
        if start is None:
            start = _behind_damage(part.raw, part.start, place)
        if start is not None:
            yield start, max(start, _before_line_end(part.raw, place))
        start = found.end()
        if found[1]:
            part.epilogue = _behind_damage(part.raw, start, part.end)
            return
    if start is not None and start < part.end:
        yield start, part.end


def _behind_damage(raw: bytes, start: int, end: int) -> int | None:
    """Where a part begins whose delimiter is damaged, in what would be a preamble or an epilogue."""
    damaged = _DAMAGED.match(raw, start, end)
    return damaged.end() if damaged else None


def _before_line_end(raw: bytes, place: int) -> int:
    """`place` less the line end before it, which belongs to the delimiter."""
    if raw[place - 1 : place] == b"\n":
        place -= 1
        while raw[place - 1 : place] == b"\r":
            place -= 1
    return place
