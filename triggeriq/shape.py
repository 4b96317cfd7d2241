"""Reads feedback from an object, either of our default shape or of a partner's shape, by a field map.

    DEFAULT.feedback({"text": "Crashes on start", "rating": 1}, external_id="row-1")
    Shape.mapped({"text": "payload.comment", "author.email": "payload.user.mail"})

The default shape is an object with `text` (or `body`, `message`, `comment`, `content`) and, where
present, `id`, `title` (`subject`), `rating`, `author` {`id`, `name`, `email`}, `created_at`, `url`,
`language`, `tags`; the further names below are those that exports of other systems use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast, get_args

from triggeriq.errors import InvalidSetting, Unreadable
from triggeriq.payload import at, identifier, labels, milliseconds, moment, name, rating, text
from triggeriq.values import JSON, App, Author, Feedback, Kind

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "external_id", "review_id", "reviewId", "comment_id", "message_id"),
    "kind": ("kind",),
    "title": ("title", "subject", "summary", "review_title"),
    "text": (
        "text",
        "body",
        "message",
        "comment",
        "content",
        "description",
        "review",
        "review_text",
        "feedback",
    ),
    "rating": ("rating", "stars", "star_rating", "score"),
    "language": ("language", "lang", "locale"),
    "author.id": ("author.id", "author_id", "user_id", "customer_id", "requester_id"),
    "author.name": ("author.name", "author_name", "customer_name", "requester_name", "author"),
    "author.email": ("author.email", "author_email", "customer_email", "requester_email", "email"),
    "created_at": (
        "created_at",
        "createdAt",
        "created",
        "submitted_at",
        "submittedAt",
        "date",
        "timestamp",
    ),
    "updated_at": (
        "updated_at",
        "updatedAt",
        "updated",
        "edited_at",
        "editedAt",
        "modified_at",
        "modifiedAt",
        "modified",
        "last_modified",
        "lastModified",
        "last_updated",
        "lastUpdated",
    ),
    "url": ("url", "link"),
    "app.id": ("app.id", "app_id"),
    "app.version": ("app.version", "app_version"),
    "thread": ("thread", "thread_id", "conversation_id", "ticket_id"),
    "tags": ("tags", "labels"),
}
"""The parts of a feedback, and the dotted paths where each may stand; the first path that holds something
counts."""

PATH = re.compile(r"[^.\s]{1,64}(\.[^.\s]{1,64}){0,9}")
"""A dotted path."""
_KINDS = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Shape:
    """Where in an object each part of a feedback stands."""

    paths: Mapping[str, tuple[tuple[str, ...], ...]]
    """By part as in ALIASES, each path split at its dots."""
    moment: Callable[[JSON], datetime | None] = moment
    """Reads its times."""
    _plan: tuple[tuple[str, Callable[[JSON], Any], tuple[tuple[str, ...], ...]], ...] = field(
        init=False, repr=False, compare=False
    )
    """The parts that may be found, each with its reader and its paths: there are many objects of a shape."""

    def __post_init__(self) -> None:
        times = dict.fromkeys(("created_at", "updated_at"), self.moment)
        plan = (
            (part, times.get(part) or _READERS[part], paths) for part, paths in self.paths.items() if paths
        )
        object.__setattr__(self, "_plan", tuple(plan))

    @classmethod
    def mapped(cls, fields: Mapping[str, str], setting: str = "fields") -> Shape:
        """The default shape, but each part named in `fields` stands at the dotted path given there.

        setting: what the field map is called in the source's settings. Raises InvalidSetting, naming the
        part in it.
        """
        for part, path in fields.items():
            place = f"{setting}.{part}"
            if part not in ALIASES:
                raise InvalidSetting(
                    f"{part!r} is no part of a feedback; those are {', '.join(ALIASES)}", place
                )
            if not PATH.fullmatch(path):
                raise InvalidSetting(f"{path!r} is no dotted path such as 'payload.comment.0.text'", place)
        places = {**ALIASES, **{part: (path,) for part, path in fields.items()}}
        return cls({part: tuple(tuple(path.split(".")) for path in paths) for part, paths in places.items()})

    def has(self, part: str) -> bool:
        """Whether there is any place for this part."""
        return bool(self.paths.get(part))

    def find(self, item: JSON, part: str) -> Any:
        """What `item` says of one part, read as `feedback` does; None where it says nothing."""
        for planned, reader, paths in self._plan:
            if planned == part:
                found = (reader(value) for path in paths if (value := at(item, *path)) is not None)
                return next((read for read in found if read is not None), None)
        return None

    def feedback(self, item: Mapping[str, JSON], external_id: str, kind: Kind | None = None) -> Feedback:
        """The feedback in `item`. Raises Unreadable where it has no text, no title and no rating.

        external_id: used for an item that has no id. kind: used for one that names none; where that is None
        too, an item with a rating is a review, any other a message. What is left over goes into the
        attributes, and so does a rating or a time that can't be understood.
        """
        found: dict[str, Any] = {}
        used: set[str] = set()
        for part, reader, paths in self._plan:
            for path in paths:
                value = item.get(path[0]) if len(path) == 1 else at(cast(JSON, item), *path)
                if value is not None and (read := reader(value)) is not None:
                    used.add(path[0])
                    found[part] = read
                    break
        get = found.get
        words, stars = get("text"), get("rating")
        if words is None and stars is None and "title" not in found:
            places = ", ".join(".".join(path) for path in self.paths["text"]) or "text"
            raise Unreadable(f"no feedback in it: no text (looked for in {places}), no title and no rating")
        left: dict[str, JSON] = {
            key: value for key, value in item.items() if key not in used and value not in (None, "")
        }
        left.pop("tags", None)  # it is left over only where it is no list of labels
        return Feedback(
            external_id=get("id") or external_id,
            version=milliseconds(get("updated_at")),
            kind=get("kind") or kind or ("message" if stars is None else "review"),
            title=get("title"),
            text=words or "",
            rating=stars,
            language=get("language"),
            author=Author(id=get("author.id"), name=get("author.name"), email=get("author.email")),
            created_at=get("created_at"),
            url=get("url"),
            app=App(id=get("app.id"), version=get("app.version")),
            thread=get("thread"),
            attributes={"tags": found["tags"], **left} if "tags" in found else left,
        )


def _kind(value: JSON) -> Any:
    return value if value in _KINDS else None


def _labels(value: JSON) -> list[str] | None:
    return labels(value) or None


_READERS: Mapping[str, Callable[[JSON], Any]] = {
    **dict.fromkeys(ALIASES, name),
    "id": identifier,
    "thread": identifier,
    "kind": _kind,
    "text": text,
    "rating": rating,
    "tags": _labels,
}

DEFAULT = Shape.mapped({})
