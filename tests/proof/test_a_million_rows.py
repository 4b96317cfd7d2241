"""Files as long as partners' exports are: every row is read, and the memory is that of a short file."""

from __future__ import annotations

import itertools
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import RawIOBase

import pytest

from plugins.sources.csv_upload import CsvUpload
from tests.proof.progress import Progress
from triggeriq import Connection, Feedback, FileHint, Nothing

ROWS = 1_000_000
PIECE = 1_000
"""Rows that the stream makes at a time."""
MOST_MEMORY = 50_000_000
"""Bytes more than before. All the rows at once would be ten times that."""


class Made(RawIOBase):
    """A stream that is made as it is read, so that the file itself takes no memory. row: of that number."""

    def __init__(self, head: bytes, row: str) -> None:
        starts = range(0, ROWS, PIECE)
        rows = ("".join(row.format(n) for n in range(start, start + PIECE)).encode() for start in starts)
        self._pieces = itertools.chain([head], rows)
        self._left = b""

    def read(self, size: int = -1) -> bytes:
        self._left = self._left or next(self._pieces, b"")
        piece, self._left = self._left[:size], self._left[size:]
        return piece


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("rows.csv", b"id,text,rating\n", 'r{0},"It crashes, whenever I open it",1\n'),
        ("rows.ndjson", b"", '{{"id": "r{0}", "text": "It crashes, whenever I open it", "rating": 1}}\n'),
    ],
    ids=["csv", "ndjson"],
)
def test_a_million_rows_are_read_in_flat_memory(name: str, head: bytes, row: str) -> None:
    progress, before = Progress("rows", ROWS), peak()
    for number, item in enumerate(read(name, Made(head, row))):
        assert item.external_id == f"r{number}"
        if number % PIECE == PIECE - 1:
            progress.tell(number + 1)
    assert number == ROWS - 1
    assert peak() - before < MOST_MEMORY


def read(name: str, stream: RawIOBase) -> Iterator[Feedback]:
    hint = FileHint(name=name, modified_at=datetime(2026, 1, 2, tzinfo=UTC))
    for _, item in CsvUpload().read(stream, hint, None, Connection(source="csv")):
        if not isinstance(item, Nothing):
            assert isinstance(item, Feedback)
            yield item


def peak() -> int:
    """The most memory that this process ever had, in bytes: Linux counts in kilobytes, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
