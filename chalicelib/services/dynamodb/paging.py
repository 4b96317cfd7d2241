"""Fills a page of a list that leaves rows out: it reads on until the page is full or the list ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

READS_MOST = 10
"""The most reads for one page. If they do not fill it the page is short, and its cursor goes on from
there."""
READ_AT_ONCE = 1_000
"""Rows in one read, where most of them may be left out."""

IN_FORCE = "expires_at > :now"
"""DynamoDB deletes what has expired within days, not at once. Until then this condition hides it."""

Key = Mapping[str, Any]


def filled(
    read: Callable[..., Mapping[str, Any]],
    limit: int,
    key: Sequence[str],
    start: Key | None,
    shown: Callable[[Mapping[str, Any]], bool] = lambda item: True,
    between: Callable[[Key, Key], Key] | None = None,
) -> tuple[list[dict[str, Any]], Key | None]:
    """Up to `limit` items, and the key from which the next page goes on, or None at the end.

    read: the client's query or scan, called with nothing but ExclusiveStartKey. key: names of the attributes
    that make a key. shown: whether the caller may see an item. between: makes a key that lies between two
    others, for a page on which nothing is shown. Whoever gets a cursor can read it, so it must not hold the
    key of an item that he may not see. Without `between` the list is read until something is shown.
    """
    found: list[dict[str, Any]] = []
    passed: Any = start
    last: Any = start
    reads = 0
    while True:
        answer = read(**({"ExclusiveStartKey": last} if last else {}))
        found += filter(shown, answer["Items"])
        passed, last = last, answer.get("LastEvaluatedKey")
        reads += 1
        if last is None or len(found) >= limit or (reads >= READS_MOST and (found or between)):
            break
    if len(found) > limit or (found and last):
        last = {name: found[:limit][-1][name] for name in key}
    elif last and between:
        last = between(passed, last)
    return found[:limit], last


def rounded_up(last: str, passed: str, most: str) -> str:
    """A text that is not less than `last` and not greater than `passed`, for a list that descends. It tells
    no more of `last` than it must: how that begins, up to the first character in which the two differ. The
    rest is taken from `most`, the greatest text of their form."""
    return _rounded(last, passed, most)


def rounded_down(last: str, passed: str, least: str) -> str:
    """The same for a list that ascends: it is not greater than `last` and not less than `passed`. least: the
    least text of their form."""
    return _rounded(last, passed, least)


def _rounded(last: str, passed: str, rest: str) -> str:
    alike = next((n for n, (a, b) in enumerate(zip(last, passed, strict=False)) if a != b), len(last))
    return last[: alike + 1] + rest[alike + 1 :]
