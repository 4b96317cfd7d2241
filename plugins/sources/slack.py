"""Slack: messages in channels and direct messages, slash commands, shortcuts and forms.

https://docs.slack.dev/apis/events-api
https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from plugins.sources.slack_parts.interactions import feedback_of
from plugins.sources.slack_parts.messages import Found, message_in
from plugins.sources.slack_parts.settings import SlackSettings
from triggeriq import (
    JSON,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Received,
    Reply,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.forms import parse_form
from triggeriq.payload import digest, identifier, moment, name, parse_object

_WHENEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""For `receive`, which only names what a request holds: when it came changes nothing about that."""
_NO_WORDS = "Nothing was sent: write your feedback behind the command."


class Slack(Source):
    """Taken: messages that people write where the app is a member, with their edits as versions, their
    threads and the names of their files; mentions of the app; the text of a slash command; a message that
    somebody sends on by a shortcut; what is typed into a form of the app. A deleted message is removed here.

    Ignored: bots and apps, who joined, topics, pins, reactions and the like. What colleagues say is not kept;
    the settings tell who they are. A slash command and a form are taken from them, too: they may pass on what
    a customer said.

    Commands, shortcuts and forms are answered as Slack wants it: with a 200, and no words but those of the
    setting `thanks`.
    """

    name = "slack"
    title = "Slack"
    methods = ("POST", "GET")
    content_types = ("application/json", "application/x-www-form-urlencoded")
    verification = (
        Scheme(
            header="x-slack-signature",
            prefix="v0=",
            signed=b"v0:{timestamp}:{body}",
            timestamp_header="x-slack-request-timestamp",
        ),
    )
    settings = SlackSettings

    def handshake(self, request: Request, connection: Connection) -> Reply | None:
        """Slack tries a command's address now and then, and wants a 200:
        https://docs.slack.dev/interactivity/implementing-slash-commands"""
        asked = _is_form(request.body) and b"ssl_check=1" in request.body
        return Reply() if asked or request.query.get("ssl_check") == "1" else None

    def receive(self, request: Request, connection: Connection) -> Events | Reply | Ignore:
        settings = connection.settings or SlackSettings()
        if _is_form(request.body):
            return _answered(request.body, settings)
        body = parse_object(request.body)
        if body.get("type") == "url_verification":
            return Reply(body=name(body.get("challenge")) or "")
        found = _told(body, settings, _WHENEVER)
        if isinstance(found, Ignore):
            return found
        event_id = identifier(body.get("event_id")) or digest(request.body)
        return Events(Event(event_id, moment(body.get("event_time"))))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        settings = connection.settings or SlackSettings()
        if _is_form(received.body):
            yield feedback_of(parse_form(received.body), settings)
        else:
            yield _told(parse_object(received.body), settings, received.received_at)


def _is_form(body: bytes) -> bool:
    return b"=" in body and not body.lstrip().startswith(b"{")


def _answered(form: bytes, settings: SlackSettings) -> Events | Reply:
    """Whoever sent it looks at the answer; what it makes of any other than a 200 is an error message."""
    fields = parse_form(form)
    is_taken = isinstance(feedback_of(fields, settings), Feedback)
    said = settings.thanks if is_taken else _NO_WORDS
    reply = Reply(body=said if "command" in fields else "")
    return Events(Event(digest(form)), reply=reply) if is_taken else reply


def _told(body: Mapping[str, JSON], settings: SlackSettings, now: datetime) -> Found:
    kind = name(body.get("type"))
    if kind == "event_callback":
        return message_in(body, settings, now)
    if kind is None:
        raise Unreadable("type: there is none")
    return Ignore(f"{kind[:100]} holds no feedback")


@hookimpl
def register_sources(register: Any) -> None:
    register(Slack)
