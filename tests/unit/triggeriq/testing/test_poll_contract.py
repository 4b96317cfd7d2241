"""The contract of polls finds what is wrong with a source, and passes one with which nothing is."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.unit.triggeriq.testing.outcomes import run
from triggeriq.testing.golden_polls import load

BEGINNING = """
import json, time
from pathlib import Path

from triggeriq import Connection, Feedback, Polled, PollFailed, Source
from triggeriq.fetching import Page, credentials, json_of, newest_first
from triggeriq.payload import identifier, parse_object
from triggeriq.testing import PollContract

POLLS = Path(__file__).with_name("polls")
HEADERS = {}

class Acme(Source):
    name = "acme"

    def poll(self, cursor, connection, http, deadline):
        self.key = credentials(connection, "key")["key"]
        yield from newest_first(cursor, lambda place: self.page(place, http), http, deadline)

    def page(self, place, http):
        headers = {"authorization": f"Bearer {self.key}"}
        answer = http.request("GET", f"https://acme.example/reviews?page={place or 1}", headers=headers)
        found = json_of(answer)
        ids = found.get("ids")
        if not isinstance(ids, list) or not all(type(one) is int for one in ids):
            raise PollFailed("no page of reviews")
        following = found.get("next")
        return Page(body=answer.body, ids=[str(one) for one in ids], ages=ids,
                    next=str(following) if type(following) is int else None)

    def transform(self, received, connection):
        found = parse_object(received.body).get("ids")
        for one in found if isinstance(found, list) else ():
            yield Feedback(external_id=identifier(one) or "none")
"""

OFFENCES = {
    "FetchesAllFirst": (
        """
        def poll(self, cursor, connection, http, deadline):
            yield from list(super().poll(cursor, connection, http, deadline))
        """,
        ("test_a_page_is_safe_before_the_next_is_fetched",),
    ),
    "HidesErrors": (
        """
        def poll(self, cursor, connection, http, deadline):
            try:
                yield from super().poll(cursor, connection, http, deadline)
            except PollFailed:
                pass
        """,
        ("test_an_error_ends_the_poll_where_it_was",),
    ),
    "KnowsNoEnd": (
        """
        def poll(self, cursor, connection, http, deadline):
            while True:
                yield Polled(body=self.page("", http).body, cursor="1")

        key = ""
        """,
        ("test_a_page_that_comes_again_for_ever_ends_the_poll",),
    ),
    "TrustsWhatItGets": (
        """
        def page(self, place, http):
            answer = http.request("GET", f"https://acme.example/reviews?page={place or 1}")
            found = json.loads(answer.body)
            return Page(body=answer.body, ids=found["ids"], ages=found["ids"], next=found.get("next"))
        """,
        ("test_hostile_answers_end_the_poll_at_worst", "test_spoilt_answers_end_the_poll_at_worst"),
    ),
    "TellsItsKey": (
        """
        def page(self, place, http):
            try:
                return super().page(place, http)
            except PollFailed as error:
                raise PollFailed(f"{error} with {self.key}", error.status)
        """,
        ("test_an_error_ends_the_poll_where_it_was",),
    ),
    "KeepsTooMuch": (
        """
        def poll(self, cursor, connection, http, deadline):
            for page in super().poll(None, connection, http, deadline):
                yield Polled(body=page.body, cursor="x" * 2_000)
        """,
        ("test_a_cursor_can_be_kept",),
    ),
    "ForgetsTheDeadline": (
        """
        def poll(self, cursor, connection, http, deadline):
            yield from super().poll(cursor, connection, http, deadline.replace(year=2200))
        """,
        ("test_after_the_deadline_nothing_is_asked",),
    ),
    "StumblesOverACursor": (
        """
        def poll(self, cursor, connection, http, deadline):
            json.loads(cursor or "{}")
            yield from super().poll(cursor, connection, http, deadline)
        """,
        ("test_any_cursor_is_taken",),
    ),
    "LooksAtTheClock": (
        """
        def page(self, place, http):
            time.time()
            return super().page(place, http)
        """,
        ("test_it_asks_for_nothing_but_what_it_is_given",),
    ),
    "Rewrites": (
        """
        def poll(self, cursor, connection, http, deadline):
            for page in super().poll(cursor, connection, http, deadline):
                yield Polled(body=page.body + b" ", cursor=page.cursor)
        """,
        ("test_recorded_answers_become_the_expected_pages",),
    ),
    "ReadsNoPage": ("transform = Source.transform", ("test_it_fetches",)),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One with a golden poll."""
    poll = tmp_path / "polls" / "two_pages"
    poll.mkdir(parents=True)
    answers = {"1": {"ids": [3, 2], "next": 2}, "2": {"ids": [1]}}
    said = {
        "now": "2026-01-02T03:04:05Z",
        "settings": {},
        "cursor": None,
        "answers": [
            {
                "request": f"GET https://acme.example/reviews?page={number}",
                "status": 200,
                "headers": {},
                "body": f"{number}.json",
            }
            for number in answers
        ],
        "pages": [
            {
                "cursor": '{"walk":[null]}',
                "items": [{"feedback": {"external_id": "3"}}, {"feedback": {"external_id": "2"}}],
            },
            {"cursor": '{"walk":[3]}', "items": [{"feedback": {"external_id": "1"}}]},
        ],
    }
    (poll / "poll.json").write_text(json.dumps(said))
    for number, answer in answers.items():
        (poll / f"{number}.json").write_text(json.dumps(answer))
    return tmp_path


def contract_of(name: str, code: str) -> str:
    """A source that adds `code` to another one, and its test."""
    return (
        f"class {name}(Acme):\n{indent(dedent(code).strip() or 'pass', '    ')}\n\n"
        f"class Test{name}(PollContract):\n    source = {name}\n    polls = POLLS\n"
        '    credentials = \'{"key": "a key of the tests"}\'\n\n'
    )


def test_every_offence_is_found(folder: Path) -> None:
    module = "".join(contract_of(name, code) for name, (code, _) in OFFENCES.items())
    (folder / "test_offences.py").write_text(BEGINNING + module)
    wanted = [
        f"test_offences.py::Test{name}::{test}" for name, (_, tests) in OFFENCES.items() for test in tests
    ]
    told = run(folder, *wanted)
    found = {name: told.failed.get(f"Test{name}", set()) for name in OFFENCES}
    assert found == {name: set(tests) for name, (_, tests) in OFFENCES.items()}, told.said[-3000:]


def test_a_good_source_passes(folder: Path) -> None:
    (folder / "test_good.py").write_text(BEGINNING + contract_of("Good", ""))
    told = run(folder, "test_good.py")
    assert told.code == 0, told.said[-3000:]
    assert len(told.passed["TestGood"]) > 15


def test_without_a_golden_poll_it_fails(folder: Path) -> None:
    module = contract_of("Bare", "").replace("polls = POLLS", 'polls = POLLS / "none"')
    (folder / "test_bare.py").write_text(BEGINNING + module)
    told = run(folder, "test_bare.py")
    assert told.code
    assert "there is no golden poll" in told.said


@pytest.mark.parametrize("spoilt", ["{", "[]", "{}", '{"now": "x"}'])
def test_a_golden_poll_that_is_not_whole_is_named(folder: Path, spoilt: str) -> None:
    (folder / "polls" / "two_pages" / "poll.json").write_text(spoilt)
    with pytest.raises(ValueError, match="two_pages"):
        load(folder / "polls")
