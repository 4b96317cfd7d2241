"""What each plugin is there for, found out by loading it: what a package's manifest says of it."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.registry.discovery import Found
from chalicelib.registry.registry import Registry


class Examined(NamedTuple):
    found: Found
    """With its hooks and its sources."""
    failure: str = ""
    """Why it can't be loaded on this machine, which may lack what Lambda has. Then nobody knows what it
    gives, and it is loaded for whatever is asked."""


def examined(one: Found) -> Examined:
    """The plugin by itself, whatever else there is."""
    (plugin,) = Registry([one]).plugins()
    if plugin.status == "failed":
        return Examined(one, plugin.error or "")
    return Examined(one._replace(hooks=plugin.hooks, sources=tuple(sorted(plugin.sources))))
