"""What a deployment invokes."""

from __future__ import annotations

from typing import Any

from chalicelib import bootstrap


def migrate(event: Any, context: Any) -> dict[str, list[str]]:
    """Bring the database's schema up to date; returns the migrations that were applied."""
    return {"applied": bootstrap.migrate()}
