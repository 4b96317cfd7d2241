"""Event subscriptions. Zendesk writes these bodies itself: what happened is in `type` and `event`, and the
ticket as it is since then in `detail`.

https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events
https://developer.zendesk.com/api-reference/webhooks/event-types/messaging-events
https://developer.zendesk.com/api-reference/webhooks/event-types/community-events
https://developer.zendesk.com/api-reference/webhooks/event-types/article-events
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from plugins.sources.zendesk_parts.facts import attributes, flag, is_same, kind, stars
from triggeriq import Answered, Author, Feedback, Ignore, Item, Redacted, Unreadable
from triggeriq.payload import at, identifier, milliseconds, moment, name, text
from triggeriq.values import JSON

_GONE = ("deleted", "scrubbed")
"""Statuses of a ticket whose words are taken back."""


def items_of(
    kind: str, body: Mapping[str, JSON], received_at: datetime, agents_speak: bool
) -> Iterator[Item]:
    """What an event tells, at least one item.

    kind: its type, without the prefix, in lower case. received_at: when it happened, where it does not say
    so. agents_speak: whether the words of a ticket that an agent opened for a customer count as the agent's.
    Raises Unreadable.
    """
    tell = _TOLD.get(kind)
    found = list(tell(_Event.parsed(body, received_at, agents_speak))) if tell else []
    yield from found or [Ignore(f"{kind[:100]} holds no feedback")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    id: JSON
    at: datetime
    subject: str
    detail: JSON
    event: JSON
    agents_speak: bool

    @classmethod
    def parsed(cls, body: Mapping[str, JSON], received_at: datetime, agents_speak: bool) -> _Event:
        detail = body.get("detail")
        return cls(
            id=body.get("id"),
            at=moment(body.get("time")) or moment(at(detail, "updated_at")) or received_at,
            subject=name(body.get("subject")) or "",
            detail=detail,
            event=body.get("event"),
            agents_speak=agents_speak,
        )

    @property
    def thing(self) -> str:
        """The id of what it is about, of a ticket or a post."""
        found = identifier(at(self.detail, "id")) or identifier(self.subject.rpartition(":")[2])
        if found is None:
            raise Unreadable("detail.id: there is none")
        return found

    @property
    def comment_id(self) -> str | None:
        return identifier(at(self.event, "comment", "id"))

    @property
    def as_of(self) -> datetime:
        """As of when `detail` tells of the ticket: events of one action may come in any order."""
        updated_at = moment(at(self.detail, "updated_at"))
        return self.at if updated_at is None else max(self.at, updated_at)

    def redacted(self, external_id: str) -> Redacted:
        return Redacted(external_id=external_id, at=self.as_of)

    def answered(self) -> Answered:
        return Answered(thread=self.thing, at=self.at)


def _ticket(event: _Event) -> Iterator[Item]:
    """A new ticket, or one whose words were edited or came back. Its words are its first comment, which its
    submitter wrote.

    https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#requesters-and-submitters
    """
    requester, submitter = (name(at(event.detail, key)) for key in ("requester_id", "submitter_id"))
    if event.agents_speak and requester and submitter and requester != submitter:
        yield event.answered()
    else:
        yield _opening(event, milliseconds(event.as_of))


def _opening(event: _Event, version: int) -> Feedback | Ignore:
    """The ticket's own words."""
    detail = event.detail
    if flag(at(detail, "is_public")) is False:
        return Ignore("a private ticket")
    title, words = name(at(detail, "subject")), text(at(detail, "description"))
    if title is None and words is None:
        return Ignore("a ticket without words")
    return Feedback(
        external_id=event.thing,
        version=version,
        kind=kind(detail),
        title=title,
        text=words or "",
        author=Author(id=name(at(detail, "requester_id"))),
        created_at=moment(at(detail, "created_at")) or event.at,
        thread=event.thing,
        attributes=attributes(detail),
    )


def _comment(event: _Event) -> Iterator[Item]:
    comment = at(event.event, "comment")
    if flag(at(comment, "is_public")) is not True:
        yield Ignore("a private comment")
    elif flag(at(comment, "author", "is_staff")) is True:
        yield event.answered()
    elif is_same(text(at(comment, "body")), text(at(event.detail, "description"))):
        # The first comment of a ticket is its description, and comes with ticket.created, too
        yield _opening(event, milliseconds(event.as_of))
    else:
        yield _said(event, comment, at(comment, "author"), "comment")


def _message(event: _Event) -> Iterator[Item]:
    speaker = (name(at(event.event, "actor", "type")) or "").casefold().replace("-", "_")
    if speaker == "agent":
        yield event.answered()
    elif speaker not in ("end_user", ""):
        yield Ignore(f"a message by {speaker[:50]}")
    else:
        yield _said(event, at(event.event, "message"), at(event.event, "actor"), "message")


def _said(event: _Event, said: JSON, author: JSON, what: str) -> Feedback | Ignore:
    words = text(at(said, "body"))
    if words is None:
        return Ignore(f"a {what} without words")
    external_id = identifier(at(said, "id")) or identifier(event.id)
    if external_id is None:
        raise Unreadable(f"event.{what}.id: there is none")
    facts = attributes(event.detail)
    if conversation := name(at(event.event, "conversation_id")):
        facts["conversation_id"] = conversation
    return Feedback(
        external_id=external_id,
        version=milliseconds(event.at),
        kind="message" if what == "message" else kind(event.detail),
        title=name(at(event.detail, "subject")),
        text=words,
        author=Author(id=name(at(author, "id")), name=name(at(author, "name"))),
        created_at=event.at,
        thread=event.thing,
        attributes=facts,
    )


def _comment_redacted(event: _Event) -> Iterator[Item]:
    """It does not say whether the comment is the first one, which we know by the id of its ticket. So the
    ticket's own words are taken back, too, and told anew as they are since."""
    if event.comment_id:
        yield event.redacted(event.comment_id)
    for opening in _ticket(event):
        if isinstance(opening, Feedback) and opening.text:
            yield event.redacted(event.thing)
            yield replace(opening, version=opening.version + 1)


def _comment_made_private(event: _Event) -> Iterator[Item]:
    if flag(at(event.detail, "is_public")) is False:  # it was the only public one
        yield from _ticket_deleted(event)
        return
    if event.comment_id:
        yield event.redacted(event.comment_id)
    if is_same(text(at(event.event, "comment", "body")), text(at(event.detail, "description"))):
        yield event.redacted(event.thing)


def _ticket_deleted(event: _Event) -> Iterator[Item]:
    yield Redacted(thread=event.thing, at=event.as_of)


def _status(event: _Event) -> Iterator[Item]:
    if (name(at(event.event, "current")) or "").casefold() in _GONE:
        yield from _ticket_deleted(event)


def _satisfaction(event: _Event) -> Iterator[Item]:
    """How the customer rates the support that he got: another thing said, under its own id, since he may
    change it."""
    given = at(event.event, "satisfaction_score")
    score, words = stars(at(given, "score")), text(at(given, "comment"))
    if score is not None or words is not None:
        yield Feedback(
            external_id=f"{event.thing}-satisfaction",
            version=milliseconds(event.at),
            kind="survey",
            title=name(at(event.detail, "subject")),
            text=words or "",
            rating=score,
            author=Author(id=name(at(event.detail, "requester_id"))),
            created_at=event.at,
            thread=event.thing,
            attributes=attributes(event.detail),
        )


def _post(event: _Event) -> Iterator[Item]:
    """A post of the community. Zendesk tells its title alone."""
    title = name(at(event.event, "title"))
    if title is not None:
        yield Feedback(
            external_id=f"post-{event.thing}",
            version=milliseconds(event.at),
            title=title,
            author=Author(id=name(at(event.event, "author_id")) or name(at(event.detail, "user_id"))),
            created_at=event.at,
            thread=f"post-{event.thing}",
            attributes={"channel": "community"},
        )


def _post_hidden(event: _Event) -> Iterator[Item]:
    yield event.redacted(f"post-{event.thing}")


_TOLD: Mapping[str, Callable[[_Event], Iterator[Item]]] = {
    "ticket.created": _ticket,
    "ticket.subject_changed": _ticket,
    "ticket.description_changed": _ticket,
    "ticket.undeleted": _ticket,
    "ticket.comment_added": _comment,
    "ticket.comment_redacted": _comment_redacted,
    "ticket.comment_made_private": _comment_made_private,
    "ticket.soft_deleted": _ticket_deleted,
    "ticket.permanently_deleted": _ticket_deleted,
    "ticket.deleted": _ticket_deleted,
    "ticket.scrubbed": _ticket_deleted,
    "ticket.marked_as_spam": _ticket_deleted,
    "ticket.status_changed": _status,
    "ticket.csat_received": _satisfaction,
    "messaging_ticket.message_added": _message,
    "community_post.created": _post,
    "community_post.changed": _post,
    "community_post.published": _post,
    "community_post.unpublished": _post_hidden,
}
"""By type, in lower case. All others hold no words of a customer: changes of fields, users, organisations,
agents and queues; votes; and comments in the help center, of which Zendesk tells the ids alone."""
