"""Which connections a restricted caller may see things of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

CONNECTION_PATTERN = r"[a-z0-9_-]{1,64}/(?:[a-z0-9_-]{1,64}|\*)"
"""What all of a restriction's pattern matches: one connection, or every one of a source."""


def connection_id(source: str, connection: str) -> str:
    """A connection as restrictions name it and as stored rows carry it: "source/connection"."""
    return f"{source}/{connection}"


class Restriction(NamedTuple):
    """The connections that a restricted caller may see things of."""

    patterns: tuple[str, ...]
    """Each "source/connection", or "source/*" for every connection of a source."""

    def covers(self, connections: Iterable[str]) -> bool:
        """Whether a thing made of these connections, each "source/connection", may be seen: only if every
        one of them may. Where none is named, nobody knows whose the thing is, and it may not be seen."""
        named = tuple(connections)
        return bool(named) and all(
            one in self.patterns or connection_id(one.partition("/")[0], "*") in self.patterns
            for one in named
        )

    @property
    def sources(self) -> set[str]:
        """Those that have a connection among them."""
        return {pattern.partition("/")[0] for pattern in self.patterns}

    def __str__(self) -> str:
        return ", ".join(self.patterns)


def may_see(within: Restriction | None, connections: Iterable[str]) -> bool:
    """Whether a caller may see what is made of these connections. within: what it is restricted to; None: it
    is not restricted."""
    return within is None or within.covers(connections)
