"""Acme Desk posts its conversations, message by message.

To set it up, open Settings, Developers, Webhooks in Acme Desk, enter the connection's address, and copy the
signing secret that it shows to the connection. Acme Desk then asks the address for a challenge, by GET.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triggeriq import (
    JSON,
    Answered,
    Author,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Received,
    Redacted,
    Reply,
    Request,
    Scheme,
    Source,
    Unreadable,
)
from triggeriq.payload import at, identifier, milliseconds, moment, name, parse_object, text

_SAID = ("message.created", "message.edited")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcmeDeskSettings:
    """What differs between desks and is no secret."""

    take_notes: bool = False
    """Whether messages of the channel `note`, which customers type into a form, are taken, too."""


class AcmeDesk(Source):
    """An agent's answer keeps no words: the ticket learns that it was answered. A message that is deleted in
    Acme Desk is removed here, too."""

    name = "acme_desk"
    title = "Acme Desk"
    methods = ("POST", "GET")
    settings = AcmeDeskSettings
    verification = (
        Scheme(
            header="x-acme-signature",
            prefix="v1=",
            separator=",",
            signed=b"{timestamp}.{body}",
            timestamp_header="x-acme-timestamp",
        ),
    )

    def handshake(self, request: Request, connection: Connection) -> Reply | None:
        return Reply(body=request.query.get("challenge", "")[:200]) if request.method == "GET" else None

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = parse_object(request.body)
        item = _understood(body, connection.settings)
        if isinstance(item, Ignore):
            return item
        event_id = identifier(body.get("id"))
        if event_id is None:
            raise Unreadable("id: there is none")
        return Events(Event(event_id, moment(body.get("sent_at"))))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield _understood(parse_object(received.body), connection.settings)


def _understood(body: Mapping[str, JSON], settings: Any) -> Feedback | Answered | Redacted | Ignore:
    event, message = name(body.get("event")), body.get("message")
    if event == "message.deleted":
        return Redacted(external_id=_id(message, "message"), at=_time(body, "sent_at"))
    if event not in _SAID:
        return Ignore("no message")
    thread = _id(body.get("conversation"), "conversation")
    if at(message, "author", "role") == "agent":
        return Answered(thread=thread, at=_time(message, "created_at"))
    if at(message, "channel") == "note" and not (settings and settings.take_notes):
        return Ignore("a note, which the connection does not take")
    created = moment(at(message, "created_at"))
    return Feedback(
        external_id=_id(message, "message"),
        version=milliseconds(moment(at(message, "edited_at")) or created),
        kind="message",
        title=name(at(body.get("conversation"), "subject")),
        text=text(at(message, "body")) or "",
        author=Author(
            id=name(at(message, "author", "id")),
            name=name(at(message, "author", "name")),
            email=name(at(message, "author", "email")),
        ),
        created_at=created,
        url=name(at(body.get("conversation"), "url")),
        thread=thread,
    )


def _id(value: JSON, what: str) -> str:
    found = identifier(at(value, "id"))
    if found is None:
        raise Unreadable(f"{what}.id: there is none")
    return found


def _time(value: JSON, key: str) -> datetime:
    found = moment(at(value, key))
    if found is None:
        raise Unreadable(f"{key}: there is no such time")
    return found
