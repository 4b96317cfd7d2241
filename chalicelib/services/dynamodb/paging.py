"""A page of a list that leaves rows out: read on until the page is full or the list ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

READS_MOST = 10
"""Reads for one page. Where they were not enough the page is short, and its cursor goes on from there."""
READ_AT_ONCE = 1_000
"""Rows that are looked at in one read where most of them are left out."""

IN_FORCE = "expires_at > :now"
"""DynamoDB deletes what has expired within days, not at once; until then nobody is to see it."""

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

    read: the client's query or scan, given ExclusiveStartKey alone. key: names of the attributes that make a
    key. shown: whether an item is for whoever asks. between: makes of two keys, one behind the other in the
    list, a third one between them, for a page on which nothing is shown: a cursor can be read by whoever
    gets it, and must not hold the key of what he may not see. Without it the list is read until something
    is shown.
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
    """A text greater than `last`, or the same, and not above `passed`, that tells no more of `last` than it
    must: how it begins, up to where the two differ. most: what stands for the rest, the greatest text of
    their form."""
    alike = next((n for n, (a, b) in enumerate(zip(last, passed, strict=False)) if a != b), len(last))
    return last[: alike + 1] + most[alike + 1 :]
