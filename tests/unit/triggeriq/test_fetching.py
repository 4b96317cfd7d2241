"""Walks through lists that have the newest first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from triggeriq import Answer, Connection, PollFailed
from triggeriq.fetching import (
    FIRST_PAGES,
    MAX_CURSOR,
    MAX_PAGES,
    Page,
    Walk,
    array_of,
    credentials,
    json_of,
    newest_first,
    read_cursor,
)
from triggeriq.payload import milliseconds

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Clock:
    """An Http of which only the clock is used."""

    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


class List:
    """A list of ages, the newest first, by pages of a size; a page's place is its number."""

    def __init__(self, ages: Sequence[int], size: int = 2) -> None:
        self.ages, self.size = list(ages), size
        self.asked: list[str] = []
        self.fails_at: int | None = None
        self.forgotten: tuple[str, ...] = ()

    def __call__(self, place: str) -> Page:
        self.asked.append(place)
        if len(self.asked) == self.fails_at:
            raise PollFailed("the provider answered 500", 500)
        if place in self.forgotten:
            raise PollFailed("the provider answered 400", 400)
        begin = int(place or 0) * self.size
        held = self.ages[begin : begin + self.size]
        more = begin + self.size < len(self.ages)
        return Page(
            body=json.dumps(held).encode(),
            ids=[f"review-{len(self.ages) - begin - place}" for place in range(len(held))],
            ages=held,
            next=str(int(place or 0) + 1) if more else None,
        )

    def walk(self, cursor: str | None, **options: int) -> tuple[list[int], str | None]:
        """What a poll gives, and its last cursor, whether it fails or not."""
        found: list[int] = []
        try:
            for polled in newest_first(cursor, self, Clock(), NOW, **options):  # type: ignore[arg-type]
                found += json.loads(polled.body)
                cursor = polled.cursor
        except PollFailed:
            pass
        return found, cursor


def test_the_first_walk_goes_as_far_as_it_may_and_later_ones_to_what_is_known() -> None:
    listed = List(range(100, 0, -1))
    found, cursor = listed.walk(None)
    assert found == [*range(100, 100 - 2 * FIRST_PAGES, -1)]
    listed.ages = [*range(105, 0, -1)]
    found, cursor = listed.walk(cursor)
    assert found == [105, 104, 103, 102, 101, 100, 99, 98][: len(found)]
    assert {101, 102, 103, 104, 105} <= set(found)
    assert listed.walk(cursor)[0] == [105, 104]


def test_items_of_the_same_age_on_two_pages_are_both_seen() -> None:
    listed = List([5, 5, 5, 5, 5, 1])
    cursor = listed.walk(None)[1]
    listed.ages = [6, 5, 5, 5, 5, 5, 5, 1]
    assert listed.walk(cursor)[0] == [6, 5, 5, 5, 5, 5, 5, 1]


@pytest.mark.parametrize("fails_at", range(1, 6))
def test_an_interrupted_walk_is_taken_up_and_nothing_is_lost(fails_at: int) -> None:
    listed = List(range(4, 0, -1))
    cursor = listed.walk(None)[1]
    listed.ages = [*range(12, 0, -1)]
    listed.asked, listed.fails_at = [], fails_at
    first, cursor = listed.walk(cursor)
    listed.ages = [*range(14, 0, -1)]  # while it was away
    rest, cursor = listed.walk(cursor)
    last, cursor = listed.walk(cursor)
    assert set(range(5, 15)) <= {*first, *rest, *last}
    assert listed.walk(cursor)[0] == [14, 13]


def test_what_was_deleted_meanwhile_hides_nothing() -> None:
    listed = List(range(12, 0, -1))
    listed.fails_at = 4
    first, cursor = listed.walk(None)
    assert first == [12, 11, 10, 9, 8, 7]
    listed.ages = [*range(10, 0, -1)]
    rest, _ = listed.walk(cursor)
    assert {*first, *rest} == set(range(1, 13))


def test_a_place_that_the_provider_has_forgotten_begins_the_walk_anew() -> None:
    listed = List(range(12, 0, -1))
    listed.fails_at = 4
    cursor = listed.walk(None)[1]
    listed.forgotten = ("2",)
    listed.asked = []
    assert "2" in (cursor or "")
    found, _ = listed.walk(cursor)
    assert listed.asked[:2] == ["2", ""]
    assert found[:4] == [12, 11, 10, 9]


def test_an_error_that_is_no_forgetting_is_told() -> None:
    def fetch(place: str) -> Page:
        raise PollFailed("the provider answered 401", 401)

    for cursor in (None, '{"walk":[1,2,"2",3]}'):
        with pytest.raises(PollFailed, match="401"):
            list(newest_first(cursor, fetch, Clock(), NOW))  # type: ignore[arg-type]


def test_a_time_to_come_hides_nothing_that_is_said_until_then() -> None:
    now = milliseconds(NOW)
    listed = List([now + 10**12, now - 5])
    cursor = listed.walk(None)[1]
    listed.ages = [now + 10**12, now + 4, now + 3, now + 2, now - 5]
    assert now + 2 in listed.walk(cursor)[0]


def test_without_ages_each_walk_is_as_long_as_the_first() -> None:
    def fetch(place: str) -> Page:
        number = int(place or 0)
        return Page(body=str(number).encode(), ids=[str(number)], ages=[], next=str(number + 1))

    cursor = None
    for _ in range(2):
        pages = list(newest_first(cursor, fetch, Clock(), NOW))  # type: ignore[arg-type]
        assert len(pages) == FIRST_PAGES
        cursor = pages[-1].cursor


def test_a_list_without_an_end_is_left_after_so_many_pages_and_gone_on_with() -> None:
    def fetch(place: str) -> Page:
        number = int(place or 0)
        return Page(body=str(number).encode(), ids=[str(number)], ages=[10**9 - number], next=str(number + 1))

    cursor: str | None = '{"walk":[1]}'
    for begin in (0, MAX_PAGES - 1):
        pages = list(newest_first(cursor, fetch, Clock(), NOW))  # type: ignore[arg-type]
        assert (len(pages), pages[0].body) == (MAX_PAGES, str(begin).encode())
        cursor = pages[-1].cursor


def test_it_ends_at_the_deadline_and_goes_on_there() -> None:
    clock, listed = Clock(), List(range(12, 0, -1))
    found: list[int] = []
    cursor = None
    for polled in newest_first(None, listed, clock, NOW + timedelta(seconds=2)):  # type: ignore[arg-type]
        found += json.loads(polled.body)
        cursor = polled.cursor
        clock.time += timedelta(seconds=1)
    assert found == [12, 11, 10, 9, 8, 7]
    assert listed.walk(cursor)[0] == [8, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(body=b"", ids=["1"] * 10_001, ages=[], next=None), "10,000 is the most"),
        (Page(body=b"", ids=["1"], ages=[], next="\ud800"), "no address"),
        (Page(body=b"", ids=["1"], ages=[], next="a b\n"), "no address"),
        (Page(body=b"", ids=["1"], ages=[], next="x" * 5_000), "no address"),
        (Page(body=b"", ids=["1"], ages=[], next="2"), "again"),
    ],
)
def test_a_page_that_can_t_be_is_told(page: Page, said: str) -> None:
    with pytest.raises(PollFailed, match=said):
        list(newest_first(None, lambda place: page, Clock(), NOW))  # type: ignore[arg-type]


def test_a_cursor_that_would_be_too_long_leaves_the_place_out() -> None:
    pages = {"": ("x" * 2_000, 5), "x" * 2_000: ("y", 4), "y": (None, 3)}

    def fetch(place: str) -> Page:
        following, age = pages[place]
        return Page(body=b"", ids=[str(age)], ages=[age], next=following)

    polled = newest_first('{"walk":[2]}', fetch, Clock(), NOW)  # type: ignore[arg-type]
    cursors = [one.cursor for one in polled]
    assert cursors == ['{"walk":[2]}', '{"walk":[2]}', '{"walk":[5]}']
    assert all(cursor and len(cursor) <= MAX_CURSOR for cursor in cursors)


@pytest.mark.parametrize(
    "value", [None, 1, "x", [], [1, 2], ["1"], [True], [1, "2", "3", 4], [1, 2, 3, 4], [1, 2, "\n", 4], {}]
)
def test_a_cursor_of_another_form_begins_a_walk(value: object) -> None:
    assert Walk.unpacked(value).place == ""  # type: ignore[arg-type]
    assert read_cursor("{oops") == {}


def test_credentials_are_an_object_with_what_is_asked_for() -> None:
    held = Connection(source="acme", credentials='{"key": " k ", "number": 7, "none": null}')
    assert credentials(held, "key") == {"key": "k", "number": "7"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("s3cr3t", "is not JSON"),
        ('["s3cr3t"]', "is not JSON"),
        ('{"other": "s3cr3t"}', "has no key"),
        ('{"key": ""}', "has no key"),
        ('{"key": {"key": "s3cr3t"}}', "has no key"),
    ],
)
def test_what_is_wrong_with_credentials_is_told_without_them(text: str, said: str) -> None:
    with pytest.raises(PollFailed, match=said) as failure:
        credentials(Connection(source="acme", credentials=text), "key", "other")
    assert "s3cr3t" not in str(failure.value)
    assert "key, other" in str(failure.value)


def test_what_is_no_json_is_told_by_its_kind() -> None:
    answer = Answer(
        status=200, headers={"content-type": "text/html; charset=utf-8"}, body=b" <html>words</html>"
    )
    with pytest.raises(PollFailed, match=r"HTML, as 'text/html; charset=utf-8'") as failure:
        json_of(answer)
    assert failure.value.status == 200
    assert "words" not in str(failure.value)


def test_an_array_that_is_left_out_is_empty() -> None:
    assert array_of({}, "data") == []
    with pytest.raises(PollFailed, match="no array"):
        array_of({"data": {}}, "data")
