"""The contract of a source that fetches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from triggeriq import Answer, Connection, Item, Polled, PollFailed, Received
from triggeriq.fetching import MAX_CURSOR
from triggeriq.testing import hostile
from triggeriq.testing.alone import alone
from triggeriq.testing.golden_polls import GoldenPoll, Recorded, load
from triggeriq.testing.samples import connected, matches
from triggeriq.testing.source_contract import SourceContract, consume

_AN_HOUR = timedelta(hours=1)
_MOST = 2_000
"""Requests in an hour of a poll whose provider answers each after a second, and which does not end by
itself."""
_SPOILT = 12
"""With so many spoilt answers to a request a poll is tried, of all places."""
_STEPS = (1, 5, 7, 11, 17, 23, 37, 53, 79, 113, 167, 251, 373, 557, 10**6 + 3)


class PollContract(SourceContract):
    """A source that fetches. Its polls are recorded, see `triggeriq.testing.golden_polls`."""

    polls: ClassVar[str | Path] = ""
    """A folder of golden polls."""
    credentials: ClassVar[str] = ""
    """The text of the secret that the connection's setting `credentials` names; the test makes one."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        if "golden_poll" in metafunc.fixturenames:
            polls = load(self.polls)
            metafunc.parametrize("golden_poll", polls, ids=[poll.name for poll in polls])

    def _folders(self) -> list[Path]:
        return [*super()._folders(), *([Path(self.polls)] if self.polls else [])]

    def test_it_fetches(self) -> None:
        assert self.source.takes("poll")
        assert self.source.takes("transform")
        assert self.source.poll_seconds >= 60

    def test_recorded_answers_become_the_expected_pages(self, golden_poll: GoldenPoll) -> None:
        pages = list(self._poll(golden_poll, Recorded(golden_poll)))
        bodies = [answer.body for answer in golden_poll.answers.values()]
        assert [page.cursor for page in pages] == [cursor for cursor, _ in golden_poll.pages]
        for page, (_, expected) in zip(pages, golden_poll.pages, strict=True):
            assert page.body in bodies, "a page is what the provider answered, byte for byte"
            items = self._items(golden_poll, page.body)
            assert len(items) == len(expected), items
            assert all(map(matches, items, expected)), items

    def test_polling_twice_gives_the_same(self, golden_poll: GoldenPoll) -> None:
        first, again = (list(self._poll(golden_poll, Recorded(golden_poll))) for _ in range(2))
        assert first == again

    def test_it_asks_for_nothing_but_what_it_is_given(self, golden_poll: GoldenPoll) -> None:
        """No network but `http`, no clock but its `now`, no file and no environment."""
        with alone() as asked:
            pages = list(self._poll(golden_poll, Recorded(golden_poll)))
            for page in pages:
                self._items(golden_poll, page.body)
        assert asked == []

    def test_from_each_cursor_a_poll_ends_where_it_did(self, golden_poll: GoldenPoll) -> None:
        pages = list(self._poll(golden_poll, Recorded(golden_poll)))
        for page in pages:
            again = list(self._poll(golden_poll, Recorded(golden_poll), cursor=page.cursor))
            assert again
            assert again[-1].cursor == pages[-1].cursor

    def test_a_page_is_safe_before_the_next_is_fetched(self, golden_poll: GoldenPoll) -> None:
        http = Recorded(golden_poll)
        for page in self._poll(golden_poll, http):
            answered = [
                golden_poll.answers[asked].body for asked in http.asked if asked in golden_poll.answers
            ]
            assert answered[-1] == page.body

    def test_a_cursor_can_be_kept(self, golden_poll: GoldenPoll) -> None:
        for page in self._poll(golden_poll, Recorded(golden_poll)):
            assert page.cursor is None or 0 < len(page.cursor) <= MAX_CURSOR

    def test_after_the_deadline_nothing_is_asked(self, golden_poll: GoldenPoll) -> None:
        http = Recorded(golden_poll)
        assert list(self._poll(golden_poll, http, deadline=golden_poll.now - timedelta(seconds=1))) == []
        assert http.asked == []

    def test_any_cursor_is_taken(self, golden_poll: GoldenPoll) -> None:
        for cursor in (
            "",
            "{",
            "null",
            "[]",
            '{"walk": [1, 2, "x", 3]}',
            '{"walk": ["a"]}',
            "x" * MAX_CURSOR,
        ):
            assert self._ends(golden_poll, Recorded(golden_poll), cursor=cursor)

    @pytest.mark.parametrize("status", [301, 401, 403, 429, 500, 503, None])
    def test_an_error_ends_the_poll_where_it_was(self, golden_poll: GoldenPoll, status: int | None) -> None:
        """Whichever answer it is in place of. The pages before it stay."""
        whole = [page.cursor for page in self._poll(golden_poll, Recorded(golden_poll))]
        for place in range(len(golden_poll.answers)):
            pages: list[Polled] = []
            with pytest.raises(PollFailed) as failure:
                pages.extend(self._poll(golden_poll, Recorded(golden_poll, _failing(place, status))))
            assert [page.cursor for page in pages] == whole[: len(pages)]
            self._tells_no_secret(failure.value)

    def test_a_page_that_comes_again_for_ever_ends_the_poll(self, golden_poll: GoldenPoll) -> None:
        listed = next(asked for asked in [*golden_poll.answers][::-1] if asked.startswith("GET "))

        def given(asked: str, answer: Answer | None) -> Answer | None:
            return golden_poll.answers[listed] if asked.startswith("GET ") else answer

        assert self._ends(golden_poll, Recorded(golden_poll, given))

    def test_hostile_answers_end_the_poll_at_worst(self, golden_poll: GoldenPoll) -> None:
        for request in golden_poll.answers:
            for body in (*hostile.BODIES[::2], b"<!doctype html><html><body>Sign in</body></html>"):
                self._survives(golden_poll, body, request)

    def test_spoilt_answers_end_the_poll_at_worst(self, golden_poll: GoldenPoll) -> None:
        for request, answer in golden_poll.answers.items():
            bodies = list(hostile.spoilt(answer.body))
            step = next(step for step in _STEPS if len(bodies) <= step * _SPOILT)
            for body in bodies[::step]:
                self._survives(golden_poll, body, request)

    def test_spoilt_pages_are_unreadable_at_worst(self, golden_poll: GoldenPoll) -> None:
        for page in self._poll(golden_poll, Recorded(golden_poll)):
            for body in hostile.spoilt(page.body):
                self._consume(golden_poll, body)

    def test_unusable_credentials_are_told_without_them(self, golden_poll: GoldenPoll) -> None:
        """They are text from a secret; whether a source needs any is its own."""
        spoilt = ["", "{", "[]", "{}", '"text"', "\ud800", "-----BEGIN PRIVATE KEY-----"]
        if self.credentials:
            held = json.loads(self.credentials)
            spoilt += [
                json.dumps({**held, key: value}) for key in held for value in ("", None, "s3cr3t\n\x00é", 7)
            ]
        for credentials in spoilt:
            said = ""
            try:
                list(self._poll(golden_poll, Recorded(golden_poll), credentials=credentials))
            except PollFailed as failure:
                self._tells_no_secret(failure)
                said = str(failure)
            assert "s3cr3t" not in said

    def _connection(self, poll: GoldenPoll, credentials: str | None = None) -> Connection:
        source = self.source()
        made = connected(source, poll.settings)
        return Connection(
            source=source.name,
            settings=made.settings,
            credentials=self.credentials if credentials is None else credentials,
        )

    def _poll(
        self,
        poll: GoldenPoll,
        http: Recorded,
        *,
        cursor: str | None = None,
        deadline: datetime | None = None,
        credentials: str | None = None,
    ) -> Iterable[Polled]:
        begin = poll.cursor if cursor is None else cursor
        connection = self._connection(poll, credentials)
        return self.source().poll(begin, connection, http, deadline or poll.now + _AN_HOUR)

    def _items(self, poll: GoldenPoll, body: bytes) -> list[Item]:
        received = Received(id="page", received_at=poll.now, body=body)
        return list(self.source().transform(received, self._connection(poll)))

    def _consume(self, poll: GoldenPoll, body: bytes) -> None:
        received = Received(id="page", received_at=poll.now, body=body)
        consume(self.source().transform(received, self._connection(poll)))

    def _ends(self, poll: GoldenPoll, http: Recorded, cursor: str | None = None) -> bool:
        """Whether it ended, at worst by PollFailed, and each of its pages can be read, or is Unreadable."""
        try:
            for page in self._poll(poll, http, cursor=cursor):
                assert len(http.asked) <= _MOST
                self._consume(poll, page.body)
        except PollFailed as failure:
            self._tells_no_secret(failure)
        return len(http.asked) <= _MOST

    def _survives(self, poll: GoldenPoll, body: bytes, request: str) -> None:
        """That body as the answer to a request."""

        def given(asked: str, answer: Answer | None) -> Answer | None:
            if asked == request:
                return Answer(status=200, headers={"content-type": "application/json"}, body=body)
            return answer or Answer(status=404)

        assert self._ends(poll, Recorded(poll, given))

    def _tells_no_secret(self, failure: PollFailed) -> None:
        held = json.loads(self.credentials) if self.credentials else {}
        for secret in held.values():
            assert str(secret)[:200] not in str(failure)


def _failing(place: int, status: int | None) -> Callable[[str, Answer | None], Answer | None]:
    """What to answer where the request of that place gets this status, and all others what was recorded."""
    asked: list[str] = []

    def given(request: str, answer: Answer | None) -> Answer | None:
        asked.append(request)
        if len(asked) != place + 1:
            return answer
        return None if status is None else Answer(status=status)

    return given
