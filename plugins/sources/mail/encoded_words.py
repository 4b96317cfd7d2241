"""Encoded words of a header (RFC 2047, with the language of RFC 2231), as people's clients write them.

Words that follow each other in one charset are one text: some clients cut between the bytes of a character,
some even within base64's groups of four. Spaces and question marks within a word are taken as they stand.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from triggeriq.charsets import decoded

_WORD = re.compile(
    rb"=\?([!-)+->@-~]{1,100})(?:\*[!->@-~]{0,50})?\?([bBqQ])\?((?:[^?=\n]|\?(?!=)|=(?!\?(?!=))|\n[ \t])*)\?="
)
_ESCAPE = re.compile(rb"=([0-9a-fA-F]{2})")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def read_words(value: bytes, charset: str = "") -> str:
    """The text of a header's bytes: encoded words decoded, white space folded. Bytes above ASCII outside of
    words are UTF-8, else of `charset`. Takes anything, and never raises."""
    pieces: list[str] = []
    run: list[re.Match[bytes]] = []
    behind = 0
    for word in _WORD.finditer(value):
        between = value[behind : word.start()]
        if run and between.strip():
            pieces.extend(_text_of(run))
            run.clear()
        if between.strip() or not run:
            pieces.append(readable(between, charset))
        run.append(word)
        behind = word.end()
    pieces.extend(_text_of(run))
    pieces.append(readable(value[behind:], charset))
    return " ".join("".join(pieces).split())


def readable(value: bytes, charset: str) -> str:
    """Bytes outside of encoded words."""
    return value.decode("ascii") if value.isascii() else decoded(value, "utf-8", charset)


def _text_of(run: list[re.Match[bytes]]) -> Iterator[str]:
    """The text of words that only white space parts, decoded together as long as they share a charset."""
    while run:
        charset = run[0][1].lower()
        same = next((n for n, word in enumerate(run) if word[1].lower() != charset), len(run))
        yield decoded(_payload(run[:same]), charset.decode("ascii"))
        del run[:same]


def _payload(words: list[re.Match[bytes]]) -> bytes:
    payload = bytearray()
    base64 = b""
    for word in words:
        if word[2] in b"bB":
            base64 += _NO_BASE64.sub(b"", word[3])
            if len(base64) % 4 and b"=" not in word[3]:
                continue  # cut within a group: the next word goes on with it
            payload += from_base64(base64)
        else:
            payload += from_base64(base64) + _from_q(word[3])
        base64 = b""
    return bytes(payload + from_base64(base64))


def from_base64(letters: bytes) -> bytes:
    """The bytes of base64 without padding, as far as there are whole ones."""
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _from_q(letters: bytes) -> bytes:
    return _ESCAPE.sub(lambda escape: bytes((int(escape[1], 16),)), letters.replace(b"_", b" "))
