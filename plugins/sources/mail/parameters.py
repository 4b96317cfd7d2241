"""Headers of the form `value; name=value`, such as Content-Type (RFC 2045, RFC 2231), however broken."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from plugins.sources.mail.encoded_words import read_words
from triggeriq.charsets import decoded

MAX_LENGTH = 10_000
"""Bytes of a header that are looked at."""

_PARAMETER = re.compile(
    rb"""[;\s]*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.){0,5000})"?|([^;]{0,5000}))""", re.DOTALL
)
_SECTION = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*)?")
_REMARK = re.compile(rb"""("(?:[^"\\]|\\.){0,5000}")|\([^()"]{0,1000}\)""", re.DOTALL)
_ESCAPED = re.compile(rb"""\\(["\\])""")
"""Nothing else is escaped: Windows' clients write paths as they are, `C:\\temp\\list.pdf`."""
_WHOLE = -1
"""The number of a value that is in no section. One in sections is preferred: some clients write both, the
first for those that do not know RFC 2231."""
_SPACED = re.compile(rb"\s[^\s=]{1,50}=")


class Structured(NamedTuple):
    """A header's value, in small letters, and its parameters by name in small letters, for people: decoded,
    with those put together that were cut into sections."""

    value: str
    parameters: dict[str, str]


def structured(header: bytes) -> Structured:
    """Takes anything, and never raises. Of parameters with one name the first counts."""
    if not header:
        return Structured("", {})
    header = header[:MAX_LENGTH]
    if b"(" in header:
        header = _REMARK.sub(lambda found: found[1] or b" ", header)
    value = re.match(rb"[^;]*", header)
    assert value
    first, behind = value[0], value.end()
    if spaced := _SPACED.search(first):  # a missing semicolon
        first, behind = first[: spaced.start()], spaced.start()
    sections: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for found in _PARAMETER.finditer(header, behind):
        named = _SECTION.fullmatch(found[1].decode("latin-1").lower())
        if named:
            text = _ESCAPED.sub(rb"\1", found[2]) if found[2] else (found[3] or b"").strip()
            extended = named[3] is not None
            number = int(named[2]) if named[2] else 0 if extended else _WHOLE
            sections.setdefault(named[1], {}).setdefault(number, (text, extended))
    return Structured(
        "".join(first.decode("latin-1").lower().split()).strip("\"'"),
        {name: _joined(parts) for name, parts in sections.items()},
    )


def _joined(sections: dict[int, tuple[bytes, bool]]) -> str:
    pieces = [sections[number] for number in sorted(sections.keys() - {_WHOLE})] or [sections[_WHOLE]]
    if not any(extended for _, extended in pieces):
        joined = b"".join(piece for piece, _ in pieces)
        plain = (
            joined.isascii() and b"?=" not in joined and b"\n" not in joined
        )  # a boundary may end in spaces
        return joined.decode("ascii") if plain else read_words(joined)
    charset = b""
    first, extended = pieces[0]
    if extended and first.count(b"'") >= 2:
        charset, _, first = first.split(b"'", 2)
        pieces[0] = first, extended
    payload = b"".join(unquote_to_bytes(piece) if extended else piece for piece, extended in pieces)
    return " ".join(decoded(payload, charset.decode("latin-1")).split())
