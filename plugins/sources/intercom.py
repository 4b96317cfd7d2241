"""Intercom: conversations, their ratings, tickets and surveys.

https://developers.intercom.com/docs/webhooks/setting-up-webhooks
https://developers.intercom.com/docs/references/2.16/webhooks/webhook-models
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from plugins.sources.intercom_parts.notification import (
    CUSTOMERS,
    STAFF,
    Notification,
    attachments_of,
    is_by,
    notification,
    words_of,
)
from triggeriq import (
    JSON,
    Answered,
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
    hookimpl,
)
from triggeriq.payload import at, digest, identifier, milliseconds, moment, name, parse_object, rating, text

_WHENEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""For `receive`, which only names what a request holds: when it came changes nothing about that."""


class Intercom(Source):
    """The connection's secret is the client secret of your app, from its Basic information in Intercom's
    Developer Hub. There, under Webhooks, type in the address of this connection, and choose the topics
    conversation.user.created, conversation.user.replied, conversation.admin.replied,
    conversation.rating.added, conversation.deleted and conversation_part.redacted; where you use them also
    ticket.created, ticket.contact.replied, ticket.admin.replied and content_stat.survey.

    Taken: what a customer writes in conversations and tickets, his ratings with their remarks, the answers
    of a survey. A colleague's reply is not kept; its ticket counts as answered. What is deleted or redacted
    there is removed here.

    Ignored: notes and back-office tickets, not a word of which is kept; bots; conversations that staff began;
    assigning, closing, snoozing and the like; every topic about people and companies.
    """

    name = "intercom"
    title = "Intercom"
    methods = ("POST", "HEAD")
    verification = (Scheme(header="x-hub-signature", prefix="sha1=", algorithm="sha1"),)

    def handshake(self, request: Request, connection: Connection) -> Reply | None:
        return Reply() if request.method == "HEAD" else None  # it comes when the address is typed in

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = parse_object(request.body)
        found = _understand(body, _WHENEVER)
        if isinstance(found, Ignore):
            return found
        event_id = identifier(body.get("id")) or digest(request.body)
        return Events(Event(event_id, moment(body.get("created_at"))))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield _understand(parse_object(received.body), received.received_at)


_Found: TypeAlias = Feedback | Ignore | Answered | Redacted


def _understand(body: Mapping[str, JSON], now: datetime) -> _Found:
    topic = name(body.get("topic"))
    if topic is None:
        raise Unreadable("topic: there is none")
    read = _TOPICS.get(topic)
    if read is None:
        return Ignore(_WHY.get(topic, f"{topic[:100]} holds no feedback"))
    return read(notification(body, now))


def _began(told: Notification) -> _Found:
    """A conversation by a customer. Where a bot greeted him first, his words are its first part."""
    if not is_by(told.source, *CUSTOMERS):
        return _replied(told)
    return _said(told, told.source, f"{told.thread}-source", at(told.item, "created_at"))


def _replied(told: Notification) -> _Found:
    """The last part that a customer wrote: each has its own notification."""
    part = next((part for part in reversed(told.parts()) if is_by(part, *CUSTOMERS)), None)
    if part is None:
        return Ignore("nothing by a customer")
    return _said(told, part, _part_id(part), at(part, "created_at"))


def _said(told: Notification, said: JSON, external_id: str, when: JSON) -> _Found:
    if at(said, "redacted") is True:
        return Redacted(external_id=external_id, at=told.at)
    words, attachments = words_of(at(said, "body")), attachments_of(said)
    if words is None and not attachments:
        return Ignore("no words")
    return Feedback(
        external_id=external_id,
        kind="email" if name(at(told.source, "type")) == "email" else "message",
        title=told.title,
        text=words or "",
        author=told.author(at(said, "author")),
        created_at=moment(when) or told.at,
        url=told.url,
        thread=told.thread,
        attachments=attachments,
        attributes=told.attributes,
    )


def _answered(told: Notification) -> _Found:
    parts = told.parts()
    by_staff = [part for part in parts if is_by(part, *STAFF)]
    if parts and not by_staff:
        return Ignore("a reply by no colleague")
    said_at = moment(at(by_staff[-1], "created_at")) if by_staff else None
    return Answered(thread=told.thread, at=said_at or told.at)


def _rated(told: Notification) -> _Found:
    rated = at(told.item, "conversation_rating") or at(told.item, "ticket_rating")
    stars, remark = rating(at(rated, "rating")), text(at(rated, "remark"))
    if stars is None and remark is None:
        return Ignore("a rating without stars and words")
    return Feedback(
        external_id=f"{told.thread}-rating",
        version=milliseconds(told.at),  # the remark may come later than the stars
        kind="survey",
        text=remark or "",
        rating=stars,
        author=told.author(at(rated, "contact") or at(rated, "customer")),
        created_at=moment(at(rated, "created_at")) or told.at,
        url=told.url,
        thread=told.thread,
        attributes=told.attributes,
    )


def _deleted(told: Notification) -> _Found:
    return Redacted(thread=told.thread, at=told.at)


def _part_redacted(told: Notification) -> _Found:
    """The item is the part, or its conversation, of which the first message may be meant."""
    parts = told.parts()
    marked = [part for part in parts if at(part, "redacted") is True]
    if part := (marked or parts)[-1:]:
        return Redacted(external_id=_part_id(part[0]), at=told.at)
    if at(told.source, "redacted") is True:
        return Redacted(external_id=f"{told.thread}-source", at=told.at)
    return Ignore("nothing of a customer's was redacted")  # but a note


def _ticket(told: Notification) -> _Found:
    """A ticket: a form that a customer filled in, or a colleague for himself."""
    category = (name(at(told.item, "category")) or "customer").casefold()
    if category != "customer":
        return Ignore(f"a {category[:50]} ticket")
    if any(is_by(part, *STAFF) for part in told.parts()[:1]):
        return Ignore("a ticket by staff")
    title, words = told.title, text(at(told.item, "ticket_attributes", "_default_description_"))
    words = words_of(words) if words and words.startswith("<") else words
    if title is None and words is None:
        return Ignore("no words")
    return Feedback(
        external_id=f"{told.thread}-ticket",
        title=title,
        text=words or "",
        author=told.author(at(told.item, "contacts", "contacts", "0")),
        created_at=moment(at(told.item, "created_at")) or told.at,
        thread=told.thread,
        attributes=told.attributes,
    )


def _survey(told: Notification) -> _Found:
    """The answers of a survey: each comes by itself, and at its end all of them."""
    stat = at(told.item, "content_stat")
    answers = at(stat, "answers") or at(told.item, "answers")
    if name(at(stat, "stat_type")) != "completion" or not isinstance(answers, list):
        return Ignore("a survey that is not answered to its end")
    given = {
        name(at(one, "question_text")) or str(place): response
        for place, one in enumerate(answers)
        if (response := text(at(one, "response")))
    }
    words = [response for response in given.values() if any(map(str.isalpha, response))]
    survey_id = identifier(at(stat, "id"))
    if not words or survey_id is None:
        return Ignore("a survey without words")
    return Feedback(
        external_id=f"{survey_id}-survey",
        kind="survey",
        text="\n\n".join(words),
        author=told.author(at(told.item, "contact")),
        created_at=moment(at(told.item, "created_at")) or told.at,
        attributes={"survey": name(at(stat, "content_title")), "answers": dict(given)},
    )


_TOPICS: Mapping[str, Callable[[Notification], _Found]] = {
    "conversation.user.created": _began,
    "conversation.user.replied": _replied,
    "conversation.admin.replied": _answered,
    "conversation.rating.added": _rated,
    "conversation.deleted": _deleted,
    "conversation_part.redacted": _part_redacted,
    "ticket.created": _ticket,
    "ticket.contact.replied": _replied,
    "ticket.admin.replied": _answered,
    "ticket.rating.provided": _rated,
    "content_stat.survey": _survey,
}
_WHY = {
    "ping": "a ping",
    "conversation.admin.noted": "a note",
    "ticket.note.created": "a note",
    "conversation.admin.single.created": "a conversation that staff began",
    "conversation.operator.replied": "a reply by a bot",
}


def _part_id(part: JSON) -> str:
    found = identifier(at(part, "id"))
    if found is None:
        raise Unreadable("there is a part without an id")
    return found


@hookimpl
def register_sources(register: Any) -> None:
    register(Intercom)
