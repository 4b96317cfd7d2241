"""An object that somebody uploaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """An object as it was when it was uploaded."""

    bucket: str
    key: str
    etag: str
    """Without quotes."""
    size: int
    """Bytes."""
    modified_at: datetime
