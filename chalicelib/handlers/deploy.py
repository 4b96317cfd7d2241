"""What a deployment invokes."""

from __future__ import annotations

from typing import Any

from chalicelib import bootstrap
from chalicelib.handlers.invocation import invocation


def migrate(event: Any, context: Any) -> dict[str, list[str]]:
    """Bring the database's schema up to date; returns the migrations that were applied."""
    with invocation(context):
        return {"applied": bootstrap.migrate()}
