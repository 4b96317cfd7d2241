"""JSON files of any size, in flat memory."""

from __future__ import annotations

import contextlib
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pytest

from tests.unit.triggeriq.streams import Endless
from triggeriq import Unreadable
from triggeriq.lines import MAX_LINE
from triggeriq.reading import json_items
from triggeriq.testing.samples import Pieces


def documents(stream: BinaryIO) -> Iterator[Any]:
    return json_items(stream, "data")


def items(body: bytes) -> tuple[list[Any], str]:
    found: list[Any] = []
    try:
        for item in json_items(BytesIO(body), "data"):
            found.append(item)
    except Unreadable as error:
        return found, str(error)
    return found, ""


def test_items_come_out_of_a_document() -> None:
    body = b'{"links": {"data": [9]}, "data": [1, {"a": [2]}, "x"], "meta": null}'
    assert items(body) == ([1, {"a": [2]}, "x"], "")
    assert items(b"[1, 2]") == ([1, 2], "")
    assert items(b'{"data": []}\n{"data": [1]} [2]') == ([1, 2], "")
    assert items(b'{"data": {"id": 1}}') == ([{"id": 1}], "")


def test_items_of_further_arrays_come_in_their_place() -> None:
    body = b'{"first": [8], "data": [1], "more": [2, 3], "other": [9]} {"data": [4]}'
    assert list(json_items(BytesIO(body), "data", also=("first", "more"))) == [8, 1, 2, 3, 4]
    assert list(json_items(BytesIO(b'{"data": [1], "more": 2}'), "data", also=("more",))) == [1]


@pytest.mark.parametrize(
    ("body", "found", "reason"),
    [
        (b"", 0, "data[0]: the file ends here"),
        (b'{"data": [1, 2', 1, "data[1]"),
        (b'{"data": [1, {"a": "b', 1, "data[1]: the file ends here"),
        (b'{"data": [1, 2]', 2, "data[2]: the file ends here"),
        (b'{"data": [1, 2], "x": 1', 2, "data[2]"),
        (b'{"data": [1 2]}', 1, "data[1]: , or ] is expected"),
        (b'{"data": [1, oops, 3]}', 1, "data[1]: not JSON"),
        (b'{"data": [1, NaN]}', 1, "data[1]: NaN"),
        (b'{"data": [1, "\xff"]}', 0, "not UTF-8"),
        (b'{"data": [1, ' + b"[" * 100_000, 1, "data[1]"),
        (b'{"data": [1, ' + b"[" * 200 + b"]" * 200 + b"]}", 1, "data[1]: JSON nested"),
        (b'{"data": ["' + b"x" * (2 * MAX_LINE) + b'"]}', 0, "longer than"),
        (b'{"other": []}', 0, 'there is no "data"'),
        (b"x", 0, "{ is expected"),
    ],
)
def test_a_broken_document_gives_what_came_before(body: bytes, found: int, reason: str) -> None:
    before, error = items(body)
    assert len(before) == found
    assert reason in error


def test_pieces_of_any_size_make_the_same_document() -> None:
    body = json.dumps({"meta": 12345, "data": [123456789, 'ü👍\\"', [1.5e3, True], {"a": None}]}).encode()
    for size in range(1, 20):
        assert list(json_items(Pieces(body, size), "data")) == json.loads(body)["data"]


@pytest.mark.parametrize(
    ("reader", "head", "row", "size", "most"),
    [
        (
            documents,
            b'{"data": [',
            b'{"id": 1, "text": "words of some length"}, ' * 500,
            6_000_000,
            1_000_000,
        ),
        (documents, b'{"data": ["', b"an endless text " * 1000, 20_000_000, 8_000_000),
    ],
    ids=["json", "endless text"],
)
def test_memory_stays_flat(reader: Any, head: bytes, row: bytes, size: int, most: int) -> None:
    stream = Endless(itertools.chain([head], itertools.repeat(row, size // len(row))))
    tracemalloc.start()
    try:
        with contextlib.suppress(Unreadable):
            for _ in reader(stream):
                pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"id": 1}', [{"id": 1}]),
        (b'{"id": 1}\n{"id": 2, "a": [1]}\n', [{"id": 1}, {"id": 2, "a": [1]}]),
        (b'{"id": 1, "data": [2]}', [2]),
        (b'{"data": [2]} {"id": 1} [3]', [2, {"id": 1}, 3]),
    ],
)
def test_an_object_may_be_an_item_itself(body: bytes, found: list[Any]) -> None:
    assert list(json_items(BytesIO(body), "data", alone=("id",))) == found
    with pytest.raises(Unreadable, match='no "data"'):
        list(json_items(BytesIO(b'{"other": 1}'), "data", alone=("id",)))
