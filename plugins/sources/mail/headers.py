"""The headers of a mail or of one of its parts, read whatever is broken in them, in time that grows with
their length only.

Python's own reader is not used: its time grows with the square of a header's length, it raises a dozen kinds
of errors, and it takes an address out of a name (docs/mail.md has the figures).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from plugins.sources.mail.addresses import Address, mailboxes
from plugins.sources.mail.encoded_words import read_words, readable
from triggeriq.payload import identifier, moment

MAX_FIELDS = 5_000
"""Headers that are looked at; the largest real mails have some hundred."""
MAX_FIELD = 100_000
"""Bytes of a header that are looked at."""
_MAX_IDS = 1_000
_MAX_DATE = 200

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)\n?")
_GOES_ON = re.compile(rb"(?:[ \t][^\n]*\n){0,5}[!-9;-~]{1,200}[ \t]*:")
_BLANK = re.compile(rb"\n[ \t]*\r*\n")
_LINE = re.compile(rb"[^\n]*\n?")
_ID = re.compile(r"<([^<>\s]+@[^<>\s@]+)>")


class Headers:
    """Header fields by name, in whatever case: the first of a name, or all. What is absent reads as empty."""

    end: int
    """Where the body begins."""

    def __init__(self, entity: bytes = b"", start: int = 0, end: int | None = None) -> None:
        """Reads those of the mail, or of its part, that stands in `entity` from `start` to `end`."""
        fields, self.end = _split(entity, start, len(entity) if end is None else end)
        self._fields: dict[str, list[bytes]] = {}
        self._addresses: dict[str, list[Address]] = {}
        for name, value in fields:
            self._fields.setdefault(name, []).append(value)

    def has(self, name: str) -> bool:
        return name.lower() in self._fields

    def bytes(self, name: str) -> bytes:
        """The first header of this name as it came, folded; empty where there is none."""
        return self._fields.get(name.lower(), [b""])[0]

    def raw(self, name: str) -> str:
        """The first header of this name, unfolded; encoded words stay encoded."""
        return _unfolded(self.bytes(name))

    def all(self, name: str) -> list[str]:
        """As `raw`, for each header of this name, in their order."""
        return [_unfolded(value) for value in self._fields.get(name.lower(), ())]

    def text(self, name: str) -> str:
        """The first header of this name, for people: unfolded, its encoded words decoded (RFC 2047)."""
        return read_words(self.bytes(name), self._charset())

    def addresses(self, name: str) -> list[Address]:
        """The mailboxes in all headers of this name, as far as the first MAX_FIELD bytes of them go; those
        within a group too."""
        key = name.lower()
        if key not in self._addresses:
            found, left, charset = list[Address](), MAX_FIELD, self._charset()
            for value in self._fields.get(key, ()):
                found += mailboxes(value[:left], charset)
                left -= len(value)
                if left <= 0:
                    break
            self._addresses[key] = found
        return self._addresses[key]

    def ids(self, name: str) -> list[str]:
        """The message ids in all headers of this name, without their brackets; only well-formed ones, for
        mails of strangers must not meet at a `<>` or at a word. A very long id is replaced by its digest."""
        found = [one for value in self.all(name) for one in _ID.findall(value)]
        return [known for one in found[-_MAX_IDS:] if (known := identifier(one))]

    def date(self) -> datetime | None:
        """When it was written, in UTC, by the header Date; where that is no date, or one that only a broken
        clock gives, when its last server received it."""
        return _moment(self.raw("date")) or _moment(self.raw("received").rpartition(";")[2])

    def _charset(self) -> str:
        """What unencoded bytes above ASCII may be written in, where they are no UTF-8: as the body."""
        found = re.search(rb"charset\s*=\s*[\"']?([\w.:-]{1,60})", self.bytes("content-type")[:1_000], re.I)
        return found[1].decode("ascii", "replace") if found else ""


def _split(entity: bytes, start: int, end: int) -> tuple[list[tuple[str, bytes]], int]:
    """The header fields (name in small letters, value folded), and the place where the body begins.

    Headers end at an empty line. A line that is no header and no continuation is taken as a fold that lost
    its indent where a header follows it, else as the body's first line. The line with which mailboxes part
    mails ("From ina@cust.example Tue …") is left out.
    """
    fields: list[tuple[str, bytes]] = []
    place = start
    while place < end:
        if len(fields) == MAX_FIELDS:
            blank = _BLANK.search(entity, place - 1, end)
            return fields, blank.end() if blank else end
        field = _FIELD.match(entity, place, end)
        if field:
            fields.append((field[1].decode("ascii").lower(), field[2][:MAX_FIELD]))
            place = field.end()
            continue
        line = _LINE.match(entity, place, end)
        assert line
        if not line[0].strip():
            return fields, line.end()
        if fields and not line[0].startswith(b"--") and _GOES_ON.match(entity, line.end(), end):
            name, value = fields[-1]
            fields[-1] = name, (value + b"\n " + line[0])[:MAX_FIELD]
        elif place > start or not line[0].startswith((b"From ", b">From ")):
            return fields, place
        place = line.end()
    return fields, end


def _unfolded(value: bytes) -> str:
    return " ".join(readable(value, "").split())


def _moment(value: str) -> datetime | None:
    value = value.strip()[:_MAX_DATE]
    return moment(value) or moment(_by_rfc_5322(value))


def _by_rfc_5322(value: str) -> str:
    """By the library's reader, which takes some dates that are odd in other ways: "" where it is none."""
    try:
        found = parsedate_to_datetime(value)
        return found.replace(tzinfo=found.tzinfo or UTC).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""
