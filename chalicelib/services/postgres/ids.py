"""Ids, which are UUIDs here."""

from __future__ import annotations

import uuid


def is_id(text: str) -> bool:
    """Whether it is an id in the form that we give; PostgreSQL fails for what is none."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
