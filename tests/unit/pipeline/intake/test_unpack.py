"""Packed files, whole and broken, within bounds."""

from __future__ import annotations

import gzip
import io
import struct
import tracemalloc
import zipfile
import zlib
from collections import deque
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Unreadable
from chalicelib.pipeline.intake.unpack import unpacked


def opened(body: bytes, limit: int = 10**9) -> bytes:
    return unpacked(io.BytesIO(body), "x.csv", limit).stream.read()


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
    stream = unpacked(io.BytesIO(bomb), "x.csv", 10**12).stream
    tracemalloc.start()
    while stream.read(64 * 1024):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


# ---- zip -------------------------------------------------------------------------------------------

TEXT = b"".join(b"%d,row %d\n" % (n, n) for n in range(5_000))


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, **how: bool) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, body in files.items():
            with archive.open(zipfile.ZipInfo(name), "w", **how) as file:
                file.write(body)
            archive.getinfo(name).compress_type = method
    return packed.getvalue()


def plainly_zipped(name: str, body: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr(name, body)
    return packed.getvalue()


class Pipe(io.RawIOBase):
    """What a program writes a zip to that can't go back: sizes stand behind each file."""

    def __init__(self) -> None:
        self.written = b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.written += bytes(data)
        return len(data)


def unzip(body: bytes, limit: int = 10**9, name: str = "x.zip") -> tuple[str, bytes]:
    file = unpacked(io.BytesIO(body), name, limit)
    return file.name, file.stream.read()


@given(st.binary(max_size=3_000), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_the_one_file_of_a_zip_comes_out(body: bytes, method: int) -> None:
    assert unzip(plainly_zipped("in/a folder/März.csv", body, method)) == ("März.csv", body)


def test_a_zip_that_was_written_to_a_pipe_is_read() -> None:
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", TEXT)
    assert unzip(pipe.written) == ("x.csv", TEXT)


def test_a_zip_of_the_long_form_is_read() -> None:
    assert unzip(zipped({"x.csv": TEXT}, zipfile.ZIP_STORED, force_zip64=True)) == ("x.csv", TEXT)


def test_folders_and_what_a_mac_adds_are_no_files() -> None:
    added = {
        "data/": b"",
        "data/x.csv": TEXT,
        "__MACOSX/data/._x.csv": b"\0\5\x16\7",
        "data/.DS_Store": b"\0",
    }
    assert unzip(zipped(added, zipfile.ZIP_STORED)) == ("x.csv", TEXT)


def test_what_stands_before_a_zip_does_not_matter() -> None:
    with pytest.raises(Unreadable, match="is none"):
        unzip(b"junk" + plainly_zipped("x.csv", TEXT))
    assert unzip(plainly_zipped("x.csv", TEXT) + b"") == ("x.csv", TEXT)


def encrypted(body: bytes) -> bytes:
    spoilt = bytearray(body)
    spoilt[6] |= 1
    spoilt[body.index(b"PK\1\2") + 8] |= 1
    return bytes(spoilt)


def with_method(body: bytes, method: int) -> bytes:
    spoilt = bytearray(body)
    struct.pack_into("<H", spoilt, 8, method)
    struct.pack_into("<H", spoilt, body.index(b"PK\1\2") + 10, method)
    return bytes(spoilt)


def overlapping(count: int = 100) -> bytes:
    """One packed body, told of many times: a bomb that unpacks to far more than it claims to hold."""
    once = plainly_zipped("x.csv", b"\0" * 1_000_000)
    entry = once[once.index(b"PK\1\2") : once.index(b"PK\5\6")]
    head = once[: once.index(b"PK\1\2")]
    directory = entry * count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(head), 0)
    return head + directory + end


def with_directory(claimed: int) -> bytes:
    once = bytearray(plainly_zipped("x.csv", TEXT))
    struct.pack_into("<L", once, once.index(b"PK\5\6") + 12, claimed)
    return bytes(once)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (zipped({"a.csv": TEXT, "b.csv": TEXT}), "holds 2 files"),
        (zipped({f"{n}.csv": b"" for n in range(1_000)}), "holds 1000 files"),
        (zipped({}), "holds no file"),
        (zipped({"data/": b""}, zipfile.ZIP_STORED), "holds no file"),
        (encrypted(plainly_zipped("x.csv", TEXT)), "encrypted"),
        (plainly_zipped("x.csv", TEXT, zipfile.ZIP_BZIP2), "method 12"),
        (plainly_zipped("x.csv", TEXT, zipfile.ZIP_LZMA), "method 14"),
        (with_method(plainly_zipped("x.csv", TEXT), 9), "method 9"),
        (plainly_zipped("x.csv", TEXT)[:-30], "broken or cut off"),
        (plainly_zipped("x.csv", TEXT)[:500], "broken or cut off"),
        (overlapping(), "holds 100 files"),
        (with_directory(4_000_000_000), "broken or cut off"),
        (b"PK", "broken or cut off"),
        (b"PK\3\4" + b"\xff" * 500, "broken or cut off"),
        (b"id,text\n1,hello\n", "is none"),
        (gzip.compress(TEXT), "is none"),
        (b"", "is none"),
    ],
)
def test_a_zip_that_is_not_read_says_why(body: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        unzip(body)


def test_the_directory_of_a_zip_takes_no_memory() -> None:
    names = {f"{n:050}.csv": b"" for n in range(20_000)}
    body = zipped(names, zipfile.ZIP_STORED)
    with pytest.raises(Unreadable, match="directory is too long"):
        unzip(body)


def lying(size: int) -> bytes:
    body = bytearray(plainly_zipped("x.csv", TEXT))
    struct.pack_into("<L", body, 22, size)
    struct.pack_into("<L", body, body.index(b"PK\1\2") + 24, size)
    return bytes(body)


def test_a_zip_that_says_too_little_is_broken_at_its_end() -> None:
    stream = unpacked(io.BytesIO(lying(100)), "x.zip", 10**9).stream
    with pytest.raises(Unreadable, match="broken after"):
        stream.read()


def test_a_zip_that_says_too_much_gives_what_it_has() -> None:
    assert unzip(lying(4_000_000_000))[1] == TEXT


def test_a_file_in_a_zip_that_is_broken_gives_what_lies_before() -> None:
    noise = bytes(zlib.crc32(b"%d" % n) & 0xFF for n in range(500_000))
    body = bytearray(plainly_zipped("x.csv", noise, zipfile.ZIP_STORED))
    body[400_000] ^= 0xFF
    stream = unpacked(io.BytesIO(bytes(body)), "x.zip", 10**9).stream
    assert stream.read(100_000) == noise[:100_000]
    with pytest.raises(Unreadable, match="broken after"):  # its sum does not fit
        stream.read()


def test_a_bomb_in_a_zip_is_bounded() -> None:
    bomb = plainly_zipped("x.csv", b"\0" * 100_000_000)
    stream = unpacked(io.BytesIO(bomb), "x.zip", 20_000_000).stream
    tracemalloc.start()
    with pytest.raises(Unreadable, match="more than 20000000 bytes"):
        deque(iter(partial(stream.read, 64 * 1024), b""), maxlen=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000


@given(
    st.sampled_from([gzip.compress(TEXT[:3_000]), plainly_zipped("x.csv", TEXT[:3_000])]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
    st.integers(0, 10**6),
)
def test_whatever_is_damaged_is_told_and_bounded(
    packed: bytes, changes: list[tuple[int, int]], cut: int
) -> None:
    body = bytearray(packed[: cut % (len(packed) + 1) or len(packed)])
    for place, value in changes:
        body[place % len(body)] = value
    name = "x.zip" if packed.startswith(b"PK") else "x.csv.gz"
    try:
        out = unpacked(io.BytesIO(bytes(body)), name, 10_000).stream.read()
    except Unreadable:
        return
    assert len(out) <= 10_000


# ---- positions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body"),
    [("x.csv", TEXT), ("x.csv.gz", gzip.compress(TEXT)), ("x.zip", plainly_zipped("x.csv", TEXT))],
)
@given(st.lists(st.tuples(st.integers(0, len(TEXT) + 10), st.integers(1, 500)), max_size=5))
def test_one_may_read_from_anywhere(name: str, body: bytes, moves: list[tuple[int, int]]) -> None:
    stream = unpacked(io.BytesIO(body), name, 10**6).stream
    for place, size in moves:
        stream.seek(place)
        assert stream.read(size) == TEXT[place : place + size]


@pytest.mark.parametrize(
    ("name", "bare"),
    [("x.csv.gz", "x.csv"), ("X.CSV.GZ", "X.CSV"), ("x.gz", "x"), ("x.csv", "x.csv"), ("gz", "gz")],
)
@pytest.mark.parametrize("body", [TEXT, gzip.compress(TEXT)])
def test_the_name_is_that_of_what_is_packed(name: str, bare: str, body: bytes) -> None:
    """Also where somebody's browser has unpacked it and left it its name."""
    assert unpacked(io.BytesIO(body), name, 10**6).name == bare
