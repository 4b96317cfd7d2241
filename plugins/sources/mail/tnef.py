"""Outlook's `winmail.dat`: a letter and its files in TNEF, which Exchange sends to whom it takes for Outlook.
https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxtnef/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from plugins.sources.mail.files import file, type_of
from triggeriq import AttachedFile
from triggeriq.charsets import decoded
from triggeriq.markup import text_of

_SIGNATURE = b"\x78\x9f\x3e\x22"
_MAX_ATTRIBUTES = 10_000
_MAX_PROPERTIES = 2_000
_MAX_FILES = 100

# Attributes: 2.1.3.2 of MS-OXTNEF
_BODY, _PROPERTIES, _CODE_PAGE = 0x0002800C, 0x00069003, 0x00069007
_FILE_BEGINS, _FILE_TITLE, _FILE_CONTENT, _FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
# Properties: MS-OXPROPS
_PR_BODY, _PR_HTML, _PR_FILE_NAME, _PR_LONG_FILE_NAME, _PR_FILE_TYPE, _PR_FILE_CONTENT = (
    0x1000,
    0x1013,
    0x3704,
    0x3707,
    0x370E,
    0x3701,
)
_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
"""Bytes of a value, by its type; each is filled up to four."""
_STRING, _UNICODE = 0x1E, 0x1F
_NAMED, _MULTIPLE = 0x8000, 0x1000


class Tnef(NamedTuple):
    """What was in it. Either may be empty: a letter in compressed RTF alone is not read."""

    text: str
    files: list[AttachedFile]


def opened(content: bytes) -> Tnef:
    """Takes any bytes, and never raises: what is damaged is read up to there."""
    text, files = "", list[AttachedFile]()
    charset = "windows-1252"
    name = kind = ""
    body: bytes | None = None
    for attribute, data in _attributes(content):
        if attribute in (_FILE_BEGINS, -1):
            if body is not None and len(files) < _MAX_FILES:
                files.append(file(name, kind or type_of(name), body))
            name, kind, body = "", "", None
        elif attribute == _CODE_PAGE and len(data) >= 4:
            charset = f"cp{int.from_bytes(data[:4], 'little')}"
        elif attribute == _BODY:
            text = text or _text(data, charset)
        elif attribute == _FILE_TITLE:
            name = name or _text(data, charset)
        elif attribute == _FILE_CONTENT:
            body = data
        elif attribute == _PROPERTIES:
            known = dict(_properties(data, charset))
            text = _said(known.get(_PR_BODY)) or text or text_of(_said(known.get(_PR_HTML)))
        elif attribute == _FILE_PROPERTIES:
            known = dict(_properties(data, charset))
            name = _said(known.get(_PR_LONG_FILE_NAME)) or name or _said(known.get(_PR_FILE_NAME))
            kind = _said(known.get(_PR_FILE_TYPE))
            found = known.get(_PR_FILE_CONTENT)
            body = found if body is None and isinstance(found, bytes) else body
    return Tnef(text.replace("\r\n", "\n").strip(), files)


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each attribute's number and data, and (-1, b"") at the end."""
    place = 6
    for _ in range(_MAX_ATTRIBUTES if content.startswith(_SIGNATURE) else 0):
        if place + 9 > len(content):
            break
        _, attribute, length = struct.unpack_from("<BII", content, place)
        place += 9
        if length > len(content) - place:
            break
        yield attribute, content[place : place + length]
        place += length + 2  # a checksum
    yield -1, b""


def _properties(data: bytes, charset: str) -> Iterator[tuple[int, str | bytes]]:
    """The numbers and values of those properties that are texts or bytes."""
    try:
        yield from _each_property(data, charset)
    except (struct.error, IndexError):
        return


def _each_property(data: bytes, charset: str) -> Iterator[tuple[int, str | bytes]]:
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _ in range(min(count, _MAX_PROPERTIES)):
        kind, number = struct.unpack_from("<HH", data, place)
        place += 4
        if number >= _NAMED:
            place += 16
            by_name, length = struct.unpack_from("<II", data, place)
            place += 8 + (_filled(length) if by_name else 0)
        values = 1
        single = kind & ~_MULTIPLE
        if kind & _MULTIPLE or single not in _FIXED:
            (values,) = struct.unpack_from("<I", data, place)
            place += 4
        for _ in range(min(values, _MAX_PROPERTIES)):
            length = _FIXED.get(single, -1)
            if length < 0:
                (length,) = struct.unpack_from("<I", data, place)
                place += 4
                value = data[place : place + length]
                if single == _UNICODE:
                    yield number, _text(value, "utf-16-le")
                else:
                    yield number, _text(value, charset) if single == _STRING else value
            place += _filled(length)


def _filled(length: int) -> int:
    return (length + 3) // 4 * 4


def _text(value: bytes, charset: str) -> str:
    return decoded(value, charset).split("\0", 1)[0]


def _said(value: str | bytes | None) -> str:
    return decoded(value) if isinstance(value, bytes) else value or ""
