"""A message as its consumer gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """id: SQS's. receives: how often it was received, this time included. handle: to delay it.
    sent_at: when it was first sent. attributes: the strings sent beside the body."""

    id: str
    body: str
    receives: int = 1
    handle: str = ""
    sent_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)
