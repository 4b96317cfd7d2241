"""How it stands with a connection whose source fetches: from where it goes on, when, and what went wrong."""

from __future__ import annotations

import hashlib
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.intake.connection import PollView

LONGEST_WAIT = timedelta(hours=1)
"""Between two polls where one failed, unless the provider asks for more."""
LONGEST_RETRY = timedelta(days=1)
"""The most that a provider may ask for."""
EARLY = 0.05
"""By so much of its time a connection may be polled earlier, so that not all come at once."""
REASON_LIMIT = 500
"""Characters of a reason."""
GAPS_KEPT = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """How polling a connection goes, as it is stored."""

    source: str
    connection: str
    cursor: str | None = None
    """From where the next poll goes on; None: from the beginning."""
    of: str = ""
    """What the cursor belongs to: a digest of the connection's settings."""
    pages: tuple[str, ...] = ()
    """Digests of the pages of the last poll that went through: the same once more are nothing new."""
    last_at: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0
    """Polls that failed, one after the other."""
    failing_since: datetime | None = None
    reason: str | None = None
    last_new_at: datetime | None = None
    gaps: tuple[int, ...] = ()
    """Seconds between the last times that something new came, the newest last."""
    silent: bool = False
    """It was told that nothing comes any more."""
    requests: int = 0

    def due(self, now: datetime) -> bool:
        return self.next_at is None or self.next_at <= now

    def begun(self, of: str) -> PollState:
        """As a poll finds it: with other settings the cursor leads nowhere."""
        return self if self.of == of else replace(self, of=of, cursor=None, pages=())

    def ended(
        self,
        *,
        began: datetime,
        now: datetime,
        new: bool,
        again: bool,
        every: float,
        chance: float,
        requests: int,
    ) -> PollState:
        """After a poll that went through. new: whether it brought something new. again: whether there is more
        to fetch at once. every: seconds between two polls. chance: from 0 to 1, for spreading them."""
        return replace(
            self._seen(now) if new else self,
            last_at=began,
            next_at=now if again else began + timedelta(seconds=every * (1 - EARLY * chance)),
            failures=0,
            failing_since=None,
            reason=None,
            requests=requests,
        )

    def failed(
        self,
        reason: str,
        *,
        began: datetime,
        now: datetime,
        new: bool,
        every: float,
        retry_after: float | None,
        requests: int,
    ) -> PollState:
        """After a poll that did not. Its waits grow up to an hour; the provider may ask for longer ones."""
        wait = min(LONGEST_WAIT, timedelta(seconds=every) * 2 ** min(self.failures, 16))
        if retry_after is not None:
            wait = min(LONGEST_RETRY, timedelta(seconds=max(1.0, retry_after)))
        return replace(
            self._seen(now) if new else self,
            last_at=began,
            next_at=now + wait,
            failures=self.failures + 1,
            failing_since=self.failing_since or now,
            reason=reason[:REASON_LIMIT],
            requests=requests,
        )

    def _seen(self, now: datetime) -> PollState:
        """Something new has come."""
        gap = () if self.last_new_at is None else (int((now - self.last_new_at).total_seconds()),)
        return replace(self, last_new_at=now, gaps=(*self.gaps, *gap)[-GAPS_KEPT:], silent=False)

    def as_view(self) -> PollView:
        return PollView(**{one.name: getattr(self, one.name) for one in fields(PollView)})


def digest_of(settings: Any) -> str:
    """What tells whether a cursor still belongs to the settings that it was made with. Credentials may be
    renewed; and a plugin that has learned a setting more has not changed what is set."""
    if not is_dataclass(settings):
        return ""
    said = {
        one.name: value
        for one in fields(settings)
        if one.name != "credentials" and (value := getattr(settings, one.name)) != _default(one)
    }
    return hashlib.sha256(repr(sorted(said.items())).encode("utf-8", "replace")).hexdigest()[:32]


def _default(one: Any) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default
