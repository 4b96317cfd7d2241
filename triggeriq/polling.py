"""What passes between TriggerIQ and a source that fetches, since its provider sends nothing by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """A page that `Source.poll` fetched. It becomes an event, as if it had been sent to us, and
    `Source.transform` reads its body."""

    body: bytes = field(repr=False)
    """The provider's answer, byte for byte; the same bytes are the same event."""
    cursor: str | None
    """From where to go on once this page is safe, of 1,000 characters at most; None: from where it began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a provider answered to a request of `Source.poll`."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)


class Http(Protocol):
    """The way out for `Source.poll`: to public addresses only, within the poll's deadline.

    It obeys the provider: on 429 and 503 it ends the poll until the time that Retry-After names. Each method
    raises PollFailed, which a plugin lets through, where there is no answer of 2xx.
    """

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] = {}, body: bytes | None = None
    ) -> Answer: ...

    def now(self) -> datetime:
        """The time, for tokens that hold it."""
        ...


class PollFailed(Exception):
    """A provider gave no page: it refused the credentials, answered with an error or with what is no page, or
    did not answer in time. The cursor stays where it was, and the next poll tries again.

    The message says what happened, for the operator; it must not quote the answer at length.
    """

    def __init__(self, message: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        """What the provider answered; None: nothing."""
        self.retry_after = retry_after
        """Seconds for which it does not want to be asked again; None: it does not say."""
