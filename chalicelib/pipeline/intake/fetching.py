"""What a source that fetches gets to ask its provider with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chalicelib.ports.operations import Clock
from chalicelib.ports.web import NoAnswer, Web
from triggeriq.polling import Answer, PollFailed

PAGE_LIMIT = 4_000_000
"""Bytes of an answer: with what a source makes of it, it has to fit into the function's memory."""
LONGEST_RETRY = 86_400.0
"""Seconds that a provider may ask us to stay away."""
_NEVER_SOONER = 1.0

_WORDS = {
    401: "it refuses the credentials",
    403: "it refuses the credentials, or what is asked is not theirs to see",
    404: "there is no such thing, or the credentials may not know of it",
    410: "it is gone",
    429: "it is asked too often",
}


class Fetching:
    """Http (triggeriq.polling) for one poll. deadline: when no request goes on any more. seconds: within
    which each must be answered."""

    def __init__(self, web: Web, deadline: datetime, seconds: float, now: Clock) -> None:
        self._web, self._deadline, self._seconds, self._now = web, deadline, seconds, now
        self._ended: PollFailed | None = None
        self.requests = 0
        """How many were sent."""
        self.late = False
        """Whether the poll's own time ended it, and not the provider."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] = {}, body: bytes | None = None
    ) -> Answer:
        if self._ended is not None:
            raise self._ended
        left = (self._deadline - self._now()).total_seconds()
        if left <= 0:
            self.late = True
            raise PollFailed("the time of this poll is over")
        self.requests += 1
        try:
            answer = self._web.send(
                method, url, headers, body, seconds=min(self._seconds, left), limit=PAGE_LIMIT
            )
        except ValueError as error:
            raise PollFailed(f"a request that can't be sent: {error}") from error
        except NoAnswer as error:
            self.late = error.fault == "late" and left < self._seconds
            raise PollFailed(f"no answer: {error}") from error
        if not 200 <= answer.status < 300:
            raise self._refused(answer.status, answer.headers)
        if answer.cut:
            raise PollFailed(f"the answer has more than {PAGE_LIMIT:,} bytes", answer.status)
        if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise PollFailed("the answer is compressed, which nobody asked for", answer.status)
        return Answer(status=answer.status, headers=answer.headers, body=answer.body)

    def now(self) -> datetime:
        return self._now()

    def _refused(self, status: int, headers: Mapping[str, str]) -> PollFailed:
        words = _WORDS.get(status, "a redirection, which is not followed" if 300 <= status < 400 else "")
        retry_after = None
        if status in (429, 503):
            retry_after = retry_seconds(headers.get("retry-after", ""), self._now())
        failure = PollFailed(f"the provider answered {status}{words and ': ' + words}", status, retry_after)
        if status in (429, 503):
            self._ended = failure  # whatever the source makes of it, nothing more is asked
        return failure


def retry_seconds(said: str, now: datetime) -> float | None:
    """What Retry-After asks for: seconds, or a date; None where it says neither. Between a second and a day.

    https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
    """
    said = said.strip()[:100]
    if re.fullmatch(r"\d+(\.\d+)?", said, re.ASCII):
        seconds = float(said)
    else:
        try:
            date = parsedate_to_datetime(said)
            seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
        except (TypeError, ValueError, OverflowError, IndexError):
            return None
    return min(max(seconds, _NEVER_SOONER), LONGEST_RETRY)
