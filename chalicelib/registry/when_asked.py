"""A connection's settings, parsed when something of them is asked for: to verify and name an event, most
sources ask for nothing, and loading pydantic takes as long as all the rest of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any


class WhenAsked:
    """Stands for what `parse` makes of the settings as stored, to isinstance too. `parse` may raise, and is
    then asked anew. Two of the same stored settings are equal without it: to see whether a connection
    changed since it was cached, nobody has to parse."""

    def __init__(self, stored: Mapping[str, Any], parse: Callable[[], Any]) -> None:
        self._stored = stored
        self._parse = parse

    @cached_property
    def _parsed(self) -> Any:
        return self._parse()

    @property  # type: ignore[misc]  # what isinstance asks
    def __class__(self) -> Any:
        return type(self._parsed)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parsed, name)

    def __eq__(self, other: object) -> bool:
        if type(other) is WhenAsked:
            return bool(self._stored == other._stored)
        return bool(self._parsed == other)

    def __hash__(self) -> int:
        return hash(self._parsed)

    def __repr__(self) -> str:
        return repr(self._parsed)
