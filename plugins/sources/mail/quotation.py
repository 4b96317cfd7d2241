"""Where a quotation begins: the line of who wrote it, a block of headers, a line of dashes.

Each question looks at a line and at a few around it, of bounded length, so that what it costs does not
depend on the mail. Lines come as `marks.seen` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from plugins.sources.mail.quotation_wordings import (
    ATTRIBUTIONS,
    FORWARDED,
    LABELS,
    ORIGINAL,
    REPLY_ABOVE,
    SPEAKERS,
)

MAX_LINE = 400
"""Characters; what is longer is no line that a client puts over a quotation."""
MAX_WRAPPED = 5
"""Lines over which clients break one line of who wrote."""
_MAX_NAME = 6
"""Words of a name without an address."""

_ADDRESS = re.compile(r"<?(?:mailto:)?[^\s<>@\"()]{1,100}@[^\s<>@\"()]{2,100}>?")
_BRACKETED = re.compile(r"[<(\[]\s?(?:mailto:)?[^<>@]{1,100}@[^<>()]{2,200}[>)\]]+$")
_CLOCK = re.compile(r"\d{1,2}\s?[:.hH點点时時시]\s?\d{2}|\d{1,2}\s?[ap]\.?m\b|klo\s\d", re.IGNORECASE)
_DAY = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|[\u0660-\u0669\u06f0-\u06f9]{4}"
)
_DATE_FIRST = re.compile(r"(?:[^\s\d<@>]{1,16}[ ,]{1,2}){0,3}[^\s\d<@>]{0,8}\d")
_DATED = re.compile(r"\S*\d\S*|[AaPp]\.?[Mm]\.?|[A-Z]{3,4}|[+-]\d{4}")
_LINES = "-‐‑‒–—―−"
"""Hyphens, dashes and minus, of which clients draw lines."""
_DASHES = f"{_LINES}_=*"
_EDGES = f" \t{_LINES}_*>:："


class Beginning(NamedTuple):
    """The lines [start, end) that introduce a quotation. `forwarded`: they say that a letter is passed on."""

    start: int
    end: int
    forwarded: bool = False


class _Wording(NamedTuple):
    """A client's wording, taken apart at its slots: `first` stands between `before` and `between`, `second`
    between `between` and `after`."""

    before: str
    first: str
    between: str
    second: str
    after: str


def _wordings(templates: Iterable[str]) -> list[_Wording]:
    found = []
    for template in templates:
        literals = re.split(r"\{[a-z ]+\}", template)
        first, second, *_ = [*re.findall(r"\{([a-z ]+)\}", template), ""]
        if second:
            before, between, after = literals
        else:
            (before, after), between = literals, ""
        if between.endswith("("):
            after = after.removesuffix(")")
        found.append(_Wording(before, first, between, second, after.lstrip()))
    return found


_ALL = _wordings(dict.fromkeys(wording for wordings in ATTRIBUTIONS.values() for wording in wordings))
_ENDING = sorted((wording for wording in _ALL if wording.after), key=lambda wording: -len(wording.before))
_BEGINNING = [wording for wording in _ALL if not wording.after and wording.before]
_WITHIN = [wording for wording in _ALL if not wording.after and not wording.before]
_ENDS = tuple({wording.after for wording in _ENDING})
_BEGINS = tuple({wording.before for wording in _ALL if wording.before})
_CLOSED = (":", "：", "-", *_ENDS, ">")
_LAST = frozenset(end[-1] for end in _CLOSED)
_THEN = re.compile(r"[>)\]],?\s?([^\s:：<>@]{1,20}(?:\s[^\s:：<>@]{1,10}){0,3})\s?[:：]\s")
"""Where the words of a quotation stand behind who wrote them, in the same line."""


def may_say_who(line: str) -> bool:
    """Whether it ends as a line of who wrote does; most lines do not."""
    return (line[-1:] in _LAST and line.endswith(_CLOSED)) or _goes_on_behind(line) > 0


def _goes_on_behind(line: str) -> int:
    """Where the quotation begins in a line of who wrote; 0 where none does."""
    found = _THEN.search(line) if "@" in line and len(line) <= MAX_LINE else None
    return found.end() if found and found[1].endswith(_ENDS) else 0


def leads_to_own(lines: Sequence[str], place: int) -> bool:
    """Whether the line, which ends in a colon, is a sentence that leads to what the writer shows: it is long
    enough to be one, and speaks of nobody's writing."""
    line = lines[place]
    return (
        len(line.split()) > (1 if line.startswith("I ") else 2)
        and not any(end in line for end in _ENDS)
        and attribution(lines, place, True) is None
    )


def attribution(lines: Sequence[str], last: int, quoted_below: bool) -> Beginning | None:
    """The line of who wrote that ends in line `last`, be it broken over several. `quoted_below`: what follows
    bears the marks of a quotation, so that less proves it."""
    if not may_say_who(lines[last]):
        return None
    if end := _goes_on_behind(lines[last]):
        line, closed = _bare(lines[last][:end])
        return Beginning(last, last + 1) if _dated(line) and _says_who(line, closed, False) else None
    line = lines[last]
    drawn = line.startswith("--") and line.endswith("--") and not is_rule(line)  # "---- Ina Lund wrote ----"
    found = unknown = None
    for start, whole in _joined(lines, last):
        line, closed = _bare(whole)
        opens = line.startswith(_BEGINS) or whole[0] in _DASHES
        if (found is None or opens) and _says_who(line, closed, quoted_below or drawn):
            found = Beginning(start, last + 1)
        elif unknown is None and quoted_below and closed and _says_when_and_whose(line):
            unknown = Beginning(start, last + 1)
    return found or unknown


def _joined(lines: Sequence[str], last: int) -> Iterator[tuple[int, str]]:
    """Line `last`, then with the line above it, and so on, each with the number of its first line. Some
    clients leave a line blank before an address."""
    start, whole = last, ""
    for _ in range(MAX_WRAPPED):
        if start >= 0 and not lines[start] and whole.startswith("<"):
            start -= 1
        if start < 0 or not lines[start] or len(whole) + len(lines[start]) > MAX_LINE:
            return
        whole = f"{lines[start]} {whole}" if whole else lines[start]
        yield start, whole
        start -= 1


def _bare(line: str) -> tuple[str, bool]:
    """The line without what stands around it, and whether a colon or dashes close it."""
    bare = line.strip(" \t-–—_*").lstrip("> ")
    closed = bare.endswith((":", "：")) or line.endswith("-")
    return bare.rstrip(" :：-–—_*"), closed


def _says_who(line: str, closed: bool, quoted_below: bool) -> bool:
    addressed = "@" in line and _ADDRESS.search(line) is not None
    if not addressed and not quoted_below and not _dated(line):
        return False
    for wording in _candidates(line):
        first, second = _slots(line, wording)
        if first and _holds(wording, first, second, addressed, quoted_below):
            return closed or quoted_below or (addressed and _dated(line))
    return (closed or quoted_below) and _is_date_and_address(line)


def _says_when_and_whose(line: str) -> bool:
    """In whatever language: a day, and a time or an address, in what is no sentence of the writer's."""
    return (
        _DAY.search(line) is not None
        and (_CLOCK.search(line) is not None or _BRACKETED.search(line) is not None)
        and _first_word(line) not in SPEAKERS
    )


def _candidates(line: str) -> Iterable[_Wording]:
    if line.endswith(_ENDS):
        yield from (one for one in _ENDING if line.endswith(one.after) and line.startswith(one.before))
    if line.startswith(_BEGINS):
        yield from (one for one in _BEGINNING if line.startswith(one.before) and one.between in line)
    yield from (one for one in _WITHIN if one.between in line)


def _slots(line: str, wording: _Wording) -> tuple[str, str]:
    inner = line[len(wording.before) : len(line) - len(wording.after)].removesuffix(
        ")" if wording.between.endswith("(") else ""
    )
    if not wording.second:
        return inner.strip(" ,"), ""
    first, _, second = inner.partition(wording.between)
    return (first.strip(" ,،、("), second.strip(" ,،、(")) if second else ("", "")


def _holds(wording: _Wording, first: str, second: str, addressed: bool, quoted_below: bool) -> bool:
    """Whether what stands in the slots is a date and a name."""
    names = []
    dated = bracketed = False
    for slot, value in ((wording.first, first), (wording.second, second)):
        bracketed = bracketed or _BRACKETED.search(value) is not None
        if slot == "who":
            names.append(value)
        elif slot:
            if not _dated(value) or (slot != "who when" and not _DATE_FIRST.match(value)):
                return False
            dated = True
            if slot == "when" and len(value) > 80:
                return False
            if slot == "when who":
                names.append(_name_behind(value))
    if not dated and not addressed:
        return quoted_below and _is_name(names[0])
    if bracketed or (dated and quoted_below):
        return True
    if "who" not in wording.first + wording.second:
        return False  # "… you wrote:" is what a customer writes, too
    return dated and all(
        _first_word(name) not in SPEAKERS if "@" in name else _is_name(name) for name in names
    )


def _dated(text: str) -> bool:
    return _DAY.search(text) is not None or _CLOCK.search(text) is not None


def _name_behind(text: str) -> str:
    """What follows the date in "Mon, Jan 5, 2026 at 10:00 AM Ina Lund <ina@cust.example>"."""
    bare = _ADDRESS.sub(" @ ", text).split(" ")
    last = max((place for place, word in enumerate(bare) if _DATED.fullmatch(word.strip(",;()"))), default=-1)
    name = bare[last + 1 :]
    while name and name[0].islower() and len(name[0]) <= 4 and name[0] not in SPEAKERS:
        name = name[1:]  # "a. m.,", "Uhr", "hrs"
    return " ".join(name)


def _is_name(name: str) -> bool:
    words = name.split()
    return (
        0 < len(words) <= _MAX_NAME
        and _first_word(name) not in SPEAKERS
        and not words[0][0].islower()
        and not words[-1].endswith((".", "!", "?", ";"))
    )


def _first_word(name: str) -> str:
    return name.split(" ", 1)[0].strip(",.;:\"'()").lower()


def _is_date_and_address(line: str) -> bool:
    """A date, a name, an address: all that Gmail writes in some languages, and the webmails of others."""
    return (
        line.endswith((">", ")", "]"))
        and _DATE_FIRST.match(line) is not None
        and _DAY.search(line) is not None
        and _BRACKETED.search(line) is not None
    )


_LABEL = re.compile(r"[\s*_|]*([^\s:：*_|][^:：*_|<>@]{0,24}?)[\s*_]*[:：]")
_CELL = re.compile(r"\|\s?([^\s:：*_|][^:：*_|<>@]{0,24}?)\s?\|")
"""The same in a table, as NetEase writes it."""
_MAX_HEADERS = 12
_MAX_FOLDED = 3


def label(line: str) -> str:
    """Which header the line is, by its label in any language; empty for another line."""
    labelled = ":" in line[:40] or "：" in line[:40]
    found = _LABEL.match(line) if labelled else None
    if not found and line[:1] == "|":
        found = _CELL.match(line)
    return (
        LABELS.get(found[1].lower(), "") or LABELS.get(found[1].replace(" ", "").lower(), "") if found else ""
    )


def headers(lines: Sequence[str], start: int) -> Beginning | None:
    """A block of headers as Outlook puts them over a quotation, which begins in line `start`."""
    kind = label(lines[start])
    if not kind:
        return None
    if kind == "from" and _in_one_line(lines[start]):
        return Beginning(start, start + 1)
    kinds = {kind: lines[start]}
    place, end, folded = start + 1, start + 1, 0
    while place < min(len(lines), start + 3 * _MAX_HEADERS) and len(kinds) < _MAX_HEADERS:
        line = lines[place]
        if kind := label(line):
            kinds.setdefault(kind, line)
            place += 1
            end, folded = place, 0
        elif line and place == end + folded and folded < _MAX_FOLDED and _goes_on(lines, place):
            folded += 1
            place += 1
        elif not line and place + 1 < len(lines) and label(lines[place + 1]):
            place += 1
        else:
            break
    return Beginning(start, end) if _are_a_mail_s(kinds, lines, end) else None


def _in_one_line(line: str) -> bool:
    """Whether all headers stand behind one another: "From: … Sent: … To: … Subject: …"."""
    if len(line) > MAX_LINE:
        return False
    kinds = {LABELS.get(word[:-1].lower()) for word in line.split(" ") if word.endswith(":")}
    return {"from", "sent"} < kinds and bool(kinds & {"to", "subject"})


def _goes_on(lines: Sequence[str], place: int) -> bool:
    """Whether a line without a label is the rest of the header above it: another follows soon."""
    return len(lines[place]) <= MAX_LINE and any(map(label, lines[place + 1 : place + 1 + _MAX_FOLDED]))


def _are_a_mail_s(kinds: dict[str, str], lines: Sequence[str], end: int) -> bool:
    """Tells a mail's headers from a customer's "From: Oslo, To: Bergen" and from a contact form's fields."""
    if "from" not in kinds or len(kinds.keys() - {"more"}) < 2:
        return False
    addressed = "@" in kinds["from"]
    if "sent" in kinds or (
        addressed and kinds.keys() & {"date", "subject", "to"} and not _is_field(lines, end)
    ):
        return True
    return "subject" in kinds and bool(kinds.keys() & {"to", "date"}) and not _is_field(lines, end)


def _is_field(lines: Sequence[str], place: int) -> bool:
    found = _LABEL.match(lines[place]) if place < len(lines) and len(lines[place]) <= MAX_LINE else None
    return found is not None and not lines[place].startswith("http")


def separator(line: str) -> str:
    """ "original" or "forwarded" where the line is a client's line of dashes; else empty."""
    dashed = line.lstrip(" *>")[:1] in _DASHES
    if len(line) > 100 or not (dashed or line.endswith((":", "："))):
        return ""
    words = line.strip(_EDGES + "=").lower().replace("i\u0307", "i")  # what Python makes of the Turkish İ
    words = words.partition("--")[0].rstrip(_EDGES)
    if words in ORIGINAL and dashed:
        return "original"
    if words in FORWARDED and (dashed or line.endswith((":", "："))):
        return "forwarded"
    return "forwarded" if dashed and words.startswith("forwarded by ") else ""


def says_who_between_marks(line: str) -> bool:
    """GroupWise's ">>> Ina Lund <ina@cust.example> 3/3/2026 9:14 AM >>>", over a quotation without marks."""
    return line.startswith(">>> ") and line.endswith(">>>") and len(line) <= MAX_LINE and _dated(line)


_MARKS = f"{_DASHES}#~<>|"
_MAX_UNMARKED = 60
_UNMARKED = tuple(phrase for phrase in REPLY_ABOVE if phrase != "reply above")
_UNMARKED_BEGIN = frozenset(phrase[0] for phrase in (*_UNMARKED, "please"))


def answer_above(line: str) -> bool:
    """Whether this is a help desk's "reply above this line", between marks of some kind."""
    if line[0] not in _MARKS or not 8 <= len(line) <= 200 or line[-1] not in _MARKS:
        return False
    if line.startswith("##-") and line.endswith("-##"):
        return True
    words = line.lower()
    return any(phrase in words for phrase in REPLY_ABOVE)


def answer_above_unmarked(line: str) -> bool:
    """Whether this is the same without marks; it is one if it stands by itself."""
    if not 8 <= len(line) <= _MAX_UNMARKED or line[0].lower() not in _UNMARKED_BEGIN:
        return False
    return line.lower().removeprefix("please ").startswith(_UNMARKED)


def is_rule(line: str) -> bool:
    """A line of dashes alone, as clients draw one over a quotation."""
    return len(line) >= 3 and not line.strip(f"{_DASHES}─━")
