"""Times as people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triggeriq.dates import order_of, read_date
from triggeriq.payload import moment

READ = (
    ("2025-12-31 14:30:00 UTC", "2025-12-31T14:30:00"),
    ("Wed, 31 Dec 2025 14:30:00 GMT", "2025-12-31T14:30:00"),
    ("2025-12-31t14:30:00z", "2025-12-31T14:30:00"),
    ("2025-12-31T14:30:00+01:00[Europe/Berlin]", "2025-12-31T13:30:00"),
    ("2025/12/31", "2025-12-31T00:00:00"),
    ("31.12.2025", "2025-12-31T00:00:00"),
    ("31.12.2025 14:30", "2025-12-31T14:30:00"),
    ("31.12.2025, 14:30:00", "2025-12-31T14:30:00"),
    ("12/31/2025 2:30 PM", "2025-12-31T14:30:00"),
    ("12/31/2025, 2:30:00\u202fPM", "2025-12-31T14:30:00"),
    ("31/12/2025 14:30", "2025-12-31T14:30:00"),
    ("31/12/2025", "2025-12-31T00:00:00"),
    ("31 Dec 2025", "2025-12-31T00:00:00"),
    ("Dec 31, 2025", "2025-12-31T00:00:00"),
    ("December 31st 2025", "2025-12-31T00:00:00"),
    ("December 31st, 2025 at 2:30 pm", "2025-12-31T14:30:00"),
    ("31. Dez. 2025 14:30", "2025-12-31T14:30:00"),
    ("31 déc. 2025 à 14:30", "2025-12-31T14:30:00"),
    ("31 décembre 2025 14h30", "2025-12-31T14:30:00"),
    ("31 de diciembre de 2025, 14:30", "2025-12-31T14:30:00"),
    ("31 de dez. de 2025 14:30", "2025-12-31T14:30:00"),
    ("31 dic 2025 14:30", "2025-12-31T14:30:00"),
    ("31 дек. 2025 г., 14:30", "2025-12-31T14:30:00"),
    ("31 декабря 2025 г. 14:30:00", "2025-12-31T14:30:00"),
    ("31 grudnia 2025 14:30", "2025-12-31T14:30:00"),
    ("31. prosince 2025 14:30", "2025-12-31T14:30:00"),
    ("2025. december 31. 14:30", "2025-12-31T14:30:00"),
    ("31 Aralık 2025 14:30", "2025-12-31T14:30:00"),
    ("31 dec. 2025 14:30", "2025-12-31T14:30:00"),
    ("31 joulukuuta 2025 klo 14.30", "2025-12-31T14:30:00"),
    ("31.12.2025 klo 14.30", "2025-12-31T14:30:00"),
    ("31 Δεκ 2025 2:30 μ.μ.", "2025-12-31T14:30:00"),
    ("31 décembre 2025 à 14:30:00 UTC+1", "2025-12-31T13:30:00"),
    ("20251231T143000Z", "2025-12-31T14:30:00"),
    ("20251231143000", "2025-12-31T14:30:00"),
    ("2025-12-31T14:30:00.123456789+0100", "2025-12-31T13:30:00.123456"),
    ("1767191400", "2025-12-31T14:30:00"),
    ("1767191400000", "2025-12-31T14:30:00"),
    ("1767191400000000", "2025-12-31T14:30:00"),
    ("1767191400000000000", "2025-12-31T14:30:00"),
    ("1767191400.5", "2025-12-31T14:30:00.500000"),
    (1767191400, "2025-12-31T14:30:00"),
    (1767191400.5, "2025-12-31T14:30:00.500000"),
    ("/Date(1767191400000)/", "2025-12-31T14:30:00"),
    ("/Date(1767191400000+0100)/", "2025-12-31T14:30:00"),
    ("Wed Dec 31 14:30:00 CET 2025", "2025-12-31T13:30:00"),
    ("Wed Dec 31 14:30:00 UTC 2025", "2025-12-31T14:30:00"),
    ("Wed Dec 31 14:30:00 2025", "2025-12-31T14:30:00"),
    ("2025年12月31日 14:30", "2025-12-31T14:30:00"),
    ("2025年12月31日14時30分", "2025-12-31T14:30:00"),
    ("2025年12月31日 下午2:30", "2025-12-31T14:30:00"),
    ("2025년 12월 31일 오후 2:30", "2025-12-31T14:30:00"),
    ("2025. 12. 31. 오후 2:30:00", "2025-12-31T14:30:00"),
    ("Wed Dec 31 2025 14:30:00 GMT+0100 (Central European Standard Time)", "2025-12-31T13:30:00"),
    ("Wed Dec 31 2025 15:30:00 GMT+0100 (Mitteleuropäische Normalzeit)", "2025-12-31T14:30:00"),
    ("2025-12-31 14:30:00 +0000 UTC", "2025-12-31T14:30:00"),
    ("2025-12-31 14:30:00 -0500", "2025-12-31T19:30:00"),
    ("31-12-2025 14:30", "2025-12-31T14:30:00"),
    ("31-Dec-2025 14:30", "2025-12-31T14:30:00"),
    ("31-Dec-25", "2025-12-31T00:00:00"),
    ("31.12.25", "2025-12-31T00:00:00"),
    ("2025-12-31 2:30 PM", "2025-12-31T14:30:00"),
    ("2025/12/31 14:30:00", "2025-12-31T14:30:00"),
    ("2025-365", "2025-12-31T00:00:00"),
    ("2025-W01-3", "2025-01-01T00:00:00"),
    ("2:30 PM, 31 Dec 2025", "2025-12-31T14:30:00"),
    ("14:30 31/12/2025", "2025-12-31T14:30:00"),
    ("12/31/25 2:30 PM", "2025-12-31T14:30:00"),
    ("Wednesday, December 31, 2025 2:30 PM", "2025-12-31T14:30:00"),
    ("mercredi 31 décembre 2025", "2025-12-31T00:00:00"),
    ("mar. 30 déc. 2025", "2025-12-30T00:00:00"),
    ("Mittwoch, 31. Dezember 2025 um 14:30 Uhr", "2025-12-31T14:30:00"),
    ("miércoles, 31 de diciembre de 2025", "2025-12-31T00:00:00"),
    ("31 Dec 2025 14:30 PST", "2025-12-31T22:30:00"),
    ("31 Dec 2025 14:30 XYZ", "2025-12-31T14:30:00"),
    ("Dec 31 2025 02:30PM", "2025-12-31T14:30:00"),
    ("31st of December 2025", "2025-12-31T00:00:00"),
    ("2025 Dec 31", "2025-12-31T00:00:00"),
    ("12/31/2025 12:15 AM", "2025-12-31T00:15:00"),
    ("2025-12-31 14:30:00.000", "2025-12-31T14:30:00"),
    ("2025-12-31 14:30:00,123", "2025-12-31T14:30:00.123000"),
    ("31 ديسمبر 2025", "2025-12-31T00:00:00"),
    ("31 בדצמבר 2025", "2025-12-31T00:00:00"),
    ("٣١/١٢/٢٠٢٥", "2025-12-31T00:00:00"),
    ("2025-12-31 14:30 Europe/Berlin", "2025-12-31T14:30:00"),
    ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37"),
    ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37"),
    ("31/Dec/2025:14:30:00 +0000", "2025-12-31T14:30:00"),
    ("2025-12-31T14:30Z", "2025-12-31T14:30:00"),
    ("5 maj 2025", "2025-05-05T00:00:00"),
    ("5 mei 2025", "2025-05-05T00:00:00"),
    ("5 maggio 2025", "2025-05-05T00:00:00"),
    ("5 мая 2025", "2025-05-05T00:00:00"),
    ("1er janvier 2026", "2026-01-01T00:00:00"),
    ("3 červenec 2025", "2025-07-03T00:00:00"),
    ("3 července 2025", "2025-07-03T00:00:00"),
    ("3 czerwca 2025", "2025-06-03T00:00:00"),
    ("3 lipca 2025", "2025-07-03T00:00:00"),
    ("3 srpnja 2025", "2025-07-03T00:00:00"),
    ("3 srpna 2025", "2025-08-03T00:00:00"),
    ("3 März 2025", "2025-03-03T00:00:00"),
    ("3 maart 2025", "2025-03-03T00:00:00"),
    ("lundi 3 mars 2025", "2025-03-03T00:00:00"),
    ("3 Haziran 2025", "2025-06-03T00:00:00"),
    ("3 ağu 2025", "2025-08-03T00:00:00"),
    ("3 серпня 2025", "2025-08-03T00:00:00"),
    ("3 июля 2025", "2025-07-03T00:00:00"),
)
"""As it is written, and the time in UTC."""
NO_TIME = (
    "yesterday",
    "31 Dec",
    "12:30",
    "v2.3.1",
    "0",
    "soon",
    "32/13/2025",
    "30.02.2025",
    "n/a",
    "2 weeks ago",
    "5",
    "2025",
    "1.2.3.4",
    "2025-13-45",
    "+49 170 123456",
    "12",
    "31 Dec 2025 25:00",
    "the 31 of a very long tale of 2025",
)
WHEN = datetime(2025, 12, 31, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(("written", "when"), READ)
def test_a_time_is_read_as_it_was_meant(written: object, when: str) -> None:
    assert moment(written) == datetime.fromisoformat(when).replace(tzinfo=UTC)


@pytest.mark.parametrize("written", NO_TIME)
def test_what_is_no_time_is_none(written: str) -> None:
    assert moment(written) is None


@pytest.mark.parametrize(
    ("written", "month", "day"),
    [
        ("3/4/2026", 4, 3),
        ("3/4/2026 14:30", 4, 3),
        ("3/4/2026 2:30 PM", 3, 4),
        ("03-04-2026", 4, 3),
        ("3.4.2026 2:30 PM", 4, 3),
    ],
)
def test_of_two_meanings_the_day_stands_first_but_with_am_and_pm(written: str, month: int, day: int) -> None:
    found = moment(written)
    assert found is not None
    assert (found.month, found.day) == (month, day)


@pytest.mark.parametrize(
    ("written", "order", "month", "day"),
    [
        ("3/4/2026", "month-first", 3, 4),
        ("3/4/2026 2:30 PM", "day-first", 4, 3),
        ("31/12/2025", "month-first", 12, 31),
        ("12/31/2025", "day-first", 12, 31),
        ("3.4.2026", "month-first", 4, 3),
        ("2026/3/4", "day-first", 3, 4),
    ],
)
def test_an_order_decides_only_what_is_open(written: str, order: str, month: int, day: int) -> None:
    found = moment(written, order)  # type: ignore[arg-type]
    assert found is not None
    assert (found.month, found.day) == (month, day)


@pytest.mark.parametrize(
    ("written", "order"),
    [
        ("31/12/2025", "day-first"),
        ("12/31/2025 2:30 PM", "month-first"),
        ("12-31-25", "month-first"),
        ("3/4/2026", None),
        ("31.12.2025", None),
        ("2025/12/31", None),
        ("31 Dec 2025", None),
        ("slow", None),
        ("31/12/2025 99:99", None),
        ("x" * 1_000, None),
    ],
)
def test_a_day_beyond_12_tells_the_order(written: str, order: str | None) -> None:
    assert order_of(written) == order


FORMS = (
    "%a, %d %b %Y %H:%M:%S +0000",
    "%A, %d %B %Y %I:%M:%S %p",
    "%d.%m.%Y %H:%M:%S",
    "%d. %B %Y, %H:%M:%S",
    "%d-%b-%Y %H:%M:%S UTC",
    "%B %d, %Y at %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%d/%b/%Y:%H:%M:%S +0000",
    "%a %b %d %H:%M:%S %Y",
    "%Y%m%d%H%M%S",
    "%Y-%j %H:%M:%S",
)


@given(
    st.sampled_from(FORMS),
    st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 (it adds one)
)
def test_what_is_written_is_read_back(form: str, when: datetime) -> None:
    when = when.replace(microsecond=0)
    assert moment(when.strftime(form)) == when


@given(st.datetimes(datetime(1971, 1, 2), datetime(2199, 1, 1)), st.integers(-14 * 4, 14 * 4))  # noqa: DTZ001
def test_a_zone_by_its_hours_counts(when: datetime, quarters: int) -> None:
    away = timedelta(minutes=15 * quarters)
    sign, minutes = "-" if quarters < 0 else "+", abs(15 * quarters)
    written = f"{when:%d %b %Y %H:%M:%S} GMT{sign}{minutes // 60:02}{minutes % 60:02}"
    assert moment(written) == when.replace(microsecond=0, tzinfo=UTC) - away


PIECES = st.sampled_from(
    (
        "31",
        "12",
        "2025",
        "9" * 30,
        "Dec",
        "mar",
        "PM",
        ":",
        "/",
        ".",
        "-",
        " ",
        "+",
        "UTC",
        "年",
        "오후",
        "(",
        "[",
        "T",
        "٣",
    )
)


@given(st.one_of(st.text(max_size=120), st.lists(PIECES, max_size=30).map("".join)))
def test_any_text_is_a_time_in_utc_or_none(written: str) -> None:
    found = read_date(written)
    assert found is None or found.tzinfo == UTC
    order_of(written)
    moment(written)
