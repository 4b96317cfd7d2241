"""GET /plugins."""

from __future__ import annotations

from chalicelib.api.exchange import Call
from chalicelib.api.operations.shapes import Plugins


def listed(call: Call) -> Plugins:
    return Plugins.model_validate({"items": call.use.operations.plugins()})
