"""What a notification of Intercom's holds, in the payloads of its old API (`conversation_message`, `user`)
and of its new one (`source`, `contacts`).

https://developers.intercom.com/docs/references/2.16/webhooks/webhook-models
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from triggeriq import JSON, Attachment, Author, Unreadable
from triggeriq.payload import at, identifier, moment, name, text

CUSTOMERS = ("user", "lead", "contact", "visitor")
STAFF = ("admin", "team")
"""Kinds of authors. There are bots, too."""


class Notification(NamedTuple):
    """What it is about."""

    item: JSON
    """A conversation or a ticket, but for some topics."""
    part: JSON
    """What was said, where it is not in the item's list; else None."""
    at: datetime
    """When it was made."""

    @property
    def thread(self) -> str:
        """The id of the conversation or the ticket. Raises Unreadable where there is none."""
        found = identifier(at(self.item, "id")) or identifier(at(self.item, "conversation_id"))
        if found is None:
            raise Unreadable("data.item.id: there is none")
        return found

    @property
    def source(self) -> JSON:
        """The message with which a conversation began."""
        return at(self.item, "source") or at(self.item, "conversation_message")

    def parts(self) -> list[JSON]:
        """What was said later, the newest last; no notes."""
        kinds = ("conversation_parts", "ticket_parts")
        found = next((list_ for kind in kinds if (list_ := _list(at(self.item, kind, kind)))), [])
        if isinstance(self.part, dict):
            found = [self.part]
        return [part for part in found if isinstance(part, dict) and name(part.get("part_type")) != "note"]

    @property
    def title(self) -> str | None:
        """What its customer wrote above it; not the subject of a mail by staff that he answers."""
        subject = words_of(at(self.source, "subject")) if is_by(self.source, *CUSTOMERS) else None
        return subject or name(at(self.item, "ticket_attributes", "_default_title_"))

    def author(self, person: JSON) -> Author:
        """The person, with what else the notification knows of him."""
        author_id = identifier(at(person, "id"))
        others = (at(self.item, "user"), at(self.source, "author"))
        known = [person, *(one for one in others if author_id in (None, identifier(at(one, "id"))))]
        return Author(
            id=author_id or _first(known, "id"), name=_first(known, "name"), email=_first(known, "email")
        )

    @property
    def url(self) -> str | None:
        return name(at(self.item, "links", "conversation_web"))

    @property
    def attributes(self) -> dict[str, JSON]:
        priority = name(at(self.item, "priority"))
        facts = {
            "channel": name(at(self.item, "source", "type")),
            "state": name(at(self.item, "state")) or name(at(self.item, "ticket_state", "category")),
            "priority": None if priority == "not_priority" else priority,
            "ticket_type": name(at(self.item, "ticket_type", "name")),
            "user_id": name(at(self.item, "contacts", "contacts", "0", "external_id"))
            or name(at(self.item, "user", "user_id")),
        }
        attributes: dict[str, JSON] = {key: value for key, value in facts.items() if value}
        if tags := [tag for one in _list(at(self.item, "tags", "tags")) if (tag := name(at(one, "name")))]:
            attributes["tags"] = tags
        return attributes


def notification(body: Mapping[str, JSON], now: datetime) -> Notification:
    """now: for one that does not tell its time. Raises Unreadable."""
    item = at(body.get("data"), "item")
    if not isinstance(item, dict):
        raise Unreadable("data.item: an object is expected")
    inner = next((item[key] for key in ("conversation", "ticket") if isinstance(item.get(key), dict)), item)
    is_part = name(item.get("type")) in ("conversation_part", "ticket_part")
    part = item.get("conversation_part") or item.get("ticket_part") or (item if is_part else None)
    return Notification(inner, part, moment(body.get("created_at")) or now)


def is_by(said: JSON, *kinds: str) -> bool:
    return name(at(said, "author", "type")) in kinds


def words_of(markup: JSON) -> str | None:
    """The words in a text that is HTML, as Intercom's are."""
    if (written := text(markup)) is None:
        return None
    from triggeriq.markup import text_of  # most topics hold no words

    return text_of(written) or None


def attachments_of(said: JSON) -> tuple[Attachment, ...]:
    """The files that came with it, by their names."""
    return tuple(
        Attachment(name=called, content_type=name(at(file, "content_type")) or "application/octet-stream")
        for file in _list(at(said, "attachments"))
        if (called := name(at(file, "name")))
    )


def _first(known: list[JSON], key: str) -> str | None:
    return next((found for one in known if (found := name(at(one, key)))), None)


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
