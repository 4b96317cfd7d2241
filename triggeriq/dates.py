"""Times as people and programs write them, beyond what ISO 8601 has.

    read_date("Wed, 31 Dec 2025 14:30:00 +0100")
    read_date("31.12.2025 14:30")
    read_date("12/31/2025 2:30 PM")
    read_date("2025年12月31日 下午2:30")

A text is taken apart: its time of day and its zone are found first, and what is left must be a date, all
in numbers or with the name of a month. Zones by name are few and fixed, since not every machine has the data
of the others; one that is unknown counts as UTC.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

Order = Literal["day-first", "month-first"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MAX_LENGTH = 100
"""Characters of a time, with the long name of its zone."""


def _plain(text: str) -> str:
    """In small letters, without accents, in plain digits and spaces."""
    text = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i")
    bare = (character for character in text if not unicodedata.combining(character))
    return unicodedata.normalize("NFC", "".join(bare))


# How the names of the months begin, in some twenty languages. Where they disagree, the longer beginning
# tells: Croatian srpanj is July, Czech srpen August.
_MONTHS: Mapping[str, int] = {
    _plain(beginning): month
    for month, beginnings in enumerate(
        (
            "jan gen ene ian jaan tammi sty led sij sau oca янв янu яну січ ιαν يناير ינו",
            "feb fev febr helmi veeb lut uno velj vas şub фев лют φεβ فبراير פבר",
            "mar mär mrt mrz maart maalis bře ožu kov март мар бер μαρ مارس מרץ",
            "apr avr abr huhti kwi dub trav bal nis апр кві απρ ابريل אפר",
            "may mai maj mei mag touko kvě svib geg май мая тра μαι مايو מאי",
            "jun juin juun giu kesä cze čer čvn lipa lipnj iun bir haz июн юни чер ιουν يونيو יונ",
            "jul juil juul lug heinä lip červenec červenc čvc srpa srpnj iul lie tem июл юли "
            "лип ιουλ يوليو יול",
            "aug aou ago avg elo sie srp kol rugp agu agt ağu авг сер αυγ اغسطس אוג",
            "sep set szep syys wrz zář ruj rugs eyl сен сеп вер σεπ سبتمبر ספט",
            "oct okt ott out loka paź říj spa eki окт жов οκτ اكتوبر אוק",
            "nov noi marras lis stud lap kas ноя ное лис νοε نوفمبر נוב",
            "dec dez des dic dets joulu gru pro gruo ara дек гру δεκ ديسمبر דצמ",
        ),
        start=1,
    )
    for beginning in beginnings.split()
}
_MONTH = re.compile("ב?(" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + ")")

_ZONES: Mapping[str, float] = {
    name: hours
    for hours, names in (
        (0, "z utc gmt ut wet"),
        (1, "cet mez bst west wat"),
        (2, "cest mesz eet sast cat"),
        (3, "eest msk eat trt"),
        (4, "gst"),
        (5, "pkt"),
        (5.5, "ist"),
        (7, "ict wib"),
        (8, "hkt sgt awst pht"),
        (9, "jst kst"),
        (9.5, "acst"),
        (10, "aest"),
        (10.5, "acdt"),
        (11, "aedt"),
        (12, "nzst"),
        (13, "nzdt"),
        (-3, "brt art adt"),
        (-4, "edt ast"),
        (-5, "est cdt"),
        (-6, "cst mdt"),
        (-7, "mst pdt"),
        (-8, "pst akdt"),
        (-9, "akst"),
        (-10, "hst"),
    )
    for name in names.split()
}
"""Hours east of Greenwich. Of several places with the same name, it is that of most people: CST is America's,
IST India's."""

_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_LOG_TIME = re.compile(r"(\d{4}):(?=\d\d:\d\d)")
_HALVES = re.compile(
    r"(上午|午前|오전|π\.?μ\.?(?!\w)|\ba\.?\s?m\b\.?)|(?:下午|午後|오후|μ\.?μ\.?(?!\w)|\bp\.?\s?m\b\.?)"
)
_GLUED_HALF = re.compile(r"(?<=\d)([ap])\.?m\b\.?")
_CLOCK = re.compile(
    r"(?:\b([ap])m\s*)?(?<![\d:.])(\d{1,2})\s?[:h時时点시]\s?(\d{2})"
    r"(?:\s?[:m分분]\s?(\d{2})(?:[.,:](\d{1,9}))?)?[分분秒초]?(?![\d:])(?:\s*([ap])m\b)?"
)
_HOUR = re.compile(r"(?<![\d:.])()(\d{1,2})()()()\s?([ap])m\b")
_DOTTED_CLOCK = re.compile(r"(?<=[\s,])()(\d{1,2})\.(\d{2})(?:\.(\d{2}))?()()(?=\s*(?:uhr)?$)")
_ZONE = re.compile(r"\s*(?:(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?(?::?\d{2})?(?!\d)|([a-z]{1,4})\b)")
_WORD = re.compile(r"\d+|[^\W\d_年月日년월일]+")
_MARK = re.compile(r"\d\s*([./-])\s*\d")
_ODD = re.compile(r"[^\w\s.,/:;'’+-]")
_MICROSOFT = re.compile(r"\\?/date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?")
_WORDS = 5
"""The most words beside the month's name: a weekday, "at", "de"."""


class _Parts(NamedTuple):
    """A text, taken apart."""

    numbers: tuple[str, ...]
    """Those of the date, as they stand."""
    month: int
    """By its name; 0: none is named."""
    time: timedelta
    east: timedelta
    """How far its zone is ahead of UTC."""
    half: bool
    """Whether the time is AM or PM."""
    mark: str
    """What parts the first two numbers: a point, a slash or a hyphen."""


def read_date(text: str, order: Order | None = None) -> datetime | None:
    """The time in `text`, aware and in UTC; None where it is no time. Without a year there is none.

    order: which of day and month stands first, where both are possible. None: the day, but the month where
    the time is AM or PM, since America writes both so. Behind a point there is no choice.
    """
    if len(text) > MAX_LENGTH:
        return None
    text = _plain(text).strip()
    try:
        if found := _MICROSOFT.fullmatch(text):
            return _EPOCH + timedelta(milliseconds=int(found[1]))
        if found := _DIGITS.fullmatch(text):
            return _compact(found)
        parts = _apart(text)
        day = _day(parts, order) if parts else None
        return day + parts.time - parts.east if parts and day else None
    except (ValueError, OverflowError):
        return None


def _compact(digits: re.Match[str]) -> datetime:
    """20260102030405, or milliseconds of the last century."""
    year, month, day, hour, minute, second = (int(number or 0) for number in digits.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return _EPOCH + timedelta(milliseconds=int(digits[0]))


def order_of(text: str) -> Order | None:
    """The order of day and month that alone is possible in `text`; None where both are, or there is no
    date."""
    try:
        parts = _apart(_plain(text).strip()) if len(text) <= MAX_LENGTH else None
    except ValueError:
        return None
    if parts is None or len(parts.numbers) != 3 or parts.mark == "." or len(parts.numbers[0]) > 2:
        return None
    first, second = int(parts.numbers[0]) > 12, int(parts.numbers[1]) > 12
    return None if first == second else "day-first" if first else "month-first"


def _apart(text: str) -> _Parts | None:
    text = _LOG_TIME.sub(r"\1 ", _BRACKETS.sub(" ", text))
    if _ODD.search(text):
        return None
    text = _GLUED_HALF.sub(r" \1m", _HALVES.sub(lambda half: "am" if half[1] else "pm", text))
    time = east = timedelta()
    clock = _CLOCK.search(text) or _HOUR.search(text) or _DOTTED_CLOCK.search(text)
    half = ""
    if clock:
        half = clock[1] or clock[6] or ""
        time = _time(clock, half)
        behind = text[clock.end() :]
        if (zone := _ZONE.match(behind)) and (zone[1] or zone[4] in _ZONES):
            east = _east(zone)
            behind = behind[zone.end() :]
        text = f"{text[: clock.start()]} {behind}"
    words = _WORD.findall(text)
    numbers = tuple(word for word in words if word.isdigit())
    if not 2 <= len(numbers) <= 3 or len(words) - len(numbers) > _WORDS + 1:
        return None
    mark = _MARK.search(text)
    return _Parts(numbers, _month(words), time, east, bool(half), mark[1] if mark else "")


def _time(clock: re.Match[str], half: str) -> timedelta:
    hour = int(clock[2])
    if half:
        if not 1 <= hour <= 12:
            half = ""  # "14:30 PM": the time is plain without it
        else:
            hour = hour % 12 + (12 if half == "p" else 0)
    minute, second = int(clock[3] or 0), int(clock[4] or 0)
    if hour > 23 or minute > 59 or second > 60:
        raise ValueError
    fraction = int((clock[5] or "0")[:6].ljust(6, "0"))
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)


def _east(zone: re.Match[str]) -> timedelta:
    if zone[4]:
        return timedelta(hours=_ZONES[zone[4]])
    away = timedelta(hours=int(zone[2]), minutes=int(zone[3] or 0))
    return -away if zone[1] == "-" else away


def _month(words: list[str]) -> int:
    """The month that is named, 0 for none. Of several names one is a weekday's (mar. is Tuesday and March):
    the month stands between the numbers, or else next before them."""
    places = [place for place, word in enumerate(words) if word.isdigit()]
    named = {place: _MONTHS[found[1]] for place, word in enumerate(words) if (found := _MONTH.match(word))}
    between = [place for place in named if places[0] < place < places[-1]]
    before = [place for place in named if place < places[0]]
    chosen = between[:1] or before[-1:] or list(named)[:1]
    return named[chosen[0]] if chosen else 0


def _day(parts: _Parts, order: Order | None) -> datetime | None:
    numbers = parts.numbers
    year = next((number for number in numbers if len(number) == 4), "")
    rest = [int(number) for number in numbers if number is not year]
    if len(numbers) == 2 and parts.month:
        return datetime(_year(year or numbers[1]), parts.month, rest[0], tzinfo=UTC)
    if len(numbers) == 2:
        ordinal = len(numbers[0]) == 4 and len(numbers[1]) == 3
        return datetime(int(year), 1, 1, tzinfo=UTC) + timedelta(days=rest[0] - 1) if ordinal else None
    if numbers[0] is year:
        return datetime(int(year), rest[0], rest[1], tzinfo=UTC)
    if max(map(len, numbers[:2])) > 2 or len(numbers[2]) not in (2, 4):
        return None
    first, second = int(numbers[0]), int(numbers[1])
    usual: Order = "month-first" if parts.half else "day-first"
    if parts.mark == ".":
        order = "day-first"
    day_first = first > 12 or (second <= 12 and (order or usual) == "day-first")
    day, month = (first, second) if day_first else (second, first)
    return datetime(_year(numbers[2]), month, day, tzinfo=UTC)


def _year(written: str) -> int:
    """Of two digits, a year from 1970 to 2069."""
    year = int(written)
    return year if len(written) > 2 else year + (2000 if year < 70 else 1900)
