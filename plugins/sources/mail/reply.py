"""Of a letter's lines, which the writer wrote now, and which are quotation, signature or legal footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from plugins.sources.mail.quotation import (
    MAX_LINE,
    Beginning,
    answer_above,
    attribution,
    headers,
    is_rule,
    label,
    leads_to_own,
    may_say_who,
    separator,
)
from plugins.sources.mail.signature import STANDARD, is_mobile, signature

MAX_LINES = 20_000
"""Lines that are looked at; what is behind them goes the way of the last."""
MAX_LOOKS = 2_000
"""Lines that are looked at closely, because they could introduce a quotation; no letter has as many."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_BLANKS = re.compile(r"\n{3,}")
_WRAPPED = 60
"""Characters of a line that a client may have broken."""


class Reply(NamedTuple):
    """own: what the writer wrote now. quoted: all else, in its order. Each word of the letter is in one."""

    own: str
    quoted: str


class Mark(IntEnum):
    """What a line shows of itself."""

    NONE = 0
    PERHAPS = 1
    """A quotation if a line above says whose."""
    QUOTED = 2
    UNDER = 3
    """Of a signature."""


_MARKS = {">": Mark.QUOTED, "＞": Mark.QUOTED, "|": Mark.PERHAPS}
_LEADING = " \t\u00a0\u200b\ufeff"


def parted(text: str) -> Reply:
    """The parts of a plain letter. Takes any text, never raises, in time that grows with its length."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return part(lines, _marks(lines))


def part(lines: Sequence[str], marks: Sequence[Mark]) -> Reply:
    """The same for lines of which something is known already, a mark a line."""
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], "\n".join(lines[MAX_LINES:])]
    return _Letter(lines, marks[: len(lines)]).parts()


def _marks(lines: Sequence[str]) -> list[Mark]:
    return [_MARKS.get(line.lstrip(_LEADING)[:1], Mark.NONE) for line in lines]


def seen(lines: Sequence[str]) -> list[str]:
    """The lines as a reader sees them: without invisible characters, spaces around, and odd spaces."""
    plain = (line if line.isascii() else _ODD_SPACE.sub(" ", _INVISIBLE.sub("", line)) for line in lines)
    return [line if line == STANDARD else line.strip() for line in plain]


class _Letter:
    """One letter, line by line; `_own` says whose each is, as far as that is known."""

    def __init__(self, lines: Sequence[str], marks: Sequence[Mark]) -> None:
        self._lines, self._marks = lines, list(marks)
        self._seen = seen(lines)
        self._looks = 0
        self._unmark_code()
        self._own = [mark in (Mark.NONE, Mark.PERHAPS) for mark in self._marks]

    def parts(self) -> Reply:
        self._take_quotations()
        self._take_broken_lines()
        self._take_signatures()
        return Reply(self._joined(True), self._joined(False))

    def _unmark_code(self) -> None:
        """Lines with `>` that are no quotation: in a fence, under the writer's own words that lead to them, a
        session of Python, a comparison that was broken."""
        fences = [place for place, line in enumerate(self._seen) if line.startswith("```")]
        for begin, end in zip(fences[::2], fences[1::2], strict=False):
            self._unmark(begin, end)
        place = 0
        while place < len(self._marks):
            end = place
            while end < len(self._marks) and self._marks[end] is Mark.QUOTED:
                end += 1
            if end > place and self._is_code(place, end):
                self._unmark(place, end)
            place = end + 1

    def _unmark(self, begin: int, end: int) -> None:
        self._marks[begin:end] = [Mark.NONE] * (end - begin)

    def _is_code(self, begin: int, end: int) -> bool:
        block = self._seen[begin:end]
        if all(line.startswith((">>> ", "...")) or line == ">>>" for line in block):
            return True
        above = self._seen[begin - 1] if begin else ""
        if not above:
            return False
        if end - begin == 1 and block[0].lstrip("> ")[:1].isdigit() and above[-1].isalnum():
            return True
        return above.endswith(":") and self._may_look() and leads_to_own(self._seen, begin - 1)

    def _take_quotations(self) -> None:
        begun = False  # words of the writer stand above
        citing = False  # a line said who wrote what follows
        under = False  # the line of a phone ended the letter
        first, place, end = -1, 0, len(self._seen)
        while place < end:
            line = self._seen[place]
            if not line:
                place += 1
            elif found := self._beginning(place):
                begun = begun and first < found.start
                citing, under = True, False
                self._give_away(found.start, found.end)
                place = found.end
                if self._is_marked(found.end):
                    continue
                if begun or found.forwarded:
                    self._give_away(place, end)
                    return
            elif self._marks[place] is Mark.PERHAPS and citing:
                self._give_away(place, place + 1)
                place += 1
            elif not self._own[place]:
                place += 1
            elif is_mobile(line):
                self._give_away(place, place + 1)
                under = begun
                place += 1
            elif answer_above(line):
                self._give_away(place, end if begun else place + 1)
                place += 1
            elif under:
                self._give_away(place, place + 1)
                place += 1
            else:
                if not begun:
                    begun, first = True, place
                citing = False
                place += 1

    def _beginning(self, place: int) -> Beginning | None:
        line = self._seen[place]
        if len(line) > MAX_LINE:
            return None
        if self._marks[place] is not Mark.NONE:
            return attribution(self._seen, place, False) if self._ends_an_address(place) else None
        found: Beginning | None
        if kind := separator(line):
            below = self._next(place + 1)
            block = self._headers(below) if below < len(self._seen) else None
            found = Beginning(place, block.end if block else place + 1, kind == "forwarded")
        else:
            found = self._headers(place) or self._attribution(place)
        return self._with_rule(found) if found else None

    def _headers(self, place: int) -> Beginning | None:
        return headers(self._seen, place) if label(self._seen[place]) and self._may_look() else None

    def _attribution(self, place: int) -> Beginning | None:
        if not may_say_who(self._seen[place]) or not self._may_look():
            return None
        return attribution(self._seen, place, self._is_marked(place + 1))

    def _may_look(self) -> bool:
        self._looks += 1
        return self._looks <= MAX_LOOKS

    def _ends_an_address(self, place: int) -> bool:
        """Whether the `>` of this line closes an address that a client broke over lines."""
        line = self._seen[place]
        return (
            line.endswith((":", "："))
            and len(line) < 30
            and place > 0
            and "@" in self._seen[place - 1]
            and self._own[place - 1]
        )

    def _with_rule(self, found: Beginning) -> Beginning:
        """With the line of dashes above it, if there is one."""
        above = found.start - 1
        while above >= 0 and not self._seen[above] and found.start - above < 3:
            above -= 1
        return found._replace(start=above) if above >= 0 and is_rule(self._seen[above]) else found

    def _next(self, place: int) -> int:
        """The next line that has something, from `place` on."""
        while place < len(self._seen) and not self._seen[place]:
            place += 1
        return place

    def _is_marked(self, place: int) -> bool:
        """Whether what follows bears a quotation's marks."""
        below = self._next(place)
        return (
            below < len(self._seen)
            and self._marks[below] in (Mark.QUOTED, Mark.PERHAPS)
            and not self._ends_an_address(below)
        )

    def _give_away(self, start: int, end: int) -> None:
        self._own[start:end] = [False] * (end - start)

    def _take_broken_lines(self) -> None:
        """The ends of quoted lines that a client broke without a mark."""
        for place in range(1, len(self._seen) - 1):
            if (
                self._own[place]
                and self._seen[place]
                and self._marks[place - 1] is Mark.QUOTED
                and self._marks[place + 1] is Mark.QUOTED
            ):
                above = self._seen[place - 1]
                ended = above.endswith((".", "!", "?", ":", ";", "。", "？", "！"))
                if len(above) >= _WRAPPED and (
                    not ended or (self._seen[place][0].islower() and above[-1] not in "?:")
                ):
                    self._give_away(place, place + 1)

    def _take_signatures(self) -> None:
        alone = True
        for first, end in self._runs():
            words = signature(self._seen, first, end, alone)
            self._give_away(words, end)
            alone = alone and words == first

    def _runs(self) -> list[tuple[int, int]]:
        """The stretches of the writer's own lines."""
        runs: list[tuple[int, int]] = []
        first = -1
        for place, line in enumerate(self._seen):
            if self._own[place]:
                if line and first < 0:
                    first = place
            elif line and first >= 0:
                runs.append((first, place))
                first = -1
        if first >= 0:
            runs.append((first, len(self._seen)))
        return runs

    def _joined(self, own: bool) -> str:
        """The lines of one side; a blank one belongs to the line above it."""
        kept: list[str] = []
        keeping = False
        for line, visible, mine in zip(self._lines, self._seen, self._own, strict=True):
            if visible:
                keeping = mine is own
            if keeping:
                kept.append(line.rstrip())
        return _BLANKS.sub("\n\n", "\n".join(kept)).strip("\n")
