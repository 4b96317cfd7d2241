"""GET /plugins."""

from __future__ import annotations

from chalicelib.api.exchange import Call
from chalicelib.domain.items import Items
from chalicelib.domain.operations.plugin_view import PluginView


def listed(call: Call) -> Items[PluginView]:
    return Items(call.use.operations.plugins())
