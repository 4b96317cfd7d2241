"""Text from bytes whose charset was named by a stranger."""

from __future__ import annotations

_UNSAFE_CODECS = frozenset(("unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined"))
"""Codecs of Python that are no charset of a text: they run long, warn, or take escapes for commands."""
_WIDER = {
    # What senders call a charset, and what they mean: its superset, or a name that Python knows.
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
}


def decoded(payload: bytes, *named: str) -> str:
    """The text of `payload`, by the first of the charsets `named` that fits, else by UTF-8 or Windows-1252.
    Never raises."""
    for name in (*named, "utf-8"):
        charset = _WIDER.get(name.lower(), name.lower())
        if charset and charset.replace("-", "_") not in _UNSAFE_CODECS:
            try:
                return payload.decode(charset)
            except (LookupError, ValueError):
                continue
    return payload.decode("cp1252", "replace")
