"""What GET /plugins and GET /sources show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.domain.intake.quarantine import PluginFailures
from chalicelib.domain.intake.source_view import SourceDay, SourceView
from chalicelib.domain.operations.plugin_view import PluginSource, PluginView
from chalicelib.errors import PluginFailed
from chalicelib.registry.guarded import GuardedSource
from chalicelib.registry.registry import Registry
from triggeriq.proofs import proof_of


def plugin_views(registry: Registry, failures: Mapping[str, PluginFailures]) -> tuple[PluginView, ...]:
    """All plugins by name, those that failed to load too. failures: what was reported of each."""
    views = []
    sources = registry.sources()
    for plugin in sorted(registry.plugins(), key=lambda plugin: plugin.name):
        reported = failures.get(plugin.name)
        view = PluginView(
            name=plugin.name,
            version=plugin.version,
            hooks=plugin.hooks,
            sources=tuple(
                PluginSource(name=name, settings_schema=_schema(sources[name])[0]) for name in plugin.sources
            ),
            from_=plugin.origin,
            status=plugin.status,
            error=plugin.error,
            failed_at=plugin.failed_at,
            calls=plugin.calls,
            failures=plugin.failures,
        )
        if reported:
            view = replace(
                view,
                failures=max(reported.count, plugin.failures),
                error=plugin.error or f"{reported.hook} {reported.reason}".strip() or None,
                failed_at=plugin.failed_at or reported.at,
            )
        views.append(view)
    return tuple(views)


def source_views(
    registry: Registry, last_events: Mapping[str, datetime], days: Mapping[str, SourceDay]
) -> tuple[SourceView, ...]:
    """All sources by name. last_events: when each last gave feedback. days: what came in of each."""
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
                methods=tuple(source.methods) if takes_webhooks else (),
                content_types=tuple(source.content_types) if takes_webhooks else (),
                takes_webhooks=takes_webhooks,
                reads=tuple(source.reads),
                verification=tuple(source.verification),
                proofs=tuple(map(proof_of, source.verification)),
                settings_schema=schema,
                warning=warning
                if warning or proves or not takes_webhooks
                else "it has no way to verify a webhook, so every webhook is refused",
                last_event_at=last_events.get(name),
                last_24_hours=days.get(name),
            )
        )
    return tuple(views)


def _schema(source: GuardedSource) -> tuple[dict[str, Any] | None, str | None]:
    """The JSON schema of its settings; or None, and a warning, where the plugin fails to give it."""
    try:
        return source.settings_schema(), None
    except PluginFailed as error:
        return None, f"its settings can't be told: {error}"
