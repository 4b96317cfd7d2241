"""Golden polls: what a provider really answered to a source that fetches, and what should become of it.

A folder holds a folder for each:

    first/poll.json     {"now": "2026-01-02T03:04:05Z", "settings": {…}, "cursor": null,
                         "answers": [{"request": "GET https://…", "status": 200, "headers": {…}, "body":
                         "1.json"}], "pages": [{"cursor": "…", "items": [{"feedback": {…}}]}]}
    first/1.json        the body of an answer, byte for byte

`answers` are given by method and address, whatever else the request holds. `pages` are those that the poll
yields, in their order, each with its cursor and its items as `triggeriq.testing.plain` shows them.
Credentials are not kept: the test brings some of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from triggeriq import Answer, PollFailed
from triggeriq.testing.samples import Exactly


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenPoll:
    """One poll, recorded."""

    name: str
    now: datetime
    answers: Mapping[str, Answer] = field(repr=False)
    """By method and address: "GET https://…"."""
    pages: Sequence[tuple[str | None, tuple[Exactly, ...]]]
    """The cursor of each page, and the items that it holds."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    cursor: str | None = None


def load(folder: str | Path) -> tuple[GoldenPoll, ...]:
    """The golden polls of a folder, by name. Raises ValueError for one that is not whole, naming it."""
    files = sorted(Path(folder).glob("*/poll.json"))
    if not files:
        raise ValueError(f"there is no golden poll (*/poll.json) in {folder}")
    return tuple(map(_load, files))


def _load(file: Path) -> GoldenPoll:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return GoldenPoll(
            name=file.parent.name,
            now=datetime.fromisoformat(said["now"]),
            answers={
                one["request"]: Answer(
                    status=one["status"],
                    headers=one["headers"],
                    body=(file.parent / one["body"]).read_bytes(),
                )
                for one in said["answers"]
            },
            pages=[(one["cursor"], tuple(map(Exactly, one["items"]))) for one in said["pages"]],
            settings=said["settings"],
            cursor=said["cursor"],
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the golden poll {file}: {type(error).__name__} {error}") from error


class Recorded:
    """An `Http` that gives recorded answers; each takes a second. A request that was not recorded fails as
    one for which the provider has nothing."""

    def __init__(
        self, poll: GoldenPoll, given: Callable[[str, Answer | None], Answer | None] | None = None
    ) -> None:
        """given: what to answer instead, by the request and its recorded answer; None: nothing in time."""
        self._poll, self._given, self._now = poll, given, poll.now
        self.asked: list[str] = []
        """The requests, in their order."""

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] = {}, body: bytes | None = None
    ) -> Answer:
        asked = f"{method} {url}"
        self.asked.append(asked)
        self._now += timedelta(seconds=1)
        answer = self._poll.answers.get(asked)
        if self._given is not None:
            answer = self._given(asked, answer)
        elif answer is None:
            answer = Answer(status=404)
        if answer is None:
            raise PollFailed("the provider did not answer in time")
        if not 200 <= answer.status < 300:
            raise PollFailed(f"the provider answered {answer.status}", answer.status)
        return answer

    def now(self) -> datetime:
        return self._now
