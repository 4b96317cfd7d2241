"""What a packed file holds, in parts: all of it, from anywhere."""

from __future__ import annotations

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.intake.file_import import Unpacked
from chalicelib.errors import NotFound, Unreadable
from chalicelib.pipeline.intake import parts
from chalicelib.pipeline.intake.unpack import unpacked
from tests.unit.pipeline.fakes import FakeBlobs

PART = 100


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", PART)


def kept(packed: bytes, limit: int = 10**9) -> tuple[FakeBlobs, Unpacked]:
    """What lies in the bucket at the end, and what is known of it."""
    blobs = FakeBlobs()
    file = unpacked(io.BytesIO(packed), "x.csv.gz", limit)
    *_, last = parts.write(blobs, "i1", Unpacked(name=file.name), file.stream)
    return blobs, last


@pytest.mark.parametrize(("size", "count"), [(0, 0), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (250, 3)])
def test_all_that_was_packed_lies_in_parts(size: int, count: int) -> None:
    body = bytes(n % 251 for n in range(size))
    blobs, unpacked = kept(gzip.compress(body))
    assert sorted(blobs.objects) == [f"unpacked/i1/{n:05}" for n in range(count)]
    assert (unpacked.name, unpacked.size, unpacked.damage) == ("x.csv", size, "")
    assert parts.read(blobs, "i1", unpacked).read() == body


@given(st.lists(st.tuples(st.integers(0, 1_100), st.integers(1, 300)), max_size=6))
def test_parts_are_read_from_anywhere(moves: list[tuple[int, int]]) -> None:
    body = bytes(n % 251 for n in range(1_050))
    blobs, unpacked = kept(gzip.compress(body))
    stream = io.BufferedReader(parts.read(blobs, "i1", unpacked))  # type: ignore[arg-type]
    for place, size in moves:
        stream.seek(place)
        assert stream.read(size) == body[place : place + size]
    stream.seek(-10, io.SEEK_END)
    assert stream.read() == body[-10:]


@pytest.mark.parametrize("cut", [1, 8, 30])
def test_what_lies_before_the_damage_is_kept_and_the_damage_is_told(cut: int) -> None:
    body = b"".join(b"%d," % (n * n) for n in range(500))
    blobs, unpacked = kept(gzip.compress(body)[:-cut])
    assert "cut off after" in unpacked.damage
    stream = parts.read(blobs, "i1", unpacked)
    before = stream.read(10**6)
    while len(before) < unpacked.size:
        before += stream.read(10**6)
    assert before == body[: unpacked.size]
    assert unpacked.size > 0.9 * len(body) if cut < 30 else unpacked.size
    with pytest.raises(Unreadable, match="cut off after"):
        stream.read(1)


def test_no_more_is_kept_than_may_come_out() -> None:
    blobs, unpacked = kept(gzip.compress(bytes(10_000)), limit=1_000)
    assert unpacked.damage == "the packed file holds more than 1000 bytes; upload it in parts"
    assert sum(map(len, blobs.objects.values())) <= 1_000


def test_it_is_told_part_by_part() -> None:
    file = unpacked(io.BytesIO(gzip.compress(bytes(250))), "x.csv.gz", 10**6)
    told = parts.write(FakeBlobs(), "i1", Unpacked(name="x.csv"), file.stream)
    assert [one.parts for one in told] == [(100,), (100, 100), (100, 100, 50)]


@pytest.mark.parametrize("left", [None, b"short"])
def test_a_part_that_is_gone_or_another_is_not_found(left: bytes | None) -> None:
    blobs, unpacked = kept(gzip.compress(bytes(250)))
    blobs.delete("unpacked/i1/00001")
    if left is not None:
        blobs.put("unpacked/i1/00001", left)
    stream = parts.read(blobs, "i1", unpacked)
    with pytest.raises(NotFound):
        stream.read()


def test_nothing_is_left_of_parts_that_are_deleted() -> None:
    blobs, unpacked = kept(gzip.compress(bytes(250)))
    blobs.put("unpacked/i1/00003", b"its maker died before he could tell of it")
    blobs.put("unpacked/i2/00000", b"of another file")
    for _ in range(2):
        parts.delete(blobs, "i1", unpacked)
    assert list(blobs.objects) == ["unpacked/i2/00000"]
