"""Files of JSON of which a document, a line or an item may hold several things.

    def things(value: JSON, where: str) -> Iterable[Item]: ...

    yield from documents(stream, resume, things, key="reviews", alone=("id",))

The marks of a document's items are their number so far ("17"), those of NDJSON the marks of its lines. Where
several things stand in one, all but the last have the mark before it and their number: "17+1".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import BinaryIO, TypeVar

from triggeriq.errors import Unreadable
from triggeriq.lines import Mark, TextFile
from triggeriq.payload import parse_json
from triggeriq.reading import json_items
from triggeriq.values import JSON, Bad, Ignore, Item, Nothing

T = TypeVar("T")

Things = Callable[[JSON, str], Iterable[Item]]
"""What a JSON value holds, and where a person would look for it ("data[3]", "line 17")."""


_STEP = 1_000
"""Items passed over until the reader is told that it goes on."""


class Marks:
    """The marks of a file of which what stands between two of them may hold several things."""

    def __init__(self, resume: str | None, begin: str) -> None:
        """begin: the mark before everything."""
        self.before, _, done = (resume or begin).partition("+")
        self._done = int(done or 0)

    def nothing(self) -> tuple[str, Nothing]:
        return (f"{self.before}+{self._done}" if self._done else self.before), Nothing()

    def of(self, things: Iterable[T], behind: str) -> Iterator[tuple[str, T | Nothing]]:
        """The things before the mark `behind` with their own marks, without those that were dealt with."""
        found = list(things)
        if not found:
            yield behind, Nothing()
        for count, thing in enumerate(found[self._done :], start=self._done + 1):
            yield behind if count == len(found) else f"{self.before}+{count}", thing
        self.before, self._done = behind, 0


def documents(
    stream: BinaryIO,
    resume: str | None,
    things: Things,
    key: str,
    *,
    also: Collection[str] = (),
    alone: Collection[str] = (),
) -> Iterator[tuple[str, Item | Nothing]]:
    """The things of a file of documents `{"<key>": […]}`, see `triggeriq.reading.json_items`.

    Items that were dealt with are given to `things` again, which may have to know them for those behind.
    """
    marks = Marks(resume, "0")
    dealt_with = int(marks.before)
    for count, item in enumerate(json_items(stream, key, alone, also), start=1):
        found = things(item, f"{key}[{count - 1}]")
        if count > dealt_with:
            yield from marks.of(found, str(count))
        elif count % _STEP == 0:
            yield marks.nothing()


def lines(
    stream: BinaryIO, resume: str | None, things: Things, *, key: str, also: Collection[str] = ()
) -> Iterator[tuple[str, Item | Nothing]]:
    """The things of a file of NDJSON. A line is an item, an array of them, or a document with them under
    `key`."""
    marks = Marks(resume, "0@0")
    file = TextFile(stream)
    for line in file.lines(Mark.parse(marks.before)):
        if not line.content:
            yield marks.nothing()
            continue
        where = f"line {line.number}"
        if isinstance(line.content, Bad):
            found: Iterable[Item] = (line.content,)
        elif not line.content.strip():
            continue
        else:
            try:
                value = parse_json(line.content)
            except Unreadable as error:
                found = (Bad(where, str(error), raw=line.content),)
            else:
                found = (thing for one in _items(value, key, also) for thing in things(one, where))
        yield from marks.of(found, str(file.mark(line)))


def _items(value: JSON, key: str, also: Collection[str]) -> Iterator[JSON]:
    if isinstance(value, dict) and key in value:
        for name in (key, *also):
            held = value.get(name)
            yield from held if isinstance(held, list) else [held] if name in value else []
    else:
        yield from value if isinstance(value, list) else [value]


def things_in(body: JSON, key: str, things: Things, also: Collection[str] = ()) -> Iterator[Item]:
    """The things of one document, or of one item; an Ignore where it holds none."""
    found = False
    for count, item in enumerate(_items(body, key, also)):
        for thing in things(item, f"{key}[{count}]"):
            found = True
            yield thing
    if not found:
        yield Ignore("a page that holds nothing")
