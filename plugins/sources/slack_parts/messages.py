"""A message in Slack: new, edited or deleted.

https://docs.slack.dev/reference/events/message
https://docs.slack.dev/apis/slack-connect
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeAlias

from plugins.sources.slack_parts.settings import SlackSettings
from plugins.sources.wording.mrkdwn import words_of
from triggeriq import JSON, Answered, Attachment, Author, Feedback, Ignore, Redacted, Unreadable
from triggeriq.payload import at, identifier, milliseconds, moment, name

_SPOKEN = ("file_share", "thread_broadcast", "reply_broadcast", "me_message")
"""Subtypes of messages that somebody wrote; most have none. All others tell that something happened."""

Found: TypeAlias = Feedback | Ignore | Answered | Redacted


def message_in(callback: Mapping[str, JSON], settings: SlackSettings, now: datetime) -> Found:
    """What an event of the Events API tells. A mention of the app comes as `message` and as `app_mention`:
    both are the same feedback. Raises Unreadable."""
    event = callback.get("event")
    kind, subtype = name(at(event, "type")) or "", name(at(event, "subtype"))
    if kind not in ("message", "app_mention"):
        return Ignore(f"{kind[:100]} holds no feedback")
    channel = name(at(event, "channel")) or ""
    if subtype == "message_deleted":
        before = at(event, "previous_message")
        if _is_bot(before, callback):
            return Ignore("a message by a bot")
        ts = name(at(event, "deleted_ts")) or name(at(before, "ts"))
        return Redacted(external_id=message_id(channel, ts), at=_moment_of(event) or now)
    message = at(event, "message") if subtype == "message_changed" else event
    said_as = name(at(message, "subtype"))
    if said_as == "tombstone":  # deleted, while its thread is kept
        return Redacted(external_id=message_id(channel, name(at(message, "ts"))), at=_moment_of(event) or now)
    if _is_bot(message, callback):
        return Ignore("a message by a bot")
    if said_as is not None and said_as not in _SPOKEN:
        return Ignore(f"{said_as[:100]} holds no feedback")
    if is_staff(message, settings):
        return _by_staff(message, channel, now, is_edit=message is not event)
    facts = {"workspace": name(callback.get("team_id")), "channel_type": name(at(event, "channel_type"))}
    return feedback_in(message, channel, facts, _our_users(callback))


def _moment_of(event: JSON) -> datetime | None:
    return moment(at(event, "event_ts")) or moment(at(event, "ts"))


def _by_staff(message: JSON, channel: str, now: datetime, *, is_edit: bool) -> Found:
    ts, thread_ts = name(at(message, "ts")), name(at(message, "thread_ts"))
    if is_edit or thread_ts in (None, ts):
        return Ignore("a message by staff")
    return Answered(thread=message_id(channel, thread_ts), at=moment(ts) or now)


def feedback_in(
    message: JSON, channel: str, facts: Mapping[str, str | None], our_users: Collection[str] = ()
) -> Feedback | Ignore:
    """What a customer wrote, without the mention of our app that it begins with. Raises Unreadable where it
    can't be named."""
    words, files = words_of(message), _files(at(message, "files"))
    for user in our_users:
        if words is not None and words.startswith(f"@{user}"):
            words = words.removeprefix(f"@{user}").lstrip(" ,:\n") or None
    if words is None and not files:
        return Ignore("no words")
    ts = name(at(message, "ts"))
    attributes: dict[str, JSON] = {"channel": channel}
    attributes |= {key: fact for key, fact in facts.items() if fact}
    return Feedback(
        external_id=message_id(channel, ts),
        version=milliseconds(moment(at(message, "edited", "ts"))),
        text=words or "",
        author=Author(id=name(at(message, "user")), name=name(at(message, "user_profile", "real_name"))),
        created_at=moment(ts),
        thread=message_id(channel, name(at(message, "thread_ts")) or ts),
        attachments=files,
        attributes=attributes,
    )


def message_id(channel: str, ts: str | None) -> str:
    """A channel that two workspaces share has one id in both, so their ids are no part of this."""
    found = identifier(f"{channel}/{ts}") if channel and ts else None
    if found is None:
        raise Unreadable("event: a channel and the ts of a message are expected")
    return found


def _is_bot(message: JSON, callback: Mapping[str, JSON]) -> bool:
    """Whether a program wrote it: any app, and so ours."""
    if at(message, "bot_id") or at(message, "bot_profile") or at(message, "subtype") == "bot_message":
        return True
    user, app_id = name(at(message, "user")), name(at(message, "app_id"))
    is_ours = app_id is not None and app_id == name(callback.get("api_app_id"))
    return is_ours or user == "USLACKBOT" or user in _our_users(callback)


def _our_users(callback: Mapping[str, JSON]) -> list[str]:
    """The users as whom our app is a member."""
    for_whom = callback.get("authorizations")
    return [
        user
        for one in (for_whom if isinstance(for_whom, list) else ())
        if at(one, "is_bot") is True and (user := name(at(one, "user_id")))
    ]


def is_staff(message: JSON, settings: SlackSettings) -> bool:
    """By the user's id, or by the workspace that he belongs to."""
    teams = (name(at(message, key)) for key in ("user_team", "team", "source_team"))
    team = next(filter(None, teams), None)
    return name(at(message, "user")) in settings.staff or team in settings.staff_teams


def _files(files: JSON) -> tuple[Attachment, ...]:
    """By their names; a file that was deleted has none."""
    found = []
    for file in files if isinstance(files, list) else ():
        if called := name(at(file, "name")) or name(at(file, "title")):
            kind = name(at(file, "mimetype")) or "application/octet-stream"
            found.append(Attachment(name=called, content_type=kind))
    return tuple(found)
