"""A form by which somebody puts one file into the bucket, past the API and its limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadForm:
    """Post it as `multipart/form-data`: all fields as they are, and behind them the file, as `file`. S3
    answers 204 when it has the file."""

    url: str
    """Where to."""
    fields: Mapping[str, str]
    """What to send before the file."""
    key: str
    """What the file will be called; its import has the same."""
    max_bytes: int
    """The most bytes that the file may have; an empty one is refused too."""
    expires_at: datetime
    """When S3 refuses the form."""
