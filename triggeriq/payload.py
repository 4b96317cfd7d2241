"""Strict JSON from strangers, and plain readers of the facts in it.

`parse_json` refuses what no store can keep and what is nested too deep. The readers never raise: what is
absent or of the wrong kind is None. Lone surrogates and NUL are let through: the core takes them out.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from codecs import BOM_UTF8
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from triggeriq.errors import Unreadable
from triggeriq.values import JSON

if TYPE_CHECKING:
    from triggeriq.dates import Order

MAX_DEPTH = 100
"""Levels of nesting: far above any provider's, far below the interpreter's recursion limit."""
MAX_DIGITS = 300
"""The most characters of a number: so many still fit a float."""

MAX_ID = 256

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_TIME_IN = ("$date", "seconds", "_seconds")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:[.,][0-9]{1,30})?")


def parse_json(body: bytes) -> JSON:
    """The JSON in `body`, UTF-8 with or without a byte order mark. Raises Unreadable."""
    try:
        return decode_json(body.removeprefix(BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 at byte {error.start}") from None


def parse_object(body: bytes) -> dict[str, Any]:
    """As `parse_json`, but only for an object. Raises Unreadable for anything else."""
    value = parse_json(body)
    if not isinstance(value, dict):
        raise Unreadable(f"a JSON object is expected, not {_kind(value)}")
    return value


def decode_json(text: str) -> JSON:
    """The JSON in `text`. Raises Unreadable."""
    try:
        value: JSON = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"not JSON at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise Unreadable("JSON nested too deep") from None
    if text.count("[") + text.count("{") > MAX_DEPTH:
        check_depth(value)
    return value


def check_depth(value: JSON) -> None:
    """Raises Unreadable where `value` is nested deeper than MAX_DEPTH."""
    layer: list[Any] = [value]
    for _ in range(MAX_DEPTH + 1):
        layer = [inner for outer in layer for inner in _children(outer)]
        if not layer:
            return
    raise Unreadable(f"JSON nested deeper than {MAX_DEPTH} levels")


def _children(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _integer(number: str) -> int:
    if len(number) > MAX_DIGITS:
        raise Unreadable(f"a number of {len(number)} digits")
    return int(number)


def _finite(number: str) -> float:
    if len(number) > MAX_DIGITS:
        raise Unreadable(f"a number of {len(number)} digits")
    value = float(number)
    if not math.isfinite(value):
        raise Unreadable("a number too large to keep")
    return value


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is no JSON number")


DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_finite, parse_constant=_constant)


def _kind(value: JSON) -> str:
    return {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}.get(
        type(value), "a number"
    )


def at(value: JSON, *path: str) -> JSON:
    """The value at `path`, which is followed key by key (a number is an index in a list), or None."""
    for key in path:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key[:9]) < len(value):
            value = value[int(key[:9])]
        else:
            return None
    return value


def text(value: JSON) -> str | None:
    """A text that says something, or a number (ids come as both) as text; else None."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def name(value: JSON) -> str | None:
    """As `text`, trimmed: for ids, names, labels and addresses."""
    found = text(value)
    return None if found is None else found.strip()


def identifier(value: JSON) -> str | None:
    """As `name`, fit to be a key: a text that is longer than 256 characters, or that can't be printed, is
    replaced by its sha256."""
    found = name(value)
    if found is None or (len(found) <= MAX_ID and found.isprintable()):
        return found
    return digest(found.encode("utf-8", "surrogatepass"))


def number(value: JSON) -> float | None:
    """A finite number, or a text that is one ("4", "4.5", "4,5"); else None."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value.strip().replace(",", "."))
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value) if math.isfinite(value) else None
        except OverflowError:
            return None
    return None


def rating(value: JSON) -> float | None:
    """1 to 5 stars, or None. A text may say them as "4/5", "4 out of 5", "4 stars" or "★★★★☆", too."""
    stars = number(value)
    if stars is None and isinstance(value, str) and len(value) <= 40:
        stars = _stars(value.strip().lower())
    return stars if stars is not None and 1 <= stars <= 5 else None


def _stars(words: str) -> float | None:
    if words and not words.strip("★☆⭐\ufe0f"):
        return float(words.count("★") + words.count("⭐"))
    found = re.fullmatch(
        rf"([0-9](?:[.,][0-9]{{1,2}})?)\s*(?:{_OF_FIVE}|{_STARS}|{_OF_FIVE}\s*{_STARS})", words
    )
    return float(found[1].replace(",", ".")) if found else None


_OF_FIVE = r"(?:/|of|out of|von|sur|de|su|van|из)\s*5(?:[.,]0)?"
_STARS = r"(?:★|⭐|星|stars?|sterne?|sterren|étoiles?|estrel\w{1,4}|stell[ae]|зв[её]зд\w?)"


def labels(value: JSON) -> list[str]:
    """Tags, from a list or from one text, separated by comma, semicolon or else by white space."""
    if isinstance(value, str):
        value = re.split(r"[,;]", value) if re.search(r"[,;]", value) else value.split()
    if not isinstance(value, list):
        return []
    return list(dict.fromkeys(label for label in map(name, value) if label))


def moment(value: JSON, order: Order | None = None) -> datetime | None:
    """A time, aware and in UTC. It is read from ISO 8601 (nanoseconds are cut; no zone means UTC), from an
    epoch in seconds or finer, as a number or its digits, and from what else people and programs write: see
    `triggeriq.dates`. None where it is no time, or lies outside 1971 to 2199: only a zero or a broken clock
    gives such a time.

    order: which of day and month stands first in "3/4/2026"; see `read_date`.
    """
    if isinstance(value, dict):  # as databases export it: {"$date": …}, {"seconds": …, "nanoseconds": …}
        value = next((value[key] for key in _TIME_IN if key in value), None)
    try:
        if isinstance(value, str):
            found = _from_text(value.strip(), order)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found = _from_epoch(value)
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and _FIRST <= found < _LAST else None


def _from_text(text: str, order: Order | None) -> datetime | None:
    if len(text) <= 64:
        digits, _, fraction = text.partition(".")
        if 9 <= len(digits) <= 19 and (digits + fraction).isdigit() and text.isascii():
            found = _from_epoch(float(text) if fraction else int(digits))
            compact = len(text) in (12, 14) and not fraction  # 20260102030405
            if not compact and _FIRST <= found < _LAST:
                return found
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    from triggeriq.dates import read_date  # most times are ISO 8601, and a start need not load the others

    return read_date(text, order)


def _from_epoch(value: float) -> datetime:
    """Seconds up to 10^11 (the year 5138), beyond it milliseconds, and so on."""
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if abs(value) < 10**11 * unit:
            return _EPOCH + timedelta(seconds=value / unit)
    raise OverflowError


def milliseconds(value: datetime | None) -> int:
    """A time as a feedback's version: milliseconds of the epoch, 0 for None."""
    return 0 if value is None else (value - _EPOCH) // timedelta(milliseconds=1)


def digest(body: bytes) -> str:
    """A name for bytes that have none: their sha256 in hex."""
    return hashlib.sha256(body).hexdigest()
