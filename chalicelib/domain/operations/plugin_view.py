"""A plugin as GET /plugins shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginSource:
    """A source that a plugin brings; GET /sources says more of it."""

    name: str
    settings_schema: dict[str, Any] | None
    """JSON schema of a connection's settings; null: it has none, or fails to tell them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginView:
    """A plugin that was found, and how it does."""

    name: str
    version: str
    hooks: tuple[str, ...]
    """The hooks that it implements."""
    sources: tuple[PluginSource, ...]
    """The sources that it brings."""
    from_: str
    """Where it was found: "built-in", or the distribution that brought it, with its version."""
    status: Literal["loaded", "failed"]
    error: str | None
    """Why it was not loaded, or which of its hooks failed last and how; null: it never failed, or that hook
    works again."""
    failed_at: datetime | None
    """When it last failed; null: it never did."""
    calls: int
    """Since this process began."""
    failures: int
    """Of all functions, ever."""
