"""Mailboxes out of a header such as From, as people's clients write them.

RFC 5322's grammar, and what breaks it: a comma in a name without quotes (`Lund, Ina <ina@cust.example>`), a
missing or doubled bracket, `address (Name)`, a name behind the address. Encoded words are decoded after the
header is taken apart, so that nothing in a name is taken for the address.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from plugins.sources.mail.encoded_words import read_words

MAX_MAILBOXES = 1_000

_WORD = re.compile(rb"""=\?[^?\s]{1,100}\?[bBqQ]\?[^?\r\n]{0,1000}\?=|[^\s"<(),;:]+|\s+|.""", re.DOTALL)
_QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"(@[^\s"<(),;:]+)?', re.DOTALL)
_ANGLE = re.compile(rb"<([^<>]*)>?")
_PAREN = re.compile(rb"\\.|[()]", re.DOTALL)
_ADDRESS = re.compile(
    r"""((?:[^\s<>()\[\],;:"@]{1,256}|"[^"]{1,256}")@(?:[^\s<>()\[\],;:"'@]{1,255}|\[[^\s\[\]]{1,255}\]))"""
)
_ROUTE = re.compile(r"(?:mailto:|@[^:@]{1,255}(?:,\s*@[^:@]{1,255})*:)", re.IGNORECASE)
_BEFORE = re.compile(r"[\[<(]?(?:mailto:)?$", re.IGNORECASE)
_REMARK = re.compile(r"\([^()]{0,500}\)|\s")


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox. Either is empty where the header does not tell it."""

    name: str
    address: str


@dataclass(slots=True)
class _Box:
    """A mailbox while its header is read."""

    phrase: list[bytes] = field(default_factory=list)
    remarks: list[bytes] = field(default_factory=list)
    address: str = ""
    named: int = 0
    """How much of its phrase stands before its address."""
    comma: bool = False
    """It ended at a comma, which may belong to a name."""

    def read(self, charset: str) -> Address:
        name = read_words(b"".join(self.phrase), charset)
        address = self.address
        if not address and (bare := _last(name)):
            address = bare[1]
            before = _BEFORE.sub("", name[: bare.start()])
            name = " ".join((before + name[bare.end() :]).split()).strip("[]<>'\" ")
        return Address(name or read_words(b" ".join(self.remarks), charset), address)


def mailboxes(value: bytes, charset: str = "") -> list[Address]:
    """The mailboxes in a header's bytes, those within groups too, at most MAX_MAILBOXES. Takes anything,
    and never raises."""
    found: list[Address] = []
    surname: list[str] = []
    for box in _boxes(value):
        read = box.read(charset)
        if box.comma and not read.address and read.name:
            surname.append(read.name)  # of "Lund, Ina <ina@cust.example>"
            continue
        if surname and box.address and read.name:
            read = Address(", ".join((*surname, read.name)), read.address)
        else:
            found.extend(Address(name, "") for name in surname)
        surname.clear()
        if read.name or read.address:
            found.append(read)
        if len(found) >= MAX_MAILBOXES:
            break
    found.extend(Address(name, "") for name in surname)
    return found[:MAX_MAILBOXES]


def _boxes(value: bytes) -> Iterator[_Box]:
    box = _Box()
    for kind, piece in _tokens(value):
        if kind == "remark":
            box.remarks.append(piece)
        elif kind == "angle":
            address = _address(piece)
            if not address:
                box.phrase.append(piece)
            elif box.address:
                following = _Box(phrase=box.phrase[box.named :], address=address)
                del box.phrase[box.named :]
                yield box
                box = following
            else:
                box.address, box.named = address, len(box.phrase)
        elif kind == "quoted" or piece not in (b",", b";", b":", b">"):
            box.phrase.append(piece)
        elif piece in (b",", b";"):
            box.comma = piece == b","
            yield box
            box = _Box()
        elif piece == b":" and b"".join(box.phrase[-1:]).lower().endswith(b"mailto"):
            box.phrase.append(piece)
        elif piece == b":":
            box = _Box()  # a group begins, or a second "From:"
    yield box


def _tokens(value: bytes) -> Iterator[tuple[str, bytes]]:
    """Parts of a header: "quoted" and "remark" without their signs, "angle" without its brackets, and "word"
    for all else."""
    place, quotes, remarks = 0, True, True
    while place < len(value):
        sign = value[place : place + 1]
        if sign == b'"' and quotes:
            quoted = _QUOTED.match(value, place)
            if quoted and quoted[2]:
                yield "word", quoted[0]
            elif quoted:
                yield "quoted", re.sub(rb"\\(.)", rb"\1", quoted[1], flags=re.DOTALL)
            place, quotes = (quoted.end(), True) if quoted else (place + 1, False)
        elif sign == b"(" and remarks:
            end = _remark_end(value, place)
            if end:
                yield "remark", value[place + 1 : end - 1]
            place, remarks = (end, True) if end else (place + 1, False)
        elif sign == b"<" and (angle := _ANGLE.match(value, place)):
            yield "angle", angle[1]
            place = angle.end()
        elif word := _WORD.match(value, place):
            yield "word", word[0]
            place = word.end()


def _remark_end(value: bytes, start: int) -> int:
    """The place behind the bracket that closes the one at `start`; 0 where none does."""
    depth = 0
    for sign in _PAREN.finditer(value, start):
        depth += {b"(": 1, b")": -1}.get(sign[0], 0)
        if not depth:
            return sign.end()
    return 0


def _address(inner: bytes) -> str:
    """The address within angle brackets."""
    text = _ROUTE.sub("", read_words(inner), count=1)
    found = _ADDRESS.search(text) or _ADDRESS.search(_REMARK.sub("", text).strip("\"'"))
    return found[1] if found else ""


def _last(name: str) -> re.Match[str] | None:
    """The last address in a text without brackets."""
    found = deque(_ADDRESS.finditer(name), maxlen=1)
    return found[0] if found else None
