"""Of a letter's lines, which the writer wrote now, and which are quotation, signature or legal footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from plugins.sources.mail.marks import Mark, marks_of, seen
from plugins.sources.mail.quotation import (
    MAX_LINE,
    Beginning,
    answer_above,
    answer_above_unmarked,
    attribution,
    headers,
    is_rule,
    label,
    may_say_who,
    says_who_between_marks,
    separator,
)
from plugins.sources.mail.signature import is_mobile, signature

MAX_LINES = 20_000
"""Lines that are looked at; what is behind them goes the way of the last."""
MAX_LOOKS = 2_000
"""Lines that are looked at closely, because they could introduce a quotation; no letter has as many."""

_BLANKS = re.compile(r"\n{3,}")
_WRAPPED = 60
"""Characters of a line that a client may have broken."""


class Reply(NamedTuple):
    """own: what the writer wrote now. quoted: all else, in its order. Each word of the letter is in one."""

    own: str
    quoted: str


def parted(text: str) -> Reply:
    """The parts of a plain letter. Takes any text, never raises, in time that grows with its length."""
    lines = _bounded(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    visible = seen(lines)
    return _Letter(lines, visible, marks_of(visible)).parts()


def part(lines: Sequence[str], marks: Sequence[Mark]) -> Reply:
    """The same for lines whose marks are known already, a mark a line."""
    lines = _bounded(lines)
    return _Letter(lines, seen(lines), marks[: len(lines)]).parts()


def _bounded(lines: Sequence[str]) -> Sequence[str]:
    return lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], "\n".join(lines[MAX_LINES:])]


class _Letter:
    """One letter, line by line; `_own` says whose each is, as far as that is known."""

    def __init__(self, lines: Sequence[str], visible: Sequence[str], marks: Sequence[Mark]) -> None:
        self._lines, self._seen, self._marks = lines, visible, marks
        self._own = [mark not in (Mark.QUOTED, Mark.UNDER) for mark in marks]
        self._looks = 0

    def parts(self) -> Reply:
        self._take_quotations()
        self._take_broken_lines()
        self._take_signatures()
        return self._joined()

    def _take_quotations(self) -> None:
        first = -1  # the first line of the writer's
        citing = False  # a line said who wrote what follows
        cited = False  # what may be marked so was quotation once
        under = False  # the line of a phone ended the letter
        place, end = 0, len(self._seen)
        while place < end:
            line, mark = self._seen[place], self._marks[place]
            if not line:
                place += 1
                continue
            if found := self._beginning(place):
                if first >= found.start:
                    first = -1
                citing, under = True, False
                self._give_away(found.start, found.end)
                place = found.end
                if not self._is_marked(place) and (first >= 0 or found.forwarded):
                    self._give_away(place, end)
                    return
                continue
            if mark is Mark.NONE and self._is_answer_above(place):
                start = self._with_rule(Beginning(place, place + 1)).start
                self._give_away(start, end if first >= 0 else place + 1)
            elif mark is Mark.NONE and is_mobile(line):
                self._give_away(place, place + 1)
                under = first >= 0
            elif under or ((citing or cited) and mark is Mark.PERHAPS):
                self._give_away(place, place + 1)
                cited = cited or not under
            elif self._own[place]:
                citing = False
                first = place if first < 0 else first
            place += 1

    def _beginning(self, place: int) -> Beginning | None:
        line = self._seen[place]
        if len(line) > MAX_LINE:
            return None
        if self._marks[place] is Mark.QUOTED:
            if says_who_between_marks(line):
                return Beginning(place, place + 1)
            return attribution(self._seen, place, False) if self._ends_an_address(place) else None
        if self._marks[place] not in (Mark.NONE, Mark.PERHAPS):
            return None
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

    def _is_answer_above(self, place: int) -> bool:
        """Whether it is a help desk's line: between marks, or by itself between blank lines or lines of
        dashes."""
        if answer_above(self._seen[place]):
            return True
        if not answer_above_unmarked(self._seen[place]):
            return False
        around = (*self._seen[max(0, place - 1) : place], *self._seen[place + 1 : place + 2])
        return all(not line or is_rule(line) for line in around)

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
            code = next((n for n in range(end - 1, first - 1, -1) if self._marks[n] is Mark.CODE), -1) + 1
            words = signature(self._seen, max(first, code), end, alone and not code)
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

    def _joined(self) -> Reply:
        """The lines of both sides; a blank one belongs to the line above it."""
        own: list[str] = []
        quoted: list[str] = []
        side = own
        for line, visible, mine in zip(self._lines, self._seen, self._own, strict=True):
            if visible:
                side = own if mine else quoted
            side.append(line.rstrip())
        return Reply(_text(own), _text(quoted))


def _text(lines: Sequence[str]) -> str:
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip("\n")
