"""GET /health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib import __version__
from chalicelib.api.exchange import Answer, Call

if TYPE_CHECKING:
    from chalicelib.api.operations.shapes import HealthQuery


def check(call: Call, query: HealthQuery | None = None) -> Answer:
    """Looks at nothing by itself; `deep` asks every dependency, and is 503 where one is not well."""
    answer = {"status": "ok", "version": __version__, "stage": call.settings.stage}
    if query is None or not query.deep:
        return Answer(answer)
    call.caller.require("admin")
    checks = call.use.operations.health()
    well = all(word == "ok" for word in checks.values())
    return Answer(
        {**answer, "status": "ok" if well else "degraded", "checks": dict(checks)}, 200 if well else 503
    )
