"""Whether a caller may see a stored row: by the attribute `connections`, which each row that is made of
somebody's feedback carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.operations.restriction import Restriction, connection_id, may_see


def visible(row: Mapping[str, Any], within: Restriction | None) -> bool:
    """Whether a caller may see the row. row: its plain values. within: what the caller is restricted to; None
    where he is not."""
    return may_see(within, _connections(row))


def _connections(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "connections" in row:
        return tuple(row["connections"])
    # It was written by a release whose rows did not carry them.
    return (connection_id(row["source"], row["connection"]),) if row.get("source") else ()
