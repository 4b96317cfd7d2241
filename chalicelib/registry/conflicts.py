"""Two plugins of one name, and two sources of one name: the first that is found holds it."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.registry.discovery import Found


def parted(found: Iterable[Found]) -> tuple[list[Found], list[tuple[Found, str]]]:
    """The plugins that can stand beside each other, and the others, each with why: they claim a name that one
    before them has, and both are named. Sources are only compared where it is known which a plugin has."""
    standing: list[Found] = []
    refused: list[tuple[Found, str]] = []
    names: dict[str, Found] = {}
    sources: dict[str, Found] = {}
    for one in found:
        if other := names.get(one.name):
            refused.append((one, same_name(other, one)))
            continue
        names[one.name] = one
        taken = next((source for source in one.sources or () if source in sources), None)
        if taken is not None:
            refused.append((one, same_source(taken, sources[taken].name, one.name)))
            continue
        sources |= dict.fromkeys(one.sources or (), one)
        standing.append(one)
    return standing, refused


def same_name(first: Found, second: Found) -> str:
    both = " and ".join(f"{one.module} ({one.origin})" for one in (first, second))
    return f"{both} both claim the name {second.name}; rename one"


def same_source(source: str, first: str, second: str) -> str:
    """first, second: the names of the plugins."""
    return f"the plugins {first} and {second} both claim the source {source}; rename one"
