"""The attributes of CloudEvents 1.0: how each is written, and in which bounds we take it.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_NAME = re.compile("[a-z0-9]{1,20}")
_URI_CHARACTERS = r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}"  # noqa: S105 - what RFC 9110 calls a token
FORMS = {
    "specversion": (re.compile(r"1\.0"), 'is "1.0"'),
    "id": (re.compile("[A-Za-z0-9_:-]{1,200}"), "is 1 to 200 characters of A-Z a-z 0-9 _ : -"),
    "type": (re.compile("[A-Za-z0-9_.:/-]{1,128}"), "is 1 to 128 characters of A-Z a-z 0-9 _ . : / -"),
    "source": (re.compile(rf"{_URI_CHARACTERS}{{1,1000}}"), "is a URI reference of at most 1,000 characters"),
    "dataschema": (
        re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_URI_CHARACTERS}{{1,1000}}"),
        "is an absolute URI of at most 1,000 characters",
    ),
    "datacontenttype": (
        re.compile(rf"{_TOKEN}/{_TOKEN}(?:[ \t]*;[ -~\t]{{0,200}})?"),
        "is a media type such as application/json",
    ),
}
"""What all of an attribute's text matches, and that in words. An id has no ".": a delivery is signed over its
id, its time and its body with dots between them."""
TEXT_MOST = 1_000
_NO_TEXT = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
"""Characters that CloudEvents allow in no attribute: controls, halves of surrogate pairs, noncharacters."""
_TEXT = f"is a text of 1 to {TEXT_MOST:,} characters, without control characters"
_INTEGERS = range(-(2**31), 2**31)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):([0-5]\d|60)(\.\d{1,30})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)


def fault(name: str, value: Any) -> str | None:
    """What an attribute should be, if it is not that."""
    if name in FORMS:
        form, words = FORMS[name]
        return None if isinstance(value, str) and form.fullmatch(value) else words
    if name == "time":
        return None if read_time(value) else "is a time by RFC 3339, such as 2024-05-01T12:00:00Z"
    if name == "subject":
        return None if _is_text(value) else _TEXT
    if not _NAME.fullmatch(name):
        return "is no attribute's name, which is 1 to 20 of a-z and 0-9"
    if isinstance(value, bool) or (type(value) is int and value in _INTEGERS) or _is_text(value):
        return None
    return f"{_TEXT}; or true, false, or a whole number of 32 bits"


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= TEXT_MOST and not _NO_TEXT.search(value)


def read_time(value: Any) -> datetime | None:
    """A time by RFC 3339, in UTC; None where it is none. A leap second is the second behind it; of a fraction
    six digits are kept."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    day, minute, second, fraction, zone = found.groups("")
    leap = timedelta(seconds=1 if second == "60" else 0)
    second = "59" if leap else second
    try:
        return (
            datetime.fromisoformat(f"{day}T{minute}:{second}{fraction[:7]}{zone.upper()}") + leap
        ).astimezone(UTC)
    except (ValueError, OverflowError):  # no such day, or beyond the years 1 to 9999 once in UTC
        return None
