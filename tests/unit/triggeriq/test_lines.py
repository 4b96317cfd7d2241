"""Lines of a file, with their places and its charset."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.triggeriq.streams import Counted, Endless
from triggeriq import Bad, Unreadable
from triggeriq.lines import CHUNK, HEAD, MAX_LINE, Line, Mark, TextFile
from triggeriq.testing.samples import Forward, Pieces

GROESSE = "Größe\n漢字 👍\n"


def lines(stream: BinaryIO) -> list[tuple[int, bytes | str]]:
    return [
        (line.number, line.content if isinstance(line.content, bytes) else line.content.where)
        for line in TextFile(stream).lines(Mark(0, 0))
        if line.content
    ]


def texts(body: bytes, charset: str = "", piece: int = 1 << 20) -> list[str]:
    file = TextFile(Pieces(body, piece), charset)
    return [
        file.decode(content) for line in file.lines(Mark(0, 0)) if isinstance(content := line.content, bytes)
    ]


def test_lines_end_in_lf_crlf_or_cr() -> None:
    for size in (1, 2, 3, 100):
        found = lines(Pieces(b"a\nb\r\nc\rd\r\r\ne", size))
        assert found == [(1, b"a\n"), (2, b"b\r\n"), (3, b"c\r"), (4, b"d\r"), (5, b"\r\n"), (6, b"e")]


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_the_byte_order_mark_tells_the_charset(charset: str) -> None:
    for size in (1, 3, 100):
        assert "".join(texts(GROESSE.encode(charset), piece=size)) == GROESSE


@pytest.mark.parametrize("charset", ["utf-16-be", "utf-32-be"])
def test_big_endian_marks_are_known(charset: str) -> None:
    assert texts(f"\ufeffa\nb{GROESSE}".encode(charset)) == ["a\n", "bGröße\n", "漢字 👍\n"]


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1252", "id;text\n1;Die App stürzt ständig ab – schade\n"),
        ("cp1250", "id;text\n1;Aplikacja wciąż się zawiesza, proszę o pomoc\n"),
        ("cp1251", "id;text\n1;Приложение не работает после обновления\n"),
        ("cp932", "id,text\n1,アプリが起動しません。返金してください。\n"),
        ("gb18030", "id,text\n1,更新以后应用打不开了，请尽快退款\n"),
        ("utf-16-le", "id;text\n1;It crashes\n"),
        ("utf-16-be", "id;text\n1;Приложение не работает\n"),
        ("utf-8", GROESSE),
    ],
)
def test_without_a_mark_it_is_found_out(charset: str, text: str) -> None:
    for size in (1, 7, 1 << 20):
        assert "".join(texts(text.encode(charset), piece=size)) == text


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\nplain\n", "\nlater\u00fc"])
@pytest.mark.parametrize("line", ["Zahlung per café", "naïveté à Orléans, été", "gewünscht: Menü, Café"])
def test_a_line_of_a_code_page_may_end_in_a_letter_that_begins_one_of_utf_8(line: str, end: str) -> None:
    text = f"text\n{line}{end}"
    assert "".join(texts(text.encode("cp1252"))) == text


def test_a_charset_that_is_given_overrules() -> None:
    assert texts("č\n".encode("cp1250"), "windows-1250") == ["č\n"]
    assert texts("čx\n".encode("utf-16-le"), "utf-16") == ["čx\n"]
    assert texts("\ufeffč\n".encode(), "windows-1250") == ["č\n"]


def test_utf_8_stays_it_beside_a_few_broken_lines() -> None:
    file = TextFile(BytesIO("für\n".encode() + b"f\xfcr\n" + "über\n".encode()))
    assert [file.decode(line.content) for line in file.lines(Mark(0, 0)) if line.number != 2] == [
        "für\n",
        "über\n",
    ]  # type: ignore[arg-type]
    with pytest.raises(UnicodeDecodeError):
        file.decode(b"f\xfcr\n")


def test_a_line_of_utf_8_within_a_code_page_is_read_where_the_page_can_not() -> None:
    file = TextFile(BytesIO("für\nüber\nmüde\n".encode("cp1252") + "it’s “slow”\n".encode()))
    assert file.charset == "cp1252"
    assert file.decode("it’s “slow”\n".encode()) == "it’s “slow”\n"


def test_what_follows_the_head_decides_where_the_head_is_ascii() -> None:
    body = b"id,text\n" + b"1,plain words\n" * 10_000 + "2,Größe für später\n".encode("cp1252") * 3
    at = body.index(b"2,Gr")
    for size in (1 << 20, 1_000):
        file = TextFile(Pieces(body, size))
        found = [line for line in file.lines(Mark(0, 0)) if line.content]
        assert file.charset == "cp1252"
        assert file.decode(found[-1].content) == "2,Größe für später\n"  # type: ignore[arg-type]
        marks = [str(file.mark(line)) for line in found]
        assert marks[10_000] == f"10001@{at}"
        assert marks[-1] == f"10004@{len(body)}@cp1252"
        again = TextFile(Pieces(body, size))
        (last,) = again.lines(Mark.parse(marks[-2]))
        assert (last, again.mark(last)) == (found[-1], file.mark(found[-1]))


BODIES = (
    b"a\nb\r\nc\rd\r\r\n\ne",
    GROESSE.encode("utf-8-sig") * 3,
    GROESSE.encode("utf-16") + "x\r\ny".encode("utf-16-le"),
    GROESSE.encode("utf-32"),
    "Größe\r\nfür\rspäter\n".encode("cp1252"),
    "返金\r\n更新\n".encode("cp932"),
)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("stream", [Pieces, Forward])
def test_reading_goes_on_behind_every_mark(body: bytes, stream: type[Pieces]) -> None:
    file = TextFile(stream(body, 3))
    found = list(file.lines(Mark(0, 0)))
    assert found[-1].end == len(body)
    for place, line in enumerate(found, start=1):
        written = str(file.mark(line))
        assert list(TextFile(stream(body, 3)).lines(Mark.parse(written))) == found[place:]
        assert (
            list(TextFile(stream(body, 3)).lines(Mark(line.number))) == found[place:]
        )  # of a former release


def test_a_stream_that_can_seek_is_not_read_again() -> None:
    body = b"a line of some bytes\n" * 100_000
    last = [*TextFile(BytesIO(body)).lines(Mark(0, 0))][-3]
    stream = Counted(body, 1 << 16)
    assert len(list(TextFile(stream).lines(Mark(last.number, last.end)))) == 2
    assert stream.count < 3 * HEAD


@pytest.mark.parametrize("written", ["", "x", "1@", "1@2@", "-1", "1@2@cp1252@", "1" * 40, "1@2@ü"])
def test_a_mark_that_is_none_is_unreadable(written: str) -> None:
    with pytest.raises(Unreadable, match="no mark"):
        Mark.parse(written)


def test_marks_are_written_and_read() -> None:
    for mark in (Mark(1204), Mark(1204, 88231), Mark(90001, 4405201, "cp1252")):
        assert Mark.parse(str(mark)) == mark


def test_a_character_cut_at_the_end_is_unreadable_behind_the_lines_before() -> None:
    found = TextFile(BytesIO("a\nb\n".encode("utf-16") + b"\x00")).lines(Mark(0, 0))
    assert [next(found).content, next(found).content] == [b"a\n", b"b\n"]
    with pytest.raises(Unreadable, match="utf-16-le"):
        next(found)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le"])
def test_a_line_that_is_too_long_is_bad_and_the_rest_goes_on(charset: str) -> None:
    text = "a\n" + "x" * (MAX_LINE + 1) + "\r\nb\r\n" + "y" * (3 * MAX_LINE)
    body = ("\ufeff" + text).encode(charset)
    assert lines(BytesIO(body)) == [(1, b"a\n"), (2, "line 2"), (3, b"b\r\n"), (4, "line 4")]
    ends = [line.end for line in TextFile(BytesIO(body)).lines(Mark(0, 0)) if line.content]
    assert body[ends[1] : ends[2]].decode(charset) == "b\r\n"
    assert ends[-1] == len(body)


@pytest.mark.parametrize("body", [b"id\n" * 5, b"id\n" * 100_000, b"a\n" * 70_000 + "für\n".encode() * 9])
def test_lines_before_a_stream_breaks_off_are_given(body: bytes) -> None:
    def pieces() -> Iterator[bytes]:
        yield from (body[at : at + 1_000] for at in range(0, len(body), 1_000))
        raise Unreadable("cut off")

    found = (line for line in TextFile(Endless(pieces())).lines(Mark(0, 0)) if line.content)
    assert len(list(itertools.islice(found, body.count(b"\n")))) == body.count(b"\n")
    with pytest.raises(Unreadable, match="cut off"):
        next(found)


@pytest.mark.parametrize(
    "body",
    [
        b"a\n" + b"\n" * 6 * CHUNK + b"b\n",
        b"a\n" + b"x" * 6 * CHUNK + b"\nb\n",
        ("\ufeffa\n" + "x" * 5 * CHUNK + "\nb\n").encode("utf-16-le"),
        b"a\n" + b"\0" * 6 * CHUNK,
    ],
    ids=["empty lines", "one line", "UTF-16", "no text"],
)
def test_it_tells_of_each_chunk_that_it_still_reads(body: bytes) -> None:
    file = TextFile(BytesIO(body))
    found = list(file.lines(Mark(0, 0)))
    signs = [line for line in found if not line.content]
    assert len(signs) >= 4
    assert [line.end for line in found] == sorted(line.end for line in found)
    for sign in signs[::3]:  # one may go on from there
        behind = list(TextFile(BytesIO(body)).lines(file.mark(sign)))
        rest = [line for line in found[found.index(sign) :] if line.content]
        assert [line for line in behind if line.content] == rest


def test_memory_stays_flat() -> None:
    stream = Endless(itertools.repeat(b"\x00" * 20_000, 1_000))
    tracemalloc.start()
    try:
        for line in TextFile(stream).lines(Mark(0, 0)):
            assert not line.content or isinstance(line.content, Bad)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


@given(
    st.lists(st.text(alphabet='aß漢👍;"\\\r\n\x85\u2028 ', max_size=30), max_size=10).map("\n".join),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "utf-32")),
    st.integers(1, 50),
)
def test_every_byte_stands_in_one_line(text: str, charset: str, size: int) -> None:
    body = text.encode(charset)
    file = TextFile(Pieces(body, size))
    found: list[Line] = list(file.lines(Mark(0, 0)))
    assert b"".join(line.content for line in found if isinstance(line.content, bytes)).decode() == text
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    for place, line in enumerate(found, start=1):
        assert list(TextFile(BytesIO(body)).lines(file.mark(line))) == found[place:]


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_lines_or_unreadable(body: bytes, size: int) -> None:
    try:
        TextFile(BytesIO(body)).head()
        whole = list(TextFile(BytesIO(body)).lines(Mark(0, 0)))
    except Unreadable:
        return
    assert list(TextFile(Pieces(body, size)).lines(Mark(0, 0))) == whole
