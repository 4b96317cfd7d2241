"""The in-memory twin of what remembers answers."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.errors import Reused, UnderWay
from chalicelib.ports.idempotency import RememberedAnswer
from chalicelib.ports.operations import Clock


@dataclass
class _Row:
    fingerprint: str
    holder: str
    until: datetime
    expires_at: datetime
    answer: RememberedAnswer | None = None


class InMemoryIdempotency:
    """Idempotency (chalicelib.ports)."""

    KEPT = timedelta(hours=24)

    def __init__(self, now: Clock) -> None:
        self._now = now
        self._lock = threading.Lock()
        self.rows: dict[str, _Row] = {}

    def begin(self, name: str, fingerprint: str, holder: str, until: datetime) -> RememberedAnswer | None:
        now = self._now()
        with self._lock:
            row = self.rows.get(name)
            if row is not None and row.expires_at > now:
                if row.fingerprint != fingerprint:
                    raise Reused()
                if row.answer is not None:
                    return row.answer
                if row.holder != holder and row.until > now:
                    raise UnderWay(max(1, round((row.until - now).total_seconds())))
            self.rows[name] = _Row(fingerprint, holder, until, now + self.KEPT)
        return None

    def finish(self, name: str, holder: str, answer: RememberedAnswer) -> None:
        row = self.rows.get(name)
        if row is not None and row.holder == holder:
            row.answer, row.expires_at = answer, self._now() + self.KEPT

    def forget(self, name: str, holder: str) -> None:
        row = self.rows.get(name)
        if row is not None and row.holder == holder and row.answer is None:
            del self.rows[name]
