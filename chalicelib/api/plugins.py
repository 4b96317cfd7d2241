"""GET /plugins."""

from __future__ import annotations

from chalicelib.api.exchange import Call
from chalicelib.api.shapes import Plugins


def listed(call: Call) -> Plugins:
    return Plugins.model_validate({"items": call.services.plugins()})
