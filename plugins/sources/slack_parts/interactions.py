"""What people send to a Slack app on purpose: by a slash command, a shortcut on a message, or a form. Slack
posts each as an HTML form.

https://docs.slack.dev/interactivity/implementing-slash-commands
https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

from collections.abc import Mapping

from plugins.sources.slack_parts.messages import feedback_in, is_staff
from plugins.sources.slack_parts.settings import SlackSettings
from plugins.sources.wording.mrkdwn import of_blocks, plain
from triggeriq import JSON, Author, Feedback, Ignore, Unreadable
from triggeriq.payload import at, identifier, name, parse_object, text


def feedback_of(fields: Mapping[str, str], settings: SlackSettings) -> Feedback | Ignore:
    """fields: those of the form. Raises Unreadable."""
    if "command" in fields:
        return _command(fields)
    if "payload" not in fields:
        raise Unreadable("a form with neither command nor payload")
    payload = parse_object(fields["payload"].encode("utf-8", "surrogateescape"))
    kind = name(payload.get("type")) or ""
    if kind == "message_action":
        return _shortcut(payload, settings)
    if kind == "view_submission":
        return _form(payload)
    return Ignore(f"{kind[:100]} holds no feedback")


def _command(fields: Mapping[str, str]) -> Feedback | Ignore:
    words = text(plain(fields.get("text", "")))
    if words is None:
        return Ignore("a command without words")
    return Feedback(
        external_id=f"command-{_id(fields.get('trigger_id'), 'trigger_id')}",
        text=words,
        author=Author(id=name(fields.get("user_id")), name=name(fields.get("user_name"))),
        attributes=_facts(
            command=name(fields.get("command")),
            channel=name(fields.get("channel_id")),
            workspace=name(fields.get("team_id")),
        ),
    )


def _shortcut(payload: Mapping[str, JSON], settings: SlackSettings) -> Feedback | Ignore:
    """Somebody sent a message on: the same feedback as the message itself."""
    message = payload.get("message")
    if at(message, "bot_id") or at(message, "subtype") == "bot_message":
        return Ignore("a message by a bot")
    if is_staff(message, settings):
        return Ignore("a message by staff")
    channel = name(at(payload.get("channel"), "id")) or ""
    return feedback_in(message, channel, {"workspace": name(at(payload.get("team"), "id"))})


def _form(payload: Mapping[str, JSON]) -> Feedback | Ignore:
    """What was typed into a form is its text; what was chosen is kept beside it, by its label."""
    view = payload.get("view")
    labels = {
        name(at(block, "block_id")): name(at(block, "label", "text")) for block in _list(at(view, "blocks"))
    }
    typed, chosen = list[str](), dict[str, JSON]()
    for block_id, fields in _items(at(view, "state", "values")):
        for action_id, field in _items(fields):
            if (words := _typed(field)) is not None:
                typed.append(words)
            elif (choice := _chosen(field)) is not None:
                chosen[labels.get(block_id) or action_id] = choice
    if not typed:
        return Ignore("a form without words")
    return Feedback(
        external_id=f"form-{_id(at(view, 'id'), 'view.id')}",
        kind="survey",
        text="\n\n".join(typed),
        author=Author(
            id=name(at(payload.get("user"), "id")),
            name=name(at(payload.get("user"), "name")) or name(at(payload.get("user"), "username")),
        ),
        attributes=_facts(
            form=name(at(view, "callback_id")) or name(at(view, "title", "text")),
            workspace=name(at(payload.get("team"), "id")),
        )
        | chosen,
    )


def _typed(field: JSON) -> str | None:
    kind = name(at(field, "type"))
    if kind == "plain_text_input":
        return text(at(field, "value"))
    return text(of_blocks([at(field, "rich_text_value")])) if kind == "rich_text_input" else None


def _chosen(field: JSON) -> JSON:
    """An option's text, several of them, or the value of whatever else a form has."""
    if options := _list(at(field, "selected_options")):
        return [found for one in options if (found := name(at(one, "text", "text")))]
    for key in ("value", "selected_date", "selected_time", "selected_user", "selected_channel"):
        if found := name(at(field, key)):
            return found
    return name(at(field, "selected_option", "text", "text"))


def _id(value: JSON, where: str) -> str:
    found = identifier(value)
    if found is None:
        raise Unreadable(f"{where}: there is none")
    return found


def _facts(**facts: str | None) -> dict[str, JSON]:
    return {key: fact for key, fact in facts.items() if fact}


def _items(value: JSON) -> list[tuple[str, JSON]]:
    return list(value.items()) if isinstance(value, dict) else []


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []
