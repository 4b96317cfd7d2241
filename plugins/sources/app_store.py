"""App Store Connect's customer reviews: pages of `GET /v1/apps/{id}/customerReviews`, as a file.

Apple's specification makes every attribute optional. A review has no edit date, so its version is 0, and the
core recognises an edited review by its digest. A review names no app, so the connection's settings may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from triggeriq import App, Author, Bad, Connection, Feedback, FileHint, Item, Source, hookimpl
from triggeriq.payload import at, identifier, moment, name, rating, text
from triggeriq.reading import json_items
from triggeriq.values import JSON


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
    ) -> Iterator[tuple[str, Item]]:
        """Marks are the number of reviews read so far."""
        yield from self._items(stream, int(resume or 0), connection)

    def _items(self, stream: BinaryIO, done: int, connection: Connection) -> Iterator[tuple[str, Item]]:
        settings: AppStoreSettings = connection.settings or AppStoreSettings()
        for count, item in enumerate(json_items(stream, "data"), start=1):
            if count > done:
                yield str(count), _review(item, f"data[{count - 1}]", settings.app_id)


def _review(item: JSON, where: str, app_id: str | None) -> Feedback | Bad:
    if not isinstance(item, dict) or item.get("type", "customerReviews") != "customerReviews":
        return Bad(where, "no customer review")
    review_id = identifier(item.get("id"))
    if review_id is None:
        return Bad(where, "a review without an id")
    return Feedback(
        external_id=review_id,
        kind="review",
        title=name(at(item, "attributes", "title")),
        text=text(at(item, "attributes", "body")) or "",
        rating=rating(at(item, "attributes", "rating")),
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
