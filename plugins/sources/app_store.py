"""App Store Connect's customer reviews: pages of `GET /v1/apps/{id}/customerReviews` as a file, or NDJSON
with a review a line.

Apple's specification makes every attribute optional; one of rating, title and body is needed. A review has no
edit date, so its version is 0, and the core recognises an edited review by its digest. A review names no app,
so the connection's settings may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from triggeriq import (
    App,
    Author,
    Bad,
    Connection,
    Feedback,
    FileHint,
    Item,
    Nothing,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.payload import at, identifier, moment, name, parse_json, rating, text
from triggeriq.values import JSON

if TYPE_CHECKING:
    from triggeriq.lines import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class AppStoreSettings:
    """There is no way to verify an App Store webhook: all are refused. Reviews come as files."""

    app_id: str | None = field(default=None, metadata={"max_length": 200})
    """The app's id or bundle id, since a review does not name it."""


class AppStore(Source):
    """Takes files only. Apple signs no request that holds a review, so every webhook is refused."""

    name = "app_store"
    title = "App Store Connect reviews (files only: there is no way to verify a webhook, so all are refused)"
    reads = (".json", ".jsonl", ".ndjson")
    settings = AppStoreSettings

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        """Marks are the number of reviews read so far. In NDJSON they are those of the lines, with the number
        of reviews of the next one: "12@3456+2"."""
        from triggeriq.reading import json_items  # not needed by a function that receives webhooks

        settings: AppStoreSettings = connection.settings or AppStoreSettings()
        if hint.name.lower().endswith((".jsonl", ".ndjson")):
            yield from _lines(stream, resume or "0@0", settings.app_id)
            return
        done = int(resume or 0)
        for count, item in enumerate(json_items(stream, "data", alone=("id", "attributes")), start=1):
            if count > done:
                yield str(count), _review(item, f"data[{count - 1}]", settings.app_id)


def _lines(stream: BinaryIO, resume: str, app_id: str | None) -> Iterator[tuple[str, Item | Nothing]]:
    """Each line is a review, or a page of them."""
    from triggeriq.lines import Mark, TextFile

    before, _, done = resume.partition("+")
    file, skipped = TextFile(stream), int(done or 0)
    for line in file.lines(Mark.parse(before)):
        if not line.content:
            yield f"{before}+{skipped}" if skipped else before, Nothing()
            continue
        items = list(_of_line(line, app_id))
        for count, item in enumerate(items[skipped:], start=skipped + 1):
            yield str(file.mark(line)) if count == len(items) else f"{before}+{count}", item
        before, skipped = str(file.mark(line)), 0


def _of_line(line: Line, app_id: str | None) -> Iterator[Item]:
    if isinstance(line.content, Bad):
        yield line.content
    elif line.content.strip():
        where = f"line {line.number}"
        try:
            found = parse_json(line.content)
        except Unreadable as error:
            yield Bad(where, str(error), raw=line.content)
            return
        page = at(found, "data") if isinstance(found, dict) and "data" in found else found
        for item in page if isinstance(page, list) else [page]:
            yield _review(item, where, app_id)


def _review(item: JSON, where: str, app_id: str | None) -> Feedback | Bad:
    if not isinstance(item, dict) or item.get("type", "customerReviews") != "customerReviews":
        return Bad(where, "no customer review")
    review_id = identifier(item.get("id"))
    if review_id is None:
        return Bad(where, "a review without an id")
    title, body = name(at(item, "attributes", "title")), text(at(item, "attributes", "body"))
    stars = rating(at(item, "attributes", "rating"))
    if title is None and body is None and stars is None:
        return Bad(where, "a review without attributes: no rating, no title and no body")
    return Feedback(
        external_id=review_id,
        kind="review",
        title=title,
        text=body or "",
        rating=stars,
        author=Author(name=name(at(item, "attributes", "reviewerNickname"))),
        created_at=moment(at(item, "attributes", "createdDate")),
        app=App(id=app_id),
        attributes={
            key: value
            for key, value in {
                "territory": name(at(item, "attributes", "territory")),
                "response_id": name(at(item, "relationships", "response", "data", "id")),
            }.items()
            if value
        },
    )


@hookimpl
def register_sources(register: Any) -> None:
    register(AppStore)
