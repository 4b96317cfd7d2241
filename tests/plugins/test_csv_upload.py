"""Tables of feedback."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest

from plugins.sources.csv_upload import CsvSettings, CsvUpload
from triggeriq import Bad, Connection, Feedback, FileHint, InvalidSetting, Unreadable
from triggeriq.testing import FileContract, Upload

TABLE = (
    "id,Subject,Comment,Rating,Author Name,createdAt,Tags,Country\r\n"
    'r1,Slow,"It takes ages,\r\nand then ""stops"".",2,Jo,2026-01-02T03:04:05Z,"speed, web",NO\r\n'
    "r2,,Fine,5,,,,\r\n"
    "r3,too,few\r\n"
    "\r\n"
    "r4,,,,,,,SE\r\n"
    ",,No id here,,Größe 👍,,,\r\n"
).encode()
ROWS = (
    {
        "external_id": "r1",
        "kind": "review",
        "title": "Slow",
        "text": 'It takes ages,\r\nand then "stops".',
        "rating": 2,
        "author.name": "Jo",
        "created_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "attributes": {"tags": ["speed", "web"], "country": "NO"},
    },
    {"external_id": "r2", "text": "Fine", "rating": 5},
    Bad("line 5", ""),
    Bad("line 7", ""),
    {"text": "No id here", "author.name": "Größe 👍"},
)
NDJSON = b"""\
{"id": 1, "text": "one"}

{"text": "two", "author": {"name": "Jo"}}
{"text": NaN}
[1]
{"text": "\xff"}
{"id": "last", "text": "six"}"""


class TestCsvUpload(FileContract):
    source = CsvUpload
    uploads = (
        Upload(name="reviews.csv", body=TABLE, expect=ROWS),
        Upload(name="excel.csv", body=b"\xef\xbb\xbf" + TABLE, expect=ROWS),
        Upload(name="wide.csv", body=TABLE.decode().encode("utf-16"), expect=ROWS),
        Upload(
            name="semicolons.csv", body=b"id;text\n1;a, b\n2;c\n", expect=({"text": "a, b"}, {"text": "c"})
        ),
        Upload(
            name="tabs.tsv",
            body=b"id\ttext\r1\told Mac\r2\tline ends\r",
            expect=({"text": "old Mac"}, {"text": "line ends"}),
        ),
        Upload(
            name="mapped.csv",
            body=b"No.,Customer says\n7,hello\n",
            settings={"columns": {"id": "No.", "text": "Customer says"}},
            expect=({"external_id": "7", "text": "hello"},),
        ),
        Upload(
            name="rows.ndjson",
            body=NDJSON,
            expect=(
                {"external_id": "1", "text": "one"},
                {"text": "two", "author.name": "Jo"},
                Bad("line 4", ""),
                Bad("line 5", ""),
                Bad("line 6", ""),
                {"external_id": "last", "text": "six"},
            ),
        ),
        Upload(
            name="open-quote.csv",
            body=b'id,text\n1,"never closed\n2,fine\n3,fine too\n',
            expect=(Bad("line 2", ""), {"external_id": "2"}, {"external_id": "3"}),
        ),
        Upload(
            name="latin-1.csv",
            body="id,text\n1,good\n2,Größe\n3,good\n".encode("latin-1"),
            expect=({"external_id": "1"}, Bad("line 3", ""), {"external_id": "3"}),
        ),
        Upload(
            name="no-text.csv", body=b"id,colour\n1,red\n", expect=(), unreadable="no column for the text"
        ),
        Upload(name="empty.csv", body=b"", expect=(), unreadable="line 1"),
    )


def read(body: bytes) -> list[Feedback | Bad]:
    hint = FileHint(name="rows.csv", modified_at=datetime(2026, 1, 2, tzinfo=UTC))
    return [item for _, item in CsvUpload().read(BytesIO(body), hint, None, Connection(source="csv"))]


def test_a_row_without_an_id_is_named_by_its_cells() -> None:
    first, same, other = read(b"text,rating\nslow,1\nslow,1\nslow,2\n")
    assert first.external_id == same.external_id != other.external_id


def test_words_are_kept_where_a_rating_or_a_time_is_nonsense() -> None:
    (item,) = read(b"text,rating,created_at\nhello,many,yesterday\n")
    assert (item.text, item.rating, item.created_at) == ("hello", None, None)
    assert item.attributes == {"rating": "many", "created_at": "yesterday"}


def test_a_header_in_another_charset_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="line 1: not UTF-8 at byte 6"):
        read("id,Größe,text\n1,2,3\n".encode("latin-1"))


def test_a_column_is_no_part_of_a_feedback() -> None:
    with pytest.raises(InvalidSetting, match="no part of a feedback") as refusal:
        CsvSettings(columns={"colour": "Colour"})
    assert refusal.value.field == "columns.colour"


def test_a_row_that_can_not_be_read_comes_along() -> None:
    items = read(b'id;text\n1;"a;b";c\n2;\n3;caf\xe9\n4;"never closed\n5;good\n')
    assert [item.raw for item in items if isinstance(item, Bad)] == [
        b"1,a;b,c\r\n",
        b"2,\r\n",
        b"3;caf\xe9\n",
        b'4;"never closed\n',
    ]
