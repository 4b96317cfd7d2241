"""Tables of feedback."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.sources.csv_upload import CsvSettings, CsvUpload
from tests.plugins.csv_reading import read, read_one
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
EXCEL = (
    "id;date;author_name;rating;comment\r\n"
    "1;31.12.2025;Müller;4,5;App stürzt ab – ständig\r\n"
    "2;01.01.2026;Meier;2,0;Fine\r\n"
)
NDJSON = b"""\
{"id": 1, "text": "one"}

{"text": "two", "author": {"name": "Jo"}}
{"text": NaN}
[1]
{"text": "Gr\xf6\xdfe"}
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
                {"text": "Größe"},
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
            expect=({"external_id": "1"}, {"external_id": "2", "text": "Größe"}, {"external_id": "3"}),
        ),
        Upload(
            name="one-row-in-latin-1.csv",
            body="id,text\n1,für\n".encode() + "2,Größe\n".encode("latin-1") + b"3,good\n",
            expect=({"external_id": "1"}, Bad("line 3", ""), {"external_id": "3"}),
        ),
        Upload(
            name="excel-in-german.csv",
            body=EXCEL.encode("cp1252"),
            expect=(
                {
                    "external_id": "1",
                    "author.name": "Müller",
                    "rating": 4.5,
                    "text": "App stürzt ab – ständig",
                    "created_at": datetime(2025, 12, 31, tzinfo=UTC),
                },
                {"external_id": "2", "created_at": datetime(2026, 1, 1, tzinfo=UTC)},
            ),
        ),
        Upload(
            name="russian.csv",
            body="sep=;\r\n\r\nНомер;Отзыв;Оценка\r\n7;Приложение не работает;1\r\n".encode("cp1251"),
            expect=({"text": "Приложение не работает", "rating": 1, "attributes": {"номер": "7"}},),
        ),
        Upload(
            name="japanese.csv",
            body="日付,コメント,評価\r\n2025年12月31日,アプリが起動しません,1\r\n".encode("cp932"),
            expect=({"text": "アプリが起動しません", "created_at": datetime(2025, 12, 31, tzinfo=UTC)},),
        ),
        Upload(
            name="workbook.csv",
            body=b"PK\x03\x04",
            expect=(),
            unreadable="an Excel workbook or a ZIP archive",
        ),
        Upload(
            name="no-text.csv", body=b"id,colour\n1,red\n", expect=(), unreadable="no column for the text"
        ),
        Upload(name="empty.csv", body=b"", expect=(), unreadable="line 1"),
    )


def test_a_row_without_an_id_is_named_by_its_cells() -> None:
    first, same, other = read(b"text,rating\nslow,1\nslow,1\nslow,2\n")
    assert first.external_id == same.external_id != other.external_id


def test_words_are_kept_where_a_rating_or_a_time_is_nonsense() -> None:
    (item,) = read(b"text,rating,created_at\nhello,many,yesterday\n")
    assert (item.text, item.rating, item.created_at) == ("hello", None, None)
    assert item.attributes == {"rating": "many", "created_at": "yesterday"}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"columns": {"colour": "Colour"}}, "columns.colour"),
        ({"charset": "klingon"}, "charset"),
        ({"charset": "hex"}, "charset"),
        ({"charset": "cp037"}, "charset"),
        ({"charset": "punycode"}, "charset"),
    ],
)
def test_a_setting_that_can_not_be_is_refused_by_its_name(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        CsvSettings(**settings)
    assert refusal.value.field == field


def test_a_charset_that_is_set_overrules_what_it_looks_like() -> None:
    body = "id;text\n1;Ж\n"
    assert read(body.encode("koi8_r"), charset="KOI8-R")[0].text == "Ж"
    assert read(body.encode("utf-16-le"), charset="utf-16")[0].text == "Ж"
    assert read(b'{"text": "\xf6"}', "a.ndjson", charset="windows-1252")[0].text == "ö"


def test_a_row_that_can_not_be_read_comes_along() -> None:
    items = read('id;text\n0;über\n1;"a;b";c\n2;\n3;caf'.encode() + b'\xe9\n4;"never closed\n5;good\n')
    assert [item.raw for item in items if isinstance(item, Bad)] == [
        b'1;"a;b";c\n',
        b"2;\n",
        b"3;caf\xe9\n",
        b'4;"never closed\n',
    ]


@pytest.mark.parametrize(
    "header",
    [
        "Comment;Rating",
        "comments ; RATING",
        '"Comment (max. 500 characters)";"Rating (1-5)"',
        "Comment:;Rating [stars]",
        "\u00a0Comment\u00a0;\u00a0Rating\u00a0",
        "\u200bComment;\ufeffRating",
        "Review Text;Star Rating",
        "Kommentar;Bewertung",
        "Commentaire;Note",
        "Comentario;Calificación",
        "Comentario;CALIFICACION",
        "Comentário;Avaliação",
        "Commento;Valutazione",
        "Opmerking;Waardering",
        "コメント;評価",
        "Ｃｏｍｍｅｎｔ;Ｒａｔｉｎｇ",
        "Отзыв;Оценка",
    ],
)
def test_a_header_is_understood_as_people_write_it(header: str) -> None:
    found = read_one(f"{header}\nslow;4,5\n")
    assert (found.text, found.rating, found.attributes) == ("slow", 4.5, {})


@pytest.mark.parametrize(
    ("sheet", "text", "attributes"),
    [
        ("text,text\nfirst,second\n", "first", {"text_2": "second"}),
        ("text,text\n,second\n", "second", {}),
        ("text,Text,TEXT\n,second,third\n", "second", {"text_2": "third"}),
        ("text,colour,colour\nslow,red,blue\n", "slow", {"colour": "red", "colour_2": "blue"}),
        ("text,colour,colour\nslow,,blue\n", "slow", {"colour": "blue"}),
        ("text,Text (old)\nnew,former\n", "new", {"text_2": "former"}),
        ("text,,\nslow,x,\n", "slow", {"column_2": "x"}),
        ("comment,text\nsecond,first\n", "first", {"comment": "second"}),
    ],
)
def test_of_columns_with_the_same_name_the_first_that_holds_something_counts(
    sheet: str, text: str, attributes: dict[str, str]
) -> None:
    found = read_one(sheet)
    assert (found.text, dict(found.attributes)) == (text, attributes)


@pytest.mark.parametrize("nothing", ["", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "NULL", "\\N"])
def test_a_cell_of_nothing_is_left_out(nothing: str) -> None:
    found = read_one(f"text,subject,colour\n{nothing},slow,{nothing}\n")
    assert (found.title, found.text, found.attributes) == ("slow", "", {})


@pytest.mark.parametrize("kept", ["TRUE", "1.23E+11", "n/a", "None", "=1+1", "-", "007"])
def test_any_other_cell_is_kept_as_it_is(kept: str) -> None:
    found = read_one(f"id,text,colour\n{kept},{kept},{kept}\n")
    assert (found.external_id, found.text, found.attributes) == (kept, kept, {"colour": kept})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>Hello<br>there</p>", "Hello\nthere"),
        ("Hello<br />there", "Hello\nthere"),
        ("<div>a &amp; b</div>", "a & b"),
        ("a < b and c > d", "a < b and c > d"),
        ("the <input> field is broken", "the <input> field is broken"),
        ("I <3 it", "I <3 it"),
    ],
)
def test_words_are_read_out_of_html(cell: str, text: str) -> None:
    assert read_one(f'text\n"{cell}"\n').text == text


@pytest.mark.parametrize(
    ("header", "thread"),
    [
        ("ticket_id", "7"),
        ("Ticket ID", "7"),
        ("Ticket Number", "7"),
        ("conversation_id", "7"),
        ("Case Number", "7"),
    ],
)
def test_rows_of_one_ticket_are_several_feedback_of_a_thread(header: str, thread: str) -> None:
    first, second = read(
        f"{header},author_email,comment\n7,a@cust.example,First\n7,b@cust.example,Second\n".encode()
    )
    assert (first.text, second.text) == ("First", "Second")
    assert first.external_id != second.external_id
    assert first.thread == second.thread == thread


DATES = (
    (("31/12/2025", "3/4/2026"), "2026-04-03"),
    (("12/31/2025", "3/4/2026"), "2026-03-04"),
    (("12/31/2025 14:30", "3/4/2026 09:00"), "2026-03-04"),
    (("3/5/2026", "12/31/2025", "3/4/2026"), "2026-03-04"),
    (("12/31/25", "12/30/25", "31/12/25", "3/4/26"), "2026-03-04"),
    (("3/4/2026",), "2026-04-03"),
    (("3/4/2026 2:30 PM",), "2026-03-04"),
    (("12/31/2025", "3.4.2026"), "2026-04-03"),
    (("12/31/2025", "2026-04-03"), "2026-04-03"),
    (("46115",), "2026-04-03"),
    (("46115.604166",), "2026-04-03"),
    (("46115,604166",), "2026-04-03"),
)


@pytest.mark.parametrize(("cells", "day"), DATES)
def test_the_other_dates_of_a_table_tell_what_is_day_and_month(cells: tuple[str, ...], day: str) -> None:
    items = read("\n".join(("text;date", *(f"slow;{cell}" for cell in cells))).encode())
    assert items[-1].created_at.date().isoformat() == day


@pytest.mark.parametrize(("dates", "month"), [("month-first", 3), ("day-first", 4)])
def test_a_setting_tells_what_is_day_and_month(dates: str, month: int) -> None:
    assert read_one("text,date\nslow,3/4/2026 2:30 PM\n", dates=dates).created_at.month == month
    (line,) = read(b'{"text": "slow", "date": "3/4/2026"}', "a.ndjson", dates=dates)
    assert line.created_at.month == month


def test_marks_of_a_former_release_still_lead_on() -> None:
    hint = FileHint(name="rows.csv", modified_at=datetime(2026, 1, 2, tzinfo=UTC))
    body = b'id,text\n1,"a\nb"\n2,c\n'
    ((mark, item),) = CsvUpload().read(BytesIO(body), hint, "3", Connection(source="csv"))
    assert (mark, item.external_id) == (f"4@{len(body)}", "2")
    with pytest.raises(Unreadable, match="no mark"):
        list(CsvUpload().read(BytesIO(body), hint, "three", Connection(source="csv")))


@pytest.mark.parametrize(
    ("sheet", "text", "charset"),
    [
        ("Komentarz;Ocena;Imię\n{};1;Ewa\n", "Aplikacja się zawiesza, żądam zwrotu", "cp1250"),
        ("Komentář;Hodnocení;Jméno\n{};1;Ewa\n", "Aplikace se nespouští, žádám peníze", "cp1250"),
        ("Omdöme;Betyg;Namn\n{};1;Ewa\n", "Appen startar inte på min nya läsplatta", "cp1252"),
        ("Anmeldelse;Betyg;Navn\n{};1;Ewa\n", "Den går ned på min gamle telefon", "cp1252"),
        ("Yorum;Puan;Ad Soyad\n{};1;Ewa\n", "Uygulama açılmıyor, ödeme de yapılmıyor", "cp1254"),
        ("Відгук;Оцінка;Ім'я\n{};1;Ewa\n", "Застосунок не працює", "cp1251"),
        ("评论,评分,姓名\n{},1,Ewa\n", "应用打不开", "gb18030"),
        ("評論,評分,姓名\n{},1,Ewa\n", "應用程式打不開", "utf-8"),
        ("내용,평점,이름\n{},1,Ewa\n", "앱이 열리지 않아요", "cp949"),
    ],
)
def test_sheets_in_other_languages_are_understood(sheet: str, text: str, charset: str) -> None:
    (found,) = read(sheet.format(text).encode(charset))
    assert isinstance(found, Feedback)
    assert (found.text, found.rating, found.author.name) == (text, 1, "Ewa")


TABLES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.text(alphabet="ab12", max_size=3),
            "text": st.text(alphabet='aß漢👍 ,;"<b>\n', max_size=20),
            "status": st.sampled_from(("", "open", "solved", "odd")),
            "date": st.sampled_from(("", "1/2/2026", "31.12.2025", "46115", "soon", "12/31/2025 2:30 PM")),
            "rating": st.sampled_from(("", "4,5", "9", "#N/A")),
        }
    ),
    max_size=8,
)


@given(
    TABLES,
    st.sampled_from((",", ";", "\t", "|")),
    st.sampled_from(("utf-8", "utf-16")),
    st.binary(max_size=3),
    st.floats(0, 1),
)
def test_a_broken_table_is_read_on_from_every_row(
    rows: list[dict[str, str]], delimiter: str, charset: str, broken: bytes, where: float
) -> None:
    sheet = StringIO()
    writer = csv.DictWriter(sheet, ("id", "text", "status", "date", "rating"), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    body = sheet.getvalue().encode(charset)
    place = int(where * len(body))
    body = body[:place] + broken + body[place:]
    hint = FileHint(name="rows.csv", modified_at=datetime(2026, 1, 2, tzinfo=UTC))

    def items(resume: str | None) -> list[tuple[str, Any]]:
        found = []
        try:
            for marked in CsvUpload().read(BytesIO(body), hint, resume, Connection(source="csv")):
                found.append(marked)
        except Unreadable:
            pass
        return found

    whole = items(None)
    for number, (mark, item) in enumerate(whole, start=1):
        assert isinstance(item, (Feedback, Bad))
        assert items(mark) == whole[number:]


@given(st.binary(max_size=300), st.sampled_from(("rows.csv", "rows.ndjson")))
def test_any_bytes_are_items_or_unreadable(body: bytes, name: str) -> None:
    try:
        for item in read(body, name):
            assert isinstance(item, (Feedback, Bad))
    except Unreadable:
        pass
