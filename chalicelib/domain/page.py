"""Lists come in pages; a cursor is opaque to whoever holds it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from chalicelib.errors import Invalid

T = TypeVar("T")
LIMIT_DEFAULT, LIMIT_MOST = 50, 100
VALUES_MOST = 50
"""Values of one filter of a list."""
ANSWER_BYTES = 5_000_000
"""What a body may come to as `bytes_in_answer` counts it: Lambda answers with 6 MB at most.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, which may be fewer than were asked for."""

    items: tuple[T, ...]
    next: str | None = None
    """The cursor of what follows; null at the end."""


def page_of(found: Sequence[T], limit: int, cursor: Callable[[T], str]) -> Page[T]:
    """The page of what was found. found: one more than `limit` where there are more. cursor: gives the one
    behind an item."""
    return Page(tuple(found[:limit]), cursor(found[limit - 1]) if len(found) > limit else None)


def bytes_in_answer(body: str) -> int:
    """Bytes that a body takes in Lambda's answer, which is JSON with the body as a text in it."""
    return len(json.dumps(body))


def to_cursor(*position: str | int | float) -> str:
    """A position in a list as a string of [A-Za-z0-9_-]."""
    raw = json.dumps(position, ensure_ascii=False).encode("utf-8", "surrogatepass")  # as json.loads reads it
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_cursor(cursor: str, *forms: type | re.Pattern[str]) -> list[str | int | float]:
    """The position in a cursor. forms: of each of its values the type, or for a text the pattern that
    all of it matches. Raises Invalid on one that we never gave: a database may choke on it."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        position = None
    if (
        not isinstance(position, list)
        or len(position) != len(forms)
        or "" in position  # no key of ours is empty, and DynamoDB takes none that is
        or not all(_has(form, value) for value, form in zip(position, forms, strict=True))
    ):
        raise not_given()
    return position


def time_in_cursor(said: object) -> datetime:
    """A time that stands in a cursor as ISO 8601, in UTC. Raises Invalid."""
    try:
        time = datetime.fromisoformat(str(said))
        if time.tzinfo is None:
            raise not_given()
        return time.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC it may lie before the year 1 or behind 9999
        raise not_given() from None


def not_given() -> Invalid:
    """The refusal of a cursor that no list gave."""
    return Invalid("cursor is none that a list gave as `next`; begin again without it", "cursor")


def _has(form: type | re.Pattern[str], value: object) -> bool:
    if isinstance(form, re.Pattern):
        return isinstance(value, str) and form.fullmatch(value) is not None
    return type(value) is form
