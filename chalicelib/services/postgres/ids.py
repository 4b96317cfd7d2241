"""Ids, which are UUIDs here."""

from __future__ import annotations

import uuid


def is_id(text: str) -> bool:
    """Whether it is a UUID in the form in which we write them; PostgreSQL raises an error for anything
    else."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
