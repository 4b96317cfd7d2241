"""What polls of most providers share: credentials, answers of JSON, and lists that have the newest first.

A poll walks such a list from its first page to where the last walk began. The first page is read each time,
since what stands there may have been edited or answered; the same bytes are the same event. A walk that is
interrupted is taken up where it was, so that a long list needs no single poll that is long enough for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from triggeriq.errors import Unreadable
from triggeriq.payload import at, milliseconds, name, parse_object
from triggeriq.polling import Answer, Http, Polled, PollFailed
from triggeriq.values import JSON, Connection

MAX_CURSOR = 1_000
"""Characters of a cursor that the core keeps."""
MAX_ITEMS = 10_000
"""The most items of a page: so many may one event hold."""
MAX_PAGES = 500
"""Pages of one poll. A provider whose list has no end is left there, and gone on with by the next poll."""
FIRST_PAGES = 10
"""Pages of the first walk. What is older is history, and comes as files."""

_FORGOTTEN = (400, 404, 410)
"""How a provider answers to a place in a list that it no longer knows."""


def credentials(connection: Connection, *names: str) -> dict[str, str]:
    """The members of the connection's `credentials`, a JSON object. Raises PollFailed where there are none,
    or one of `names` is missing. No message quotes any."""
    wanted = f"a JSON object with {', '.join(names)}"
    if not connection.credentials:
        raise PollFailed(f"the secret of the setting credentials is empty; it holds {wanted}")
    try:
        found = parse_object(connection.credentials.encode("utf-8", "replace"))
    except Unreadable:
        raise PollFailed(f"the secret of the setting credentials is not JSON; it holds {wanted}") from None
    texts = {key: value for key, one in found.items() if (value := name(one))}
    if missing := [key for key in names if key not in texts]:
        raise PollFailed(f"the secret of the setting credentials has no {missing[0]}; it holds {wanted}")
    return texts


def json_of(answer: Answer) -> dict[str, JSON]:
    """The object that a provider answered with. Raises PollFailed for anything else, such as a page of
    HTML."""
    try:
        return parse_object(answer.body)
    except Unreadable as error:
        kind = answer.headers.get("content-type", "")[:60]
        what = "with HTML" if answer.body.lstrip()[:1] == b"<" else f"with what can't be read: {error}"
        shown = f", as {kind!r}" if kind.isascii() and kind.isprintable() and kind else ""
        raise PollFailed(f"the provider answered {what}{shown}; JSON is expected", answer.status) from None


def array_of(body: dict[str, JSON], key: str) -> list[JSON]:
    """The array under a key of a page; an empty one where it is left out. Raises PollFailed for anything
    else."""
    found = at(body, key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise PollFailed(f'the provider answered with a page whose "{key}" is no array')
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list that has the newest first."""

    body: bytes = field(repr=False)
    """As the provider answered it."""
    ids: Sequence[str | None]
    """Those of its items."""
    ages: Sequence[int]
    """A number of each item, the greater the newer: its time in milliseconds, or one that the provider counts
    up. Items without one are left out."""
    next: str | None
    """Where the next page is, for `fetch`; None: this is the last."""


class Walk(NamedTuple):
    """How far the walks through a list have come."""

    until: int | None = None
    """The newest item of the last whole walk; None: there was none."""
    top: int | None = None
    """The newest item of the walk that is under way."""
    place: str = ""
    """The page that was read last in it: one that is taken up reads it again, since what is new moves items
    to later pages, and what is deleted to earlier ones. "": the first."""
    pages: int = 0
    """So many were read in it."""

    def done(self) -> Walk:
        """What is left of it once it came to its end."""
        return Walk(until=max((one for one in (self.until, self.top) if one is not None), default=None))

    def packed(self) -> list[JSON]:
        """As a cursor has it."""
        return [self.until, self.top, self.place, self.pages] if self.place else [self.until]

    @classmethod
    def unpacked(cls, value: JSON) -> Walk:
        """The walk of a cursor; a new one where it is of another form."""
        if not isinstance(value, list) or len(value) not in (1, 4):
            return cls()
        if not all(one is None or type(one) is int for one in (value[0], *value[1:2], *value[3:])):
            return cls()
        if len(value) == 1:
            return cls(value[0])
        place = value[2] if isinstance(value[2], str) and _is_place(value[2]) else ""
        return cls(value[0], value[1], place, value[3] or 0)


def walked(
    walk: Walk,
    fetch: Callable[[str], Page],
    http: Http,
    deadline: datetime,
    *,
    first_pages: int = FIRST_PAGES,
    most: int = MAX_PAGES,
) -> Iterator[tuple[bytes, Walk]]:
    """The pages of a walk, each with how far it is when that page is safe. It ends with the page that holds
    something older than the last walk's newest, at the list's end, or at the deadline.

    fetch: the page at a place, "" being the first. first_pages: where the first walk ends. most: pages of one
    poll, for a provider that lets few requests through. Raises PollFailed, also where a page comes again: its
    provider would lead round in circles.
    """
    if not walk.place:
        walk = Walk(until=walk.until)
    places, seen = {walk.place}, set[tuple[str | None, ...]]()
    for count in range(most):
        if http.now() > deadline:
            return
        try:
            page = fetch(walk.place)
        except PollFailed as error:
            if count or not walk.place or error.status not in _FORGOTTEN:
                raise
            walk, places = Walk(until=walk.until), {""}
            page = fetch("")
        if len(page.ids) > MAX_ITEMS:
            raise PollFailed(f"a page of {len(page.ids):,} items; {MAX_ITEMS:,} is the most")
        if not _is_place(page.next):
            raise PollFailed("the provider names a next page by what is no address")
        if page.ids and tuple(page.ids) in seen:
            raise PollFailed("the provider gave the same page again instead of the next one")
        seen.add(tuple(page.ids))
        known = [*page.ages] if walk.top is None else [walk.top, *page.ages]
        # Whatever claims to be from the future must not hide what comes until then
        top = min(max(known), milliseconds(http.now())) if known else None
        walk = Walk(walk.until, top, walk.place, walk.pages + 1)
        if page.next is None or not page.ids or _is_through(walk, page, first_pages):
            if page.ids or walk.pages > 1:
                yield page.body, walk.done()
            return
        if page.next in places:
            yield page.body, walk
            raise PollFailed("the provider names a page as the next one that was read already")
        yield page.body, walk
        places.add(page.next)
        walk = walk._replace(place=page.next)


def _is_place(place: str | None) -> bool:
    """Whether it can stand in an address as it is."""
    return place is None or (0 < len(place) <= 4_000 and place.isascii() and place.isprintable())


def _is_through(walk: Walk, page: Page, first_pages: int) -> bool:
    if walk.until is None:
        return walk.pages >= first_pages
    return bool(page.ages) and page.ages[-1] < walk.until


def read_cursor(cursor: str | None) -> dict[str, JSON]:
    """What `written` made; an empty object where it was not."""
    try:
        return parse_object((cursor or "{}").encode("utf-8", "replace"))
    except Unreadable:
        return {}


def written(state: dict[str, JSON]) -> str | None:
    """A cursor that holds this; None where it is too long, so that the walk begins anew."""
    cursor = json.dumps(state, separators=(",", ":"), ensure_ascii=False)
    return cursor if len(cursor) <= MAX_CURSOR else None


def newest_first(
    cursor: str | None,
    fetch: Callable[[str], Page],
    http: Http,
    deadline: datetime,
    *,
    first_pages: int = FIRST_PAGES,
    most: int = MAX_PAGES,
) -> Iterator[Polled]:
    """As `walked`, for a source with a single list: what its `poll` gives."""
    walk = Walk.unpacked(read_cursor(cursor).get("walk"))
    for body, behind in walked(walk, fetch, http, deadline, first_pages=first_pages, most=most):
        # One that is too long is interrupted for good: the next poll walks all of the way
        stored = written({"walk": behind.packed()}) or written({"walk": Walk(behind.until).packed()})
        yield Polled(body=body, cursor=stored)
