"""GET /health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import __version__
from chalicelib.api.exchange import Answer, Call

if TYPE_CHECKING:
    from chalicelib.api.operations.shapes import HealthQuery


def check(call: Call, query: HealthQuery | None = None) -> Answer:
    """Without `deep` no dependency is asked. With it every one is, and the answer is 503 if one of them
    fails."""
    answer = {"status": "ok", "version": __version__, "stage": call.settings.stage}
    if query is None or not query.deep:
        return Answer(answer)
    call.caller.require("admin")
    checks = call.use.operations.health()
    well = all(word == "ok" for word in checks.values())
    return Answer(
        {**answer, "status": "ok" if well else "degraded", "checks": dict(checks)}, 200 if well else 503
    )
