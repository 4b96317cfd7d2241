"""What proves a delivery, found by trying: so it is known of any `verify`, not only of rows of `Scheme`.

What is found out here decides which tests a delivery gets, so nothing here fails where a source does: the
tests then say how.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from triggeriq import NotVerified, Reply, Scheme, Source, Verified
from triggeriq.explain import refused
from triggeriq.proofs import proof_of
from triggeriq.testing.budget import within
from triggeriq.testing.samples import Delivery

_YEARS = timedelta(days=3650)
_BY_NAME = "secret_name"


class Proving:
    """A source that is asked about one delivery."""

    def __init__(self, source: Source, delivery: Delivery) -> None:
        self.source, self._delivery = source, delivery

    @cached_property
    def is_probe(self) -> bool:
        """Whether it is answered before anything is verified."""
        try:
            return self.handshake() is not None
        except Exception:
            return False

    def handshake(self) -> Reply | None:
        with within():
            return self.source.handshake(
                self._delivery.request(), self._delivery.connected(self.source, self._delivery.secret)
            )

    @property
    def by_rows(self) -> bool:
        """Whether the rows of `Scheme` decide, and not a `verify` of the plugin's own."""
        return type(self.source).verify is Source.verify

    @cached_property
    def row(self) -> Scheme | None:
        """The row that decides; None where none does, or the delivery is not accepted at all."""
        if not self.by_rows:
            return None
        try:
            proven = self.verify().scheme
        except Exception:
            return None
        rows = self.source.schemes(self._delivery.connected(self.source, self._delivery.secret))
        return next((row for row in rows if proven in (row.header, row.kind)), None)

    @property
    def by_name(self) -> bool:
        """Whether the connection's name is the secret."""
        return self.row is not None and self.row.kind == _BY_NAME

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The headers that its row says are needed."""
        if self.row is None or self.row.more_headers:
            return ()
        return tuple(part.header.lower() for part in proof_of(self.row) if part.place == "headers")

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """The headers of the proof: those that its row needs, and those without which it is not accepted."""
        tried = [name for name in self._delivery.headers if not self._accepts(headers={name: None})]
        return tuple(dict.fromkeys([*self.named, *tried]))

    @cached_property
    def has_a_time(self) -> bool:
        """Whether it proves nothing ten years later."""
        if self.row is not None:
            return bool(self.row.timestamp_header)
        return not self._accepts(now=self._delivery.now + _YEARS)

    def verify(
        self,
        *,
        secrets: tuple[str, ...] | None = None,
        now: datetime | None = None,
        connection: str | None = None,
        **changed: Any,
    ) -> Verified:
        """What `verify` says to the delivery: to other secrets, at another time, to a connection of another
        name, or changed, see `Delivery.request`. Raises NotVerified."""
        given = (self._delivery.secret,) if secrets is None else secrets
        connected = self._delivery.connected(self.source, *given, name=connection)
        with within():
            return self.source.verify(self._delivery.request(**changed), connected, now or self._delivery.now)

    def why_refused(self) -> str:
        """Why the delivery itself is refused, in words; "" where it is not."""
        try:
            self.verify()
        except NotVerified as refusal:
            if not self.by_rows:
                return str(refusal)
            connection = self._delivery.connected(self.source, self._delivery.secret)
            rows, request = self.source.schemes(connection), self._delivery.request()
            told = refused(rows, request, connection, refusal.reason, self._delivery.now)
            return f"{refusal.reason}: {told.detail}" if told.detail else refusal.reason
        return ""

    def refused(self, **changed: Any) -> bool:
        """Whether it is refused then. Raises whatever else `verify` does."""
        try:
            self.verify(**changed)
        except NotVerified:
            return True
        return False

    def _accepts(self, **changed: Any) -> bool:
        try:
            self.verify(**changed)
        except Exception:
            return False
        return True

    def is_spare(self, header: str, place: int) -> bool:
        """Whether the part of the header around that character could be left out: another signature, which
        this secret has not made."""
        value = self._delivery.headers[header]
        for separator in (",", " ", ";"):
            parts, end = value.split(separator), -1
            for number, part in enumerate(parts):
                end += len(part) + 1
                if place <= end:
                    rest: Mapping[str, str | None] = {
                        header: separator.join(parts[:number] + parts[number + 1 :])
                    }
                    if len(parts) > 1 and self._accepts(headers=rest):
                        return True
                    break
        return False
