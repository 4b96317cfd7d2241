"""Zendesk Support: event subscriptions (2022-11-06 and alike) and trigger or automation webhooks.

https://developer.zendesk.com/documentation/webhooks/verifying/
https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events/

The body of a trigger is whatever its admin wrote. This template has everything that is read from it:

    {"ticket_id": "{{ticket.id}}", "subject": "{{ticket.title}}", "description": "{{ticket.description}}",
     "priority": "{{ticket.priority}}", "status": "{{ticket.status}}", "tags": "{{ticket.tags}}",
     "requester_name": "{{ticket.requester.name}}", "requester_email": "{{ticket.requester.email}}",
     "created_at": "{{ticket.created_at_with_timestamp}}",
     "updated_at": "{{ticket.updated_at_with_timestamp}}"}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from triggeriq import (
    JSON,
    Author,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Received,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.payload import at, digest, identifier, labels, milliseconds, moment, name, parse_object, text

_EVENT = "zen:event-type:"
_PUBLISHED = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
"""The secret with which Zendesk signs the test of a webhook that is not yet created. It is public."""


class Zendesk(Source):
    """The id of an event is its own; that of a trigger's call is the sha256 of its bytes, since the
    invocation id in the headers is not signed."""

    name = "zendesk"
    title = "Zendesk"
    verification = (
        Scheme(
            header="x-zendesk-webhook-signature",
            encoding="base64",
            signed=b"{timestamp}{body}",
            timestamp_header="x-zendesk-webhook-signature-timestamp",
            timestamp_form="iso8601",
            refused_secrets=(_PUBLISHED,),
        ),
    )

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = parse_object(request.body)
        found = _understand(body)
        if isinstance(found[0], Ignore):
            return found[0]
        event_id = identifier(body.get("id")) if _is_event(body) else None
        if event_id is not None:
            return Events(Event(event_id, moment(body.get("time"))))
        return Events(Event(digest(request.body), moment(body.get("time")), about=found[-1].external_id))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield from _understand(parse_object(received.body))


def _is_event(body: Mapping[str, JSON]) -> bool:
    return (name(body.get("type")) or "").startswith(_EVENT)


def _understand(body: Mapping[str, JSON]) -> tuple[Ignore] | tuple[Feedback, ...]:
    """What was said, at least one thing, or why it is ignored."""
    if not _is_event(body):
        return _trigger(body)
    kind = str(body["type"]).strip().removeprefix(_EVENT)
    read = _EVENTS.get(kind)
    found = read(body) if read else Ignore(f"{kind[:100]} holds no feedback")
    return (found,)  # type: ignore[return-value]  # one of the two


def _ticket(body: Mapping[str, JSON]) -> Feedback | Ignore:
    """A new ticket, or one whose words were edited."""
    detail = body.get("detail")
    if at(detail, "is_public") is False:
        return Ignore("a private ticket")
    title, words = name(at(detail, "subject")), text(at(detail, "description"))
    if title is None and words is None:
        return Ignore("a ticket without words")
    ticket_id = _ticket_id(body)
    return Feedback(
        external_id=ticket_id,
        version=milliseconds(moment(at(detail, "updated_at")) or moment(body.get("time"))),
        kind=_kind(detail),
        title=title,
        text=words or "",
        author=Author(id=name(at(detail, "requester_id"))),
        created_at=moment(at(detail, "created_at")) or moment(body.get("time")),
        thread=ticket_id,
        attributes=_attributes(detail),
    )


def _comment(body: Mapping[str, JSON]) -> Feedback | Ignore:
    comment = at(body.get("event"), "comment")
    if at(comment, "is_public") is False:
        return Ignore("a private comment")
    if at(comment, "author", "is_staff") is True:
        return Ignore("a comment by staff")
    return _reply(body, comment, at(comment, "author"), "comment")


def _message(body: Mapping[str, JSON]) -> Feedback | Ignore:
    event = body.get("event")
    speaker = (name(at(event, "actor", "type")) or "").casefold()
    if speaker not in ("end_user", "end-user", ""):
        return Ignore(f"a message by {speaker[:50]}")
    return _reply(body, at(event, "message"), at(event, "actor"), "message")


def _reply(body: Mapping[str, JSON], said: JSON, author: JSON, what: str) -> Feedback | Ignore:
    words = text(at(said, "body"))
    if words is None:
        return Ignore(f"a {what} without words")
    external_id = identifier(at(said, "id")) or identifier(body.get("id"))
    if external_id is None:
        raise Unreadable(f"event.{what}.id: there is none")
    detail = body.get("detail")
    attributes = _attributes(detail)
    if conversation := name(at(body.get("event"), "conversation_id")):
        attributes["conversation_id"] = conversation
    return Feedback(
        external_id=external_id,
        kind="message" if what == "message" else _kind(detail),
        title=name(at(detail, "subject")),
        text=words,
        author=Author(id=name(at(author, "id")), name=name(at(author, "name"))),
        created_at=moment(body.get("time")),
        thread=_ticket_id(body),
        attributes=attributes,
    )


_EVENTS: Mapping[str, Callable[[Mapping[str, JSON]], Feedback | Ignore]] = {
    "ticket.created": _ticket,
    "ticket.subject_changed": _ticket,
    "ticket.description_changed": _ticket,
    "ticket.comment_added": _comment,
    "messaging_ticket.message_added": _message,
}


def _ticket_id(body: Mapping[str, JSON]) -> str:
    subject = name(body.get("subject")) or ""
    found = identifier(at(body.get("detail"), "id")) or identifier(subject.removeprefix("zen:ticket:"))
    if found is None:
        raise Unreadable("detail.id: there is none")
    return found


def _kind(detail: JSON) -> Any:
    return "email" if name(at(detail, "via", "channel")) == "email" else "message"


def _attributes(detail: JSON) -> dict[str, JSON]:
    """What Zendesk says of the ticket, in lower case, since accounts differ in their capitals."""
    facts: dict[str, JSON] = {
        key: value.casefold()
        for key in ("status", "priority", "type")
        if (value := name(at(detail, key))) is not None
    }
    if channel := name(at(detail, "via", "channel")) or name(at(detail, "channel")):
        facts["channel"] = channel
    if tags := labels(at(detail, "tags")):
        facts["tags"] = tags
    return facts


_TEXTS = ("description", "body", "text", "message")
_COMMENT = re.compile(
    "(?:ticket|latest|last|current|new|public|customer)*comment(?:formatted|html|rich|body|text|value)*"
)
"""What a comment is called: as its placeholder (ticket.latest_public_comment_formatted), or as one likes."""
_HEADING = re.compile(r"-{10,}\s{1,5}[^\n]{1,300}\d:\d\d[^\n]{0,20}\n\s{0,5}\n")
"""What placeholders put before the words: a line, and who said them when."""


def _trigger(body: Mapping[str, JSON]) -> tuple[Ignore] | tuple[Feedback, ...]:
    """The call of a trigger or an automation: the ticket with its words, the latest comment on it, or both.
    "ticketID", "ticket_id" and "Ticket Id" count as the same name."""
    facts = _plain_names(body)
    for part in ("ticket", "comments"):
        if isinstance(inner := facts.get(part), dict):
            facts = _plain_names(inner) | facts
    if isinstance(requester := facts.get("requester"), dict):
        facts = {f"requester{key}": value for key, value in _plain_names(requester).items()} | facts

    def first(*keys: str, read: Callable[[JSON], Any] = name) -> Any:
        return next((found for key in keys if (found := read(facts.get(key))) is not None), None)

    ticket_id = first("ticketid", "id", read=identifier)
    if ticket_id is None:
        raise Unreadable('no ticket id: put "ticket_id": "{{ticket.id}}" into the webhook\'s JSON body')
    title, words = first("subject", "title", "tickettitle"), first(*_TEXTS, read=_words)
    comments = sorted(filter(_COMMENT.fullmatch, facts), key=_is_worse)
    comment = first(*comments, read=_words)
    if title is None and words is None and comment is None:
        if any(_is_private(facts[key]) for key in comments):
            return (Ignore("a private comment"),)
        raise Unreadable(
            'no words: put "description": "{{ticket.description}}" into the webhook\'s JSON body'
        )
    updated_at: datetime | None = first("updatedat", "updatedatwithtimestamp", read=moment)
    comment_id = first("commentid", "latestcommentid", read=identifier) or first(*comments, read=_id_of)
    # A call that tells no words must not replace those of the one before
    is_bare = words is None and comment is None
    ticket = Feedback(
        external_id=f"{ticket_id}-subject" if is_bare else ticket_id,
        version=milliseconds(updated_at),
        title=title,
        text=words or "",
        author=Author(
            id=first("requesterid"),
            name=first("requestername", "requester"),
            email=first("requesteremail", "email"),
        ),
        created_at=first("createdat", "createdatwithtimestamp", read=moment),
        url=first("url", "ticketurl", "link"),
        thread=ticket_id,
        attributes=_attributes(facts),
    )
    if comment is None and comment_id is not None:
        comment, words = words, None
    if comment is None or comment == words:
        return (ticket,)
    # Zendesk calls again for each change of the ticket, with the same latest comment
    said = replace(
        ticket,
        external_id=comment_id or f"{ticket_id}-{digest(comment.encode('utf-8', 'surrogatepass'))[:32]}",
        text=comment,
        created_at=updated_at,
    )
    return (said,) if words is None else (ticket, said)


def _words(value: JSON) -> str | None:
    """A text without its heading, or that of a comment as an object."""
    if isinstance(value, Mapping):
        if _is_private(value):
            return None
        value = next((value[key] for key in ("body", "plain_body", "value", "text") if value.get(key)), None)
    found = text(value)
    return None if found is None else text(_HEADING.sub("", found, count=1) if found[0] == "-" else found)


def _is_private(comment: JSON) -> bool:
    return str(at(comment, "is_public")).casefold() == "false"


def _id_of(comment: JSON) -> str | None:
    return identifier(at(comment, "id"))


def _is_worse(name: str) -> tuple[bool, bool]:
    """Sorts public comments before those that may be notes, and plain ones before those in HTML."""
    return "public" not in name, bool(re.search("html|rich|formatted", name))


def _plain_names(facts: Mapping[str, JSON]) -> dict[str, JSON]:
    return {re.sub(r"[\W_]", "", key).lower(): value for key, value in facts.items()}


@hookimpl
def register_sources(register: Any) -> None:
    register(Zendesk)
