"""Rows of the Play Console's monthly export of reviews, and of the tables that scrapers of Google Play write.

https://support.google.com/googleplay/android-developer/answer/6135870 (Reviews: one file a month and app, in
UTF-16). Columns are found by name, since some are missing in older files. There is no column of an id: it
stands in the link. A row of a rating without words often has no link; its app, time, device and stars name
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import BinaryIO
from urllib.parse import unquote

from plugins.sources.google_play_parts.reviews import language
from triggeriq.documents import Marks
from triggeriq.errors import Unreadable
from triggeriq.lines import Mark, TextFile
from triggeriq.notices import Answered
from triggeriq.payload import digest, identifier, milliseconds, moment, name, rating, text
from triggeriq.tables import Row, Table
from triggeriq.values import App, Author, Bad, Feedback, Item, Nothing

_PARTS: Mapping[str, tuple[str, ...]] = {
    "package": ("packagename",),
    "version_code": ("appversioncode",),
    "version": ("appversionname", "reviewcreatedversion", "appversion"),
    "language": ("reviewerlanguage",),
    "device": ("device", "reviewerhardwaremodel"),
    "submitted": ("reviewsubmitmillissinceepoch", "reviewsubmitdateandtime", "at"),
    "updated": ("reviewlastupdatemillissinceepoch", "reviewlastupdatedateandtime"),
    "stars": ("starrating", "score"),
    "title": ("reviewtitle",),
    "text": ("reviewtext", "content"),
    "replied": ("developerreplymillissinceepoch", "developerreplydateandtime", "repliedat"),
    "link": ("reviewlink",),
    "id": ("reviewid",),
    "author": ("username",),
}
"""By part the names of its columns, the console's first, then those of scrapers, without spaces and signs. Of
the times the one in milliseconds counts first."""
_KNOWN = frozenset(one for names in _PARTS.values() for one in names)
_IN_LINK = (
    re.compile(r"reviewid=([^&#\s]{1,400})", re.IGNORECASE),
    re.compile(r"#Review\w{0,20}Place:(?:[^#]{0,400}&)?id=([^&#\s]{1,400})"),
)
"""Of the console (`reviewId=gp%3AAOq…`, `reviewid=gp:AOq…`), and older (`#ReviewPlace:id=…`)."""
_MAX_LINK = 2_000


def rows(stream: BinaryIO, resume: str | None, package: str | None) -> Iterator[tuple[str, Item | Nothing]]:
    """What the rows hold, with their marks. package: of a file that does not name it. Raises Unreadable
    where there is no header, or none of reviews."""
    marks = Marks(resume, "0@0")
    table = Table(TextFile(stream), lambda cell: _plain(cell) in _KNOWN)
    reader = _Rows(table, package)
    for row in table.rows(Mark.parse(marks.before)):
        yield from marks.of(reader.things(row), str(row.mark))


def _plain(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell[:100]).lower()


class _Rows:
    def __init__(self, table: Table, package: str | None) -> None:
        self._table, self._package = table, package
        places = {_plain(cell): place for place, cell in reversed(list(enumerate(table.header)))}
        self._places = {
            part: [places[one] for one in names if one in places] for part, names in _PARTS.items()
        }
        if not any(self._places[part] for part in ("stars", "text", "title")):
            raise Unreadable(
                f"line {table.line}: no column Star Rating or Review Text, so this is no export of reviews"
            )

    def things(self, row: Row) -> Iterable[Item]:
        if isinstance(row.cells, Bad):
            return (row.cells,)
        return self._review(row, row.cells) if row.cells else ()

    def _cells(self, part: str, cells: list[str]) -> Iterator[str]:
        return (cell for place in self._places[part] if (cell := cells[place]).strip())

    def _one(self, part: str, cells: list[str]) -> str | None:
        return next(self._cells(part, cells), None)

    def _time(self, part: str, cells: list[str]) -> datetime | None:
        times = map(moment, self._cells(part, cells))
        return next((time for time in times if time is not None), None)

    def _review(self, row: Row, cells: list[str]) -> Iterator[Item]:
        title, words = name(self._one("title", cells)), text(self._one("text", cells))
        stars = rating(self._one("stars", cells))
        if title is None and words is None and stars is None:
            yield self._table.bad(row, "a review without text or rating")
            return
        package = name(self._one("package", cells)) or self._package
        link = name(self._one("link", cells))
        submitted, updated = self._time("submitted", cells), self._time("updated", cells)
        review_id = identifier(self._one("id", cells)) or _id_in(link) or self._key(package, cells)
        yield Feedback(
            external_id=review_id,
            version=milliseconds(updated),
            kind="review",
            title=title,
            text=words or "",
            rating=stars,
            language=language(self._one("language", cells)),
            author=Author(name=name(self._one("author", cells))),
            created_at=submitted or updated,
            url=link if link and link.startswith(("https://", "http://")) else None,
            app=App(id=package, version=name(self._one("version", cells))),
            device={"model": device} if (device := name(self._one("device", cells))) else {},
            thread=review_id,
            attributes=self._version_code(cells),
        )
        answered_at = self._time("replied", cells)
        if answered_at is not None:
            yield Answered(thread=review_id, at=answered_at)

    def _version_code(self, cells: list[str]) -> dict[str, int]:
        code = name(self._one("version_code", cells)) or ""
        return {"app_version_code": int(code)} if re.fullmatch("[0-9]{1,15}", code) else {}

    def _key(self, package: str | None, cells: list[str]) -> str:
        """What names a row without a link. Of one without a time, too, all of its cells do."""
        told = [package or "", *(self._one(part, cells) or "" for part in ("submitted", "device", "stars"))]
        named = identifier("|".join(told)) if told[1] else None
        return named or digest("\0".join(cells).encode("utf-8", "surrogatepass"))


def _id_in(link: str | None) -> str | None:
    """The id in a link to a review, as the API writes it."""
    found = (pattern.search((link or "")[:_MAX_LINK]) for pattern in _IN_LINK)
    return next((identifier(unquote(match[1])) for match in found if match), None)
