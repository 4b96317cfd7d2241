"""Pages of lists that leave rows out, over a table that is read two rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.services.dynamodb.paging import READS_MOST, filled, rounded_down, rounded_up


class Table:
    def __init__(self, rows: int) -> None:
        self.rows = [{"id": number} for number in range(rows, 0, -1)]
        self.reads = 0

    def read(self, ExclusiveStartKey: Any = None) -> Mapping[str, Any]:  # noqa: N803 — boto's name
        self.reads += 1
        behind = [
            row for row in self.rows if ExclusiveStartKey is None or row["id"] < ExclusiveStartKey["id"]
        ]
        return {"Items": behind[:2], **({"LastEvaluatedKey": behind[1]} if len(behind) > 2 else {})}


def page(
    table: Table, limit: int, shown: Callable[[int], bool], start: Any = None, between: Any = None
) -> tuple[list[int], Any]:
    found, last = filled(table.read, limit, ("id",), start, lambda row: shown(row["id"]), between)
    return [row["id"] for row in found], last


def test_a_page_is_full_though_rows_are_left_out():
    table = Table(12)
    assert page(table, 2, lambda n: n % 3 == 0) == ([12, 9], {"id": 9})
    assert page(table, 2, lambda n: n % 3 == 0, {"id": 9}) == ([6, 3], {"id": 3})
    assert page(table, 2, lambda n: n % 3 == 0, {"id": 3}) == ([], None)


def test_a_short_page_goes_on_from_the_last_that_it_shows():
    table = Table(100)
    found = page(table, 5, lambda n: n in (99, 1), between=lambda passed, last: last)
    assert (found, table.reads) == (([99], {"id": 99}), READS_MOST)


def test_a_page_that_shows_nothing_goes_on_from_between_what_was_read():
    table = Table(100)
    found = page(table, 5, lambda n: n == 1, between=lambda passed, last: {"id": (passed, last)})
    assert (found, table.reads) == (([], {"id": ({"id": 83}, {"id": 81})}), READS_MOST)


def test_where_nothing_lies_between_it_is_read_until_something_is_shown():
    assert page(Table(100), 5, lambda n: n in (3, 1)) == ([3], {"id": 3})
    assert page(Table(100), 5, lambda n: False) == ([], None)


DIGITS = st.text("0123456789", min_size=6, max_size=6)


@given(DIGITS, DIGITS)
def test_what_is_rounded_up_lies_between(one: str, other: str) -> None:
    last, passed = sorted((one, other))
    rounded = rounded_up(last, passed, "999999")
    assert last <= rounded
    assert rounded < passed or rounded == last == passed


@pytest.mark.parametrize(
    ("last", "passed", "rounded"),
    [("123456", "200000", "199999"), ("123456", "123500", "123499"), ("123456", "123456", "123456")],
)
def test_what_is_rounded_up_tells_no_more_than_it_must(last: str, passed: str, rounded: str) -> None:
    assert rounded_up(last, passed, "999999") == rounded


@given(DIGITS, DIGITS)
def test_what_is_rounded_down_lies_between(one: str, other: str) -> None:
    passed, last = sorted((one, other))
    rounded = rounded_down(last, passed, "000000")
    assert passed < rounded <= last or passed == rounded == last
    assert rounded_down("130000", "123456", "000000") == "130000"
    assert rounded_down("134567", "123456", "000000") == "130000"
