"""Calls of triggers and automations. Their body is whatever an admin wrote into the trigger; the template of
`plugins/sources/zendesk.py` has everything that is read from it, and other usual names are understood.

https://support.zendesk.com/hc/en-us/articles/4408886858138-Zendesk-Support-placeholders-reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from plugins.sources.zendesk_parts.facts import attributes, flag, is_same, kind, stars
from triggeriq import Answered, Author, Feedback, Ignore, Item, Unreadable
from triggeriq.payload import digest, identifier, milliseconds, moment, name, text
from triggeriq.values import JSON

_TEXTS = ("description", "body", "text", "message")
_COMMENT = re.compile(
    "(?:ticket|latest|last|current|new|public|customer)*comment(?:formatted|html|rich|body|text|value)*"
)
"""What a comment is called: as its placeholder (ticket.latest_public_comment_formatted), or as one likes."""
_HEADING = re.compile(r"-{10,}\s{1,5}[^\n]{1,300}\d:\d\d[^\n]{0,20}\n\s{0,5}\n")
"""What placeholders put before the words: a line, and who said them when."""
_PLACEHOLDER = re.compile(r"\{\{[\w. ]{1,100}\}\}")
_GROUPS = ("ticket", "comments")
"""Objects within the body whose members count as its own."""
_PREFIXED = ("requester", "submitter", "currentuser", "commentauthor", "satisfaction")
"""Objects whose members count with their name: "requester": {"name": …} is "requester_name"."""
_PUBLIC = ("ispublic", "commentispublic", "latestcommentispublic")
"""Whether the latest comment is public: {{ticket.latest_comment.is_public}}."""
_STAFF = ("agent", "admin")
"""How the roles of staff begin, as {{…role}} shows them; customers are "End-user"."""


def items_of(body: Mapping[str, JSON], received_at: datetime, agents_speak: bool) -> Iterator[Item]:
    """What a call tells: the ticket with its words, the latest comment on it, the customer's rating, or that
    it was answered. At least one item. Raises Unreadable, whose message tells the admin what to do."""
    call = _Call(body)
    found = list(_told(call, received_at, agents_speak))
    if not found and call.holds_a_note:
        found = [Ignore("a private comment")]
    if not found:
        raise Unreadable(
            'no words: put "description": "{{ticket.description}}" into the webhook\'s JSON body'
        )
    yield from found


def _told(call: _Call, received_at: datetime, agents_speak: bool) -> Iterator[Item]:
    rated = list(_satisfaction(call))
    yield from rated
    words, comment = call.said()
    ticket, answered = (
        _ticket(call, words),
        Answered(thread=call.ticket_id, at=call.updated_at or received_at),
    )
    is_agent_s = agents_speak and call.is_on_behalf
    if comment is None or is_same(comment, words):
        if is_agent_s:
            yield Ignore("a ticket that an agent opened") if words is None else answered
        elif words is not None:
            yield ticket
        elif ticket.title is not None and not rated:
            # A call that tells no words must not replace those of the one before
            yield replace(ticket, external_id=f"{ticket.external_id}-subject")
    elif call.speaks_for_staff:
        # The ticket's own words came before, and of a call that tells of nothing else no byte is kept
        yield answered
    else:
        if words is not None and not is_agent_s:
            yield ticket
        yield _comment(call, ticket, comment)


def _ticket(call: _Call, words: str | None) -> Feedback:
    return Feedback(
        external_id=call.ticket_id,
        version=milliseconds(call.updated_at),
        kind=kind(call.facts),
        title=call.first("subject", "title", "tickettitle"),
        text=words or "",
        author=call.author("requester"),
        created_at=call.first("createdat", "createdatwithtimestamp", read=moment),
        url=call.first("url", "ticketurl", "link", "ticketlink"),
        thread=call.ticket_id,
        attributes=attributes(call.facts),
    )


def _comment(call: _Call, ticket: Feedback, words: str) -> Feedback:
    """Zendesk calls again for each change of the ticket, with the same latest comment: without an id it is
    named by what it says."""
    made = f"{ticket.external_id}-{digest(words.encode('utf-8', 'surrogatepass'))[:32]}"
    speaker, requester = call.author("commentauthor"), ticket.author
    is_requester = all(
        known in (None, of_requester)
        for known, of_requester in (
            (speaker.id, requester.id),
            (speaker.name, requester.name),
            (speaker.email, requester.email),
        )
    )
    return replace(
        ticket,
        external_id=call.comment_id or made,
        text=words,
        author=requester if is_requester else speaker,
        created_at=call.updated_at,
    )


def _satisfaction(call: _Call) -> Iterator[Feedback]:
    score = call.first("satisfactionrating", "satisfactioncurrentrating", read=stars)
    words = call.first("satisfactioncomment", "satisfactioncurrentcomment", read=text)
    if score is not None:
        yield replace(
            _ticket(call, words),
            external_id=f"{call.ticket_id}-satisfaction",
            kind="survey",
            rating=score,
            created_at=call.updated_at,
        )


class _Call:
    """A body by plain names: "ticketID", "ticket_id" and "Ticket Id" are the same."""

    def __init__(self, body: Mapping[str, JSON]) -> None:
        facts = _plain_names(body)
        for group in _GROUPS:
            if isinstance(inner := facts.get(group), dict):
                facts = _plain_names(inner) | facts
        for group in _PREFIXED:
            if isinstance(inner := facts.get(group), dict):
                facts = {f"{group}{key}": value for key, value in _plain_names(inner).items()} | facts
        self.facts = facts
        self._comments = sorted(filter(_COMMENT.fullmatch, facts), key=_is_worse)
        for comment in self._comments:
            if isinstance(author := _member(facts[comment], "author"), dict):
                self.facts = {
                    f"commentauthor{key}": value for key, value in _plain_names(author).items()
                } | facts

    def first(self, *keys: str, read: Callable[[JSON], Any] = name) -> Any:
        """The first of these facts that holds something."""
        return next((found for key in keys if (found := read(self.facts.get(key))) is not None), None)

    def author(self, person: str) -> Author:
        return Author(
            id=self.first(f"{person}id"),
            name=self.first(f"{person}name", person),
            email=self.first(f"{person}email", *(("email",) if person == "requester" else ())),
        )

    @property
    def ticket_id(self) -> str:
        found: str | None = self.first("ticketid", "id", read=identifier)
        if found is None:
            raise Unreadable('no ticket id: put "ticket_id": "{{ticket.id}}" into the webhook\'s JSON body')
        return found

    def said(self) -> tuple[str | None, str | None]:
        """The ticket's own words, and those of the comment; no word of a note."""
        words = self.first(*_TEXTS, read=_words)
        readable = [name for name in self._comments if "public" in name or not self.holds_a_note]
        comment = self.first(*readable, read=_words)
        if comment is None and self.comment_id is not None:  # then the words are the comment's
            return None, None if self.holds_a_note else words
        return words, comment

    @property
    def comment_id(self) -> str | None:
        found: str | None = self.first(
            "commentid", "latestcommentid", "latestpubliccommentid", read=identifier
        )
        return found or self.first(*self._comments, read=lambda comment: identifier(_member(comment, "id")))

    @property
    def updated_at(self) -> datetime | None:
        found: datetime | None = self.first("updatedat", "updatedatwithtimestamp", read=moment)
        return found

    @property
    def holds_a_note(self) -> bool:
        """Whether the comment is one for colleagues alone."""
        flags = (self.facts.get(key) for key in _PUBLIC)
        return any(flag(value) is False for value in flags) or any(
            _is_private(self.facts[comment]) for comment in self._comments
        )

    @property
    def is_on_behalf(self) -> bool:
        """Whether an agent opened the ticket for its requester."""
        requester, submitter = self.first("requesterid"), self.first("submitterid")
        return requester is not None and submitter is not None and requester != submitter

    @property
    def speaks_for_staff(self) -> bool:
        """Whether staff wrote the comment: by its author, else by whoever changed the ticket just now."""
        author = self.first("commentauthorid")
        if author is not None and author == self.first("requesterid"):
            return False
        role = self.first("commentauthorrole")
        if role is None and author in (None, self.first("currentuserid")):
            role = self.first("currentuserrole")
        return (role or "").casefold().startswith(_STAFF)


def _words(value: JSON) -> str | None:
    """A text without its heading, or that of a comment as an object."""
    if isinstance(value, Mapping):
        if _is_private(value):
            return None
        value = next((value[key] for key in ("body", "plain_body", "value", "text") if value.get(key)), None)
    found = text(value)
    return None if found is None else text(_HEADING.sub("", found, count=1) if found[0] == "-" else found)


def _member(value: JSON, key: str) -> JSON:
    return value.get(key) if isinstance(value, dict) else None


def _is_private(comment: JSON) -> bool:
    return flag(_member(comment, "is_public")) is False or flag(_member(comment, "public")) is False


def _is_worse(name: str) -> tuple[bool, bool]:
    """Sorts public comments before those that may be notes, and plain ones before those in HTML."""
    return "public" not in name, bool(re.search("html|rich|formatted", name))


def _plain_names(facts: Mapping[str, JSON]) -> dict[str, JSON]:
    """A placeholder that was not filled in is left out."""
    return {
        re.sub(r"[\W_]", "", key).lower(): value
        for key, value in facts.items()
        if not (isinstance(value, str) and _PLACEHOLDER.fullmatch(value))
    }
