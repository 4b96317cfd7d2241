"""What GET /plugins and GET /sources show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from chalicelib.domain.intake.quarantine import PluginFailures
from chalicelib.errors import PluginFailed
from chalicelib.registry.guarded import GuardedSource
from chalicelib.registry.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginView:
    """calls: since this process began. failures: of all functions, ever; error: the last one."""

    name: str
    version: str
    hooks: tuple[str, ...]
    from_: str
    status: Literal["loaded", "failed"]
    error: str | None
    calls: int
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """verification: how a webhook proves itself, one row a way. warning: said aloud where it has none, or
    fails to tell its settings.
    last_event_at: when it last gave feedback; None: never, or the database can't be asked."""

    name: str
    title: str
    version: str
    plugin: str
    methods: tuple[str, ...]
    content_types: tuple[str, ...]
    takes_webhooks: bool
    reads: tuple[str, ...]
    verification: tuple[dict[str, Any], ...]
    settings_schema: dict[str, Any] | None
    warning: str | None
    last_event_at: datetime | None


def plugin_views(registry: Registry, failures: Mapping[str, PluginFailures]) -> tuple[PluginView, ...]:
    """All plugins by name, those that failed to load too. failures: what was reported of each."""
    views = []
    for plugin in sorted(registry.plugins(), key=lambda plugin: plugin.name):
        reported = failures.get(plugin.name)
        view = PluginView(
            name=plugin.name,
            version=plugin.version,
            hooks=plugin.hooks,
            from_=plugin.origin,
            status=plugin.status,
            error=plugin.error,
            calls=plugin.calls,
            failures=plugin.failures,
        )
        if reported:
            view = replace(
                view, failures=max(reported.count, plugin.failures), error=plugin.error or reported.last
            )
        views.append(view)
    return tuple(views)


def source_views(registry: Registry, last_events: Mapping[str, datetime]) -> tuple[SourceView, ...]:
    """All sources by name."""
    views = []
    for name, source in sorted(registry.sources().items()):
        schema, warning = _schema(source)
        takes_webhooks = source.takes("receive")
        proves = bool(source.verification) or source.takes("schemes")
        views.append(
            SourceView(
                name=name,
                title=source.title,
                version=source.version,
                plugin=source.plugin,
                methods=source.methods if takes_webhooks else (),
                content_types=source.content_types if takes_webhooks else (),
                takes_webhooks=takes_webhooks,
                reads=source.reads,
                verification=tuple(asdict(scheme) for scheme in source.verification),
                settings_schema=schema,
                warning=warning
                if warning or proves or not takes_webhooks
                else "it has no way to verify a webhook, so every webhook is refused",
                last_event_at=last_events.get(name),
            )
        )
    return tuple(views)


def _schema(source: GuardedSource) -> tuple[dict[str, Any] | None, str | None]:
    """What its settings must be; and a warning where it fails to say so."""
    try:
        return source.settings_schema(), None
    except PluginFailed as error:
        return None, f"its settings can't be told: {error}"
