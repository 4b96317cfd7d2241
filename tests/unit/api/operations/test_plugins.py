"""Plugins: listed."""

from __future__ import annotations

from chalicelib.domain.operations.plugin_view import PluginView


def test_plugins_are_listed(api, use):
    use.operations.plugin_list = (
        PluginView(
            name="zendesk",
            version="1",
            hooks=("register_sources",),
            from_="plugins/sources",
            status="failed",
            error="ImportError",
            calls=1,
            failures=2,
        ),
    )
    (item,) = api("GET", "/plugins").json["items"]
    assert item["from"] == "plugins/sources"
    assert set(item) >= {"name", "version", "hooks", "from", "status", "error"}
