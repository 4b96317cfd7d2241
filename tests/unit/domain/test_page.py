from __future__ import annotations

import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.page import Page, from_cursor, page_of, to_cursor
from chalicelib.errors import Invalid


@given(st.text(min_size=1, max_size=40), st.integers(), st.text(min_size=1, max_size=40))
def test_a_cursor_comes_back_as_the_position_it_was(first: str, second: int, third: str) -> None:
    cursor = to_cursor(first, second, third)
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert from_cursor(cursor, str, int, str) == [first, second, third]


@pytest.mark.parametrize(
    "position",
    [["a"], ["a", 1, "b"], [1, "a"], ["a", True], ["a", 1.5], ["a", None], {"a": 1}, "a1", ["", 1]],
)
def test_a_cursor_of_another_list_is_refused(position: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(position).encode()).decode().rstrip("=")
    with pytest.raises(Invalid) as refusal:
        from_cursor(cursor, str, int)
    assert refusal.value.field == "cursor"


@pytest.mark.parametrize("cursor", ["", "?", "a", "YQ", "W10", "ü", base64.b64encode(b"[" * 5_000).decode()])
def test_nonsense_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        from_cursor(cursor, str, int)


@pytest.mark.parametrize("value", ["x", "k1\n", "k", 1, "ok1"])
def test_a_cursor_whose_text_has_not_the_form_of_the_list_s_own_is_refused(value: object) -> None:
    form = re.compile("k[0-9]")
    assert from_cursor(to_cursor("k1"), form) == ["k1"]
    with pytest.raises(Invalid):
        from_cursor(to_cursor(value), form)


def test_a_page_says_what_follows() -> None:
    assert page_of(["a", "b"], 2, cursor=str) == Page(("a", "b"))
    assert page_of(["a", "b"], 1, cursor=lambda one: f"behind {one}") == Page(("a",), "behind a")
