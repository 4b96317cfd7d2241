"""A page of a query that leaves rows out: read on until the page is full or the list ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

READS_MOST = 10
"""Reads for one page. Where they were not enough the page is short, and its cursor goes on from there."""

IN_FORCE = "expires_at > :now"
"""DynamoDB deletes what has expired within days, not at once; until then nobody is to see it."""


def filled(
    read: Callable[..., Mapping[str, Any]],
    limit: int,
    key: Sequence[str],
    start: Mapping[str, Any] | None,
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """Up to `limit` items, and the key from which the next page goes on, or None at the end.

    read: the client's query, given ExclusiveStartKey alone. key: names of the attributes that make a key.
    """
    found: list[dict[str, Any]] = []
    last: Any = start
    for _ in range(READS_MOST):
        answer = read(**({"ExclusiveStartKey": last} if last else {}))
        found += answer["Items"]
        last = answer.get("LastEvaluatedKey")
        if last is None or len(found) >= limit:
            break
    if len(found) > limit or (len(found) == limit and last):
        last = {name: found[limit - 1][name] for name in key}
    return found[:limit], last
