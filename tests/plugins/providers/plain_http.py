"""The plainest `Http` that a source's poll can use: to any address, with a time-out."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from triggeriq import Answer, PollFailed


class PlainHttp:
    def __init__(self, now: datetime, seconds: float = 5) -> None:
        self._now, self._seconds = now, seconds

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] = {}, body: bytes | None = None
    ) -> Answer:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=self._seconds)
        try:
            connection.request(
                method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, dict(headers)
            )
            found = connection.getresponse()
            answer = Answer(
                status=found.status,
                headers={name.lower(): value for name, value in found.getheaders()},
                body=found.read(),
            )
        except (OSError, http.client.HTTPException) as error:
            raise PollFailed(f"the provider did not answer: {type(error).__name__}") from None
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise PollFailed(f"the provider answered {answer.status}", answer.status)
        return answer

    def now(self) -> datetime:
        return self._now
