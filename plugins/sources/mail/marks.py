"""What a letter's lines show of themselves: a quotation's marks, or code that only looks like them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum

from plugins.sources.mail.quotation import leads_to_own, says_who_between_marks
from plugins.sources.mail.signature import STANDARD

MAX_INTRODUCED = 500
"""Blocks with `>` of which is asked whether the line above leads to them."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")


class Mark(IntEnum):
    """What a line is marked as."""

    NONE = 0
    PERHAPS = 1
    """A quotation if a line above says whose."""
    QUOTED = 2
    UNDER = 3
    """Of a signature."""
    CODE = 4
    """The writer's own, whatever it looks like."""


_MARKS = {">": Mark.QUOTED, "＞": Mark.QUOTED, "|": Mark.PERHAPS}
_INITIALS = re.compile(r"[A-ZА-Я]{1,3}>")
"""What The Bat! puts before a line: who wrote it."""


def seen(lines: Sequence[str]) -> list[str]:
    """The lines as a reader sees them: without invisible characters, spaces around, and odd spaces."""
    plain = (line if line.isascii() else _ODD_SPACE.sub(" ", _INVISIBLE.sub("", line)) for line in lines)
    return [line if line == STANDARD else line.strip() for line in plain]


def marks_of(lines: Sequence[str]) -> list[Mark]:
    """The marks of plain lines, as `seen` makes them."""
    marks = [_MARKS.get(line[:1], Mark.NONE) for line in lines]
    for place, line in enumerate(lines):
        if ">" in line[1:4] and _INITIALS.match(line):
            marks[place] = Mark.PERHAPS
    fences = [place for place, line in enumerate(lines) if line.startswith("```")]
    for begin, end in zip(fences[::2], fences[1::2], strict=False):
        marks[begin : end + 1] = [Mark.CODE] * (end + 1 - begin)
    place = asked = 0
    while place < len(marks):
        end = place
        while end < len(marks) and marks[end] is Mark.QUOTED:
            end += 1
        if end > place:
            asked += 1
            if asked <= MAX_INTRODUCED and _is_code(lines, place, end):
                marks[place:end] = [Mark.CODE] * (end - place)
        place = end + 1
    return marks


def _is_code(lines: Sequence[str], begin: int, end: int) -> bool:
    """A session of Python, a comparison that was broken, or what the writer's own words lead to."""
    block = lines[begin:end]
    if all(line.startswith(">>> ") or line == ">>>" for line in block):
        return not says_who_between_marks(block[0])
    above = lines[begin - 1] if begin else ""
    if not above:
        return False
    if len(block) == 1 and block[0].lstrip("> ")[:1].isdigit() and above[-1].isalnum():
        return True
    return above.endswith(":") and leads_to_own(lines, begin - 1)
