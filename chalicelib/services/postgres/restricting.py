"""What a restricted caller may see, as conditions in SQL. The pure rule is Restriction.covers."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.operations.restriction import Restriction


def own_tickets(within: Restriction | None, alias: str) -> tuple[str, dict[str, Any]]:
    """The condition for tickets all of whose connections the caller may see ("" for all tickets), and its
    parameters."""
    if within is None:
        return "", {}
    condition = (
        f"{alias}.connections <> '{{}}' and not exists ("
        f"select from unnest({alias}.connections) as own (name) "
        "where not (own.name = any(:own_names::text[]) "
        "or split_part(own.name, '/', 1) = any(:own_sources::text[])))"
    )
    return condition, _parameters(within)


def own_feedback(within: Restriction | None, alias: str) -> tuple[str, dict[str, Any]]:
    """The same for feedback, each of which has one connection."""
    if within is None:
        return "", {}
    condition = (
        f"({alias}.source || '/' || {alias}.connection = any(:own_names::text[]) "
        f"or {alias}.source = any(:own_sources::text[]))"
    )
    return condition, _parameters(within)


def _parameters(within: Restriction) -> dict[str, Any]:
    sources = [pattern.removesuffix("/*") for pattern in within.patterns if pattern.endswith("/*")]
    return {"own_names": list(within.patterns), "own_sources": sources}
