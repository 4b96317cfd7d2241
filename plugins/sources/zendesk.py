"""Zendesk Support: tickets, their comments, messages, ratings and posts.

https://developer.zendesk.com/documentation/webhooks/verifying/
https://developer.zendesk.com/documentation/webhooks/creating-and-monitoring-webhooks/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from triggeriq import (
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
from triggeriq.payload import digest, identifier, moment, name, parse_object

_EVENT = "zen:event-type:"
"""How the type of an event begins."""
_PUBLISHED = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
"""The secret with which Zendesk signs the test of a webhook that is not yet created. It is public."""
_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""When something happened matters to `transform` alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZendeskSettings:
    """The connection's secret is the webhook's signing secret, as Zendesk's Admin Center shows it under "Show
    secret": it is used as it stands, not decoded."""

    on_behalf: Literal["agent", "customer"] = "agent"
    """Whose words those of a ticket are that an agent opened for a customer, such as after a call: its first
    comment is the agent's then. agent: the ticket counts as answered, and no word of it is kept. customer:
    they are taken as the customer's, where agents write down what customers say."""


class Zendesk(Source):
    """Tickets and comments, messages, and satisfaction ratings of Zendesk Support; titles of posts of its
    community.

    **Event subscription** (recommended: Zendesk writes its JSON itself). In Admin Center, Apps and
    integrations, Webhooks, create a webhook, choose "Zendesk events", and subscribe it to these: Ticket
    created, Comment added, Comment made private, Comment redacted, Subject changed, Description changed,
    Ticket soft deleted, Ticket permanently deleted, Ticket undeleted, Ticket marked as spam, Status changed,
    CSAT received, and for messaging Message added. Endpoint: this connection's address; method POST; format
    JSON. An event tells no e-mail address: its author is named by Zendesk's id.

    **Trigger or automation.** Create a webhook, choose "Trigger or automation", and a trigger (conditions:
    Ticket is created or updated, Comment is public) whose action is to notify it, with this JSON body:

        {"ticket_id": "{{ticket.id}}", "subject": "{{ticket.title}}", "description": "{{ticket.description}}",
         "latest_public_comment": "{{ticket.latest_public_comment.value}}",
         "comment_id": "{{ticket.latest_public_comment.id}}",
         "comment_author_id": "{{ticket.latest_public_comment.author.id}}",
         "comment_author_name": "{{ticket.latest_public_comment.author.name}}",
         "comment_author_email": "{{ticket.latest_public_comment.author.email}}",
         "comment_author_role": "{{ticket.latest_public_comment.author.role}}",
         "current_user_id": "{{current_user.id}}", "current_user_role": "{{current_user.role}}",
         "requester_id": "{{ticket.requester.id}}", "requester_name": "{{ticket.requester.name}}",
         "requester_email": "{{ticket.requester.email}}", "submitter_id": "{{ticket.submitter.id}}",
         "priority": "{{ticket.priority}}", "status": "{{ticket.status}}", "type": "{{ticket.ticket_type}}",
         "tags": "{{ticket.tags}}", "channel": "{{ticket.via}}", "url": "{{ticket.link}}",
         "created_at": "{{ticket.created_at_with_timestamp}}",
         "updated_at": "{{ticket.updated_at_with_timestamp}}"}

    and for ratings of satisfaction, by another trigger (Satisfaction is good, or bad), this one:

        {"ticket_id": "{{ticket.id}}", "subject": "{{ticket.title}}",
         "satisfaction_rating": "{{satisfaction.current_rating}}",
         "satisfaction_comment": "{{satisfaction.current_comment}}",
         "requester_id": "{{ticket.requester.id}}", "requester_name": "{{ticket.requester.name}}",
         "requester_email": "{{ticket.requester.email}}",
         "updated_at": "{{ticket.updated_at_with_timestamp}}"}

    Any part may be left out but the id and words (description, a comment, or a rating); a placeholder that
    the account does not fill in counts as left out. Other usual names are understood ("id", "title",
    "latest_comment", "comment"), capitals and underscores do not count, and tags may be a text or a list. A
    call with an agent's comment tells that alone, so that nothing of it is kept. Where words break the JSON
    (a quote in them), the call is refused with 422 and kept in the quarantine: use an event subscription. A
    trigger can't tell of a redaction or a deletion.

    A webhook is of one kind, never of both. Use a connection for each webhook: each has its own secret.

    Taken: what customers write, as a ticket, a comment (a further feedback of its ticket) or a message; edits
    as new versions; ratings of satisfaction as surveys (good is 5, bad is 1). A public comment or a message
    of the staff marks the ticket as answered, and no word of it is kept. Private comments are ignored. What
    is redacted, made private, deleted, scrubbed or marked as spam is removed; what is undeleted comes back
    with the ticket's own words.

    Not taken: all other changes of tickets; files; comments in the help center, of which Zendesk tells no
    words; users, organisations and agents.

    The test button of a webhook that is not yet created signs with a secret that is public; it is never
    accepted, so create the webhook first. A call must not be older than 5 minutes.
    """

    # The id of an event is its own; that of a trigger's call is the sha256 of its bytes, since the
    # invocation id in the headers is not signed.

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
    settings = ZendeskSettings

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        body = _parsed(request.body)
        found = _items(body, _ANY_TIME, connection)
        if all(isinstance(item, Ignore) for item in found):
            return next(item for item in found if isinstance(item, Ignore))
        event_id = identifier(body.get("id")) if _is_event(body) else None
        if event_id is not None:
            return Events(Event(event_id, moment(body.get("time"))))
        told = [item.external_id for item in found if isinstance(item, Feedback)]
        return Events(Event(digest(request.body), moment(body.get("time")), about=told[-1] if told else None))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield from _items(_parsed(received.body), received.received_at, connection)


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        return parse_object(body)
    except Unreadable as error:
        if str(error).startswith("not JSON") and _EVENT.encode() not in body:
            raise Unreadable(
                f"{error}: words that a placeholder brought, such as a quote, have broken the trigger's "
                "JSON body. Leave that placeholder out of it, and get its words by a webhook that is "
                "subscribed to events, whose JSON is Zendesk's own"
            ) from None
        raise


def _is_event(body: dict[str, Any]) -> bool:
    return (name(body.get("type")) or "").casefold().startswith(_EVENT)


def _items(body: dict[str, Any], received_at: datetime, connection: Connection) -> list[Item]:
    agents_speak = connection.settings is None or connection.settings.on_behalf == "agent"
    # Here, for it is much code, and each function loads all sources
    if _is_event(body):
        from plugins.sources.zendesk_parts import events

        kind = str(body["type"]).strip().casefold().removeprefix(_EVENT)
        return list(events.items_of(kind, body, received_at, agents_speak))
    from plugins.sources.zendesk_parts import triggers

    return list(triggers.items_of(body, received_at, agents_speak))


@hookimpl
def register_sources(register: Any) -> None:
    register(Zendesk)
