"""Bytes out of a transfer encoding (RFC 2045), damaged or not: what can be read is kept."""

from __future__ import annotations

import binascii
import re
from itertools import islice

_PADDING = re.compile(rb"=+")
_MAX_PADDING = 2_000
"""Signs of padding within base64, as where several pieces stand one behind the other; more are damage."""
_MAX_LINES = 1_000_000
"""Lines of uuencode; SES's longest mail has fewer full ones."""
_MAX_WORDS = 10_000
"""Lines of several words within base64 that are looked at."""
_LETTERS = re.compile(rb"[A-Za-z0-9+/]+=*")
_NO_LETTERS = bytes(byte for byte in range(256) if not re.match(rb"[A-Za-z0-9+/=]", bytes((byte,))))
_PADDED = re.compile(rb"[ \t]*[A-Za-z0-9+/]+=+[ \t]*")
_WORDS = re.compile(rb"^[ \t]*\S+[ \t]+\S.*$", re.MULTILINE)
_LINE = re.compile(rb"[^\r\n]+")
_SOFT = re.compile(rb"=[ \t]+(\r?\n)")
_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]{1,500}\r?\n", re.MULTILINE)
_END = re.compile(rb"^end[ \t]*\r?$", re.MULTILINE)


def transferred(body: bytes, name: str) -> bytes:
    """`body` as it was before its encoding, named in small letters and digits; a name that nobody knows means
    none. Words that stand within base64 are kept, such as what a mailing list puts below."""
    if name == "base64":
        return _from_base64_and_words(body)
    if name == "quotedprintable":
        return binascii.a2b_qp(_SOFT.sub(rb"=\1", body))
    if name in ("xuuencode", "uuencode", "xuue", "uue"):
        return from_uuencode(body)
    return body


def from_base64(body: bytes) -> bytes:
    """The bytes of base64, of several one behind the other too, without what stands between its letters."""
    letters = body.translate(None, _NO_LETTERS)
    if len(letters) % 4:
        first = len(body.partition(b"\n")[0].translate(None, _NO_LETTERS))
        if first < len(letters) and (len(letters) - first) % 4 == 0:
            letters = letters[first:]  # a damaged line before it, which would shift all
    letters = letters.rstrip(b"=")
    if not 0 < letters.count(b"=") <= _MAX_PADDING:
        return _whole_groups(letters.replace(b"=", b""))
    return b"".join(map(_whole_groups, _PADDING.split(letters)))


def _from_base64_and_words(body: bytes) -> bytes:
    words = _words_start(body)
    if words is None:
        return from_base64(body)
    encoded = body[:words].rstrip(_NO_LETTERS)
    if not encoded:
        return body
    line_end = body.find(b"\n", len(encoded), words)
    return from_base64(encoded) + b"\n" + body[words if line_end < 0 else line_end + 1 :]


def _words_start(body: bytes) -> int | None:
    """Where words begin that can't be base64: in a line of several, at its start or behind its padding."""
    if b" " not in body and b"\t" not in body:  # so is nearly all base64, and it may be tens of megabytes
        return None
    for line in islice(_WORDS.finditer(body), _MAX_WORDS):
        if any(len(word) % 4 or not _LETTERS.fullmatch(word) for word in line[0].split()):
            padded = _PADDED.match(line[0])
            return line.start() + (padded.end() if padded else 0)
    return None


def _whole_groups(letters: bytes) -> bytes:
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def from_uuencode(body: bytes) -> bytes:
    begin = _BEGIN.search(body)
    lines = body[begin.end() :] if begin else body
    end = _END.search(lines)
    return from_uuencode_lines(lines[: end.start()] if end else lines)


def from_uuencode_lines(lines: bytes) -> bytes:
    """The bytes of what stands between `begin` and `end`."""
    return b"".join(_uu_line(line[0]) for line in islice(_LINE.finditer(lines), _MAX_LINES))


def _uu_line(line: bytes) -> bytes:
    for one in (
        line,
        line[: (((line[0] - 32) & 63) * 4 + 5) // 3] if line else b"",
    ):  # some clients pad too much
        try:
            return binascii.a2b_uu(one)[: len(line)]  # a line may claim more than it has
        except binascii.Error:
            continue
    return b""
