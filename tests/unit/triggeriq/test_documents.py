"""Files of JSON whose items hold several things each."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from triggeriq import Bad, Ignore, Nothing
from triggeriq.documents import documents, lines, things_in


def things(value: Any, where: str) -> Iterator[Ignore]:
    """As many as the item says, or none."""
    for number in range(value if isinstance(value, int) else 0):
        yield Ignore(f"{where}/{number}")


def read(body: bytes, resume: str | None = None, *, by_line: bool = False) -> list[tuple[str, str]]:
    stream = BytesIO(body)
    found = (
        lines(stream, resume, things, key="data", also=("more",))
        if by_line
        else documents(stream, resume, things, "data", also=("more",))
    )
    return [
        (mark, item.where if isinstance(item, Bad) else item.reason if isinstance(item, Ignore) else "?")
        for mark, item in found
        if not isinstance(item, Nothing)
    ]


def test_all_but_the_last_thing_of_an_item_have_marks_before_its_own() -> None:
    assert read(b'{"data": [1, 0, 3], "more": [1], "other": [9]}') == [
        ("1", "data[0]/0"),
        ("2+1", "data[2]/0"),
        ("2+2", "data[2]/1"),
        ("3", "data[2]/2"),
        ("4", "data[3]/0"),
    ]


def test_lines_are_items_arrays_or_documents() -> None:
    found = read(b'2\n\n[1, 1]\n{"data": [1], "more": [1]}\n{oops\n', by_line=True)
    assert [thing for _, thing in found] == [
        *("line 1/0", "line 1/1", "line 3/0", "line 3/0", "line 4/0", "line 4/0", "line 5"),
    ]


@pytest.mark.parametrize("by_line", [False, True])
@pytest.mark.parametrize("body", [b'{"data": [1, 0, 3], "more": [2]}', b'2\n\n0\n[1, 3]\n{"data": [1]}'])
def test_reading_goes_on_behind_any_mark(body: bytes, by_line: bool) -> None:
    if not by_line and not body.startswith(b"{"):
        body = b"[2, 0, 1, 3]"
    whole = read(body, by_line=by_line)
    for place, (mark, _) in enumerate(whole, start=1):
        assert read(body, mark, by_line=by_line) == whole[place:]


def test_what_is_passed_over_is_told_now_and_then() -> None:
    body = b"[" + b",".join([b"0"] * 5_000) + b",1]"
    found = list(documents(BytesIO(body), "4000", things, "data"))
    assert [mark for mark, item in found if isinstance(item, Nothing)][:5] == ["4000"] * 4 + ["4001"]
    assert found[-1][0] == "5001"


def test_a_document_that_holds_nothing_is_ignored() -> None:
    assert list(things_in({"data": [2]}, "data", things)) == [Ignore("data[0]/0"), Ignore("data[0]/1")]
    (item,) = things_in({"data": []}, "data", things)
    assert isinstance(item, Ignore)
