"""Plugins: listed."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.domain.operations.plugin_view import PluginSource, PluginView


def test_plugins_are_listed(api, use):
    use.operations.plugin_list = (
        PluginView(
            name="zendesk",
            version="1",
            hooks=("register_sources",),
            sources=(PluginSource(name="zendesk", settings_schema={"type": "object"}),),
            from_="plugins/sources",
            status="failed",
            error="ImportError",
            failed_at=datetime(2026, 3, 1, tzinfo=UTC),
            calls=1,
            failures=2,
        ),
    )
    (item,) = api("GET", "/plugins").json["items"]
    assert item["from"] == "plugins/sources"
    assert set(item) >= {"name", "version", "hooks", "from", "status", "error"}
    assert item["sources"] == [{"name": "zendesk", "settings_schema": {"type": "object"}}]
    assert item["failed_at"] == "2026-03-01T00:00:00Z"
