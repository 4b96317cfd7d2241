"""Packed files, whole and broken, within bounds."""

from __future__ import annotations

import gzip
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.pipeline.intake.unpack import Counted, unpacked


def opened(body: bytes, limit: int = 10**9) -> bytes:
    return unpacked(Counted(io.BytesIO(body)), limit).read()


@given(st.lists(st.binary(max_size=2_000), min_size=1, max_size=4), st.integers(0, 9))
def test_what_was_packed_comes_out(parts: list[bytes], level: int) -> None:
    packed = b"".join(gzip.compress(part, level) for part in parts)
    assert opened(packed) == b"".join(parts)


@given(st.binary(max_size=500).filter(lambda body: not body.startswith(b"\x1f\x8b")))
def test_what_is_not_packed_is_left_alone(body: bytes) -> None:
    assert opened(body) == body


def test_padding_behind_the_last_member_is_passed_over() -> None:
    assert opened(gzip.compress(b"abc") + b"\0" * 1_000) == b"abc"


@pytest.mark.parametrize("cut", [1, 4, 8, 9, 200])
def test_a_cut_off_file_says_so(cut: int) -> None:
    body = gzip.compress(bytes(range(256)) * 40)
    with pytest.raises(Unreadable, match=r"cut off|broken"):
        opened(body[:-cut])


def test_a_broken_file_says_where() -> None:
    body = bytearray(gzip.compress(b"x" * 100 + bytes(range(256)) * 40, 0))
    body[2_000] ^= 0xFF
    with pytest.raises(Unreadable, match=r"broken after \d+ unpacked bytes"):
        opened(bytes(body))


def test_what_follows_the_last_member_and_is_none_is_broken() -> None:
    with pytest.raises(Unreadable, match="broken after 3"):
        opened(gzip.compress(b"abc") + b"trailing")


def test_the_limit_is_exact() -> None:
    body = gzip.compress(b"x" * 5_000)
    assert len(opened(body, 5_000)) == 5_000
    with pytest.raises(Unreadable, match="more than 4999 bytes"):
        opened(body, 4_999)


def test_a_bomb_takes_no_memory() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 9)
    stream = unpacked(Counted(io.BytesIO(bomb)), 10**12)
    tracemalloc.start()
    while stream.read(64 * 1024):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000


def test_what_is_read_is_counted_as_stored() -> None:
    body = gzip.compress(bytes(range(256)) * 4)
    counted = Counted(io.BytesIO(body))
    unpacked(counted, 10**6).read()
    assert counted.count == len(body)
