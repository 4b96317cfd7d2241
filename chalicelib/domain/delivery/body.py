"""The bytes of a delivery: of one event in one format they are always the same.

standard    {"type", "timestamp", "data"}, as Standard Webhooks advises
            https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
cloudevents the event in CloudEvents' structured mode
            https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/http-protocol-binding.md
slack       a message for an incoming webhook of Slack
teams       a message for an incoming webhook of Microsoft Teams

What would be too long for most receivers goes without its data, and says where they are by CloudEvents'
`dataref`: https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/dataref.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Format

MOST = 256_000
"""Bytes of a delivery."""

JSON = "application/json"
CLOUDEVENT = "application/cloudevents+json"
_DATA = ("data", "data_base64")


def body_of(event: StoredEvent, format: Format, public_url: str) -> tuple[bytes, str]:
    """The body and its content type. public_url: where the world finds our API, for links."""
    if format == "cloudevents":
        return _cloudevent(event, public_url), CLOUDEVENT
    if format == "standard":
        return _standard(event, public_url), JSON
    from chalicelib.domain.delivery.chat_message import message_of

    message = message_of(event, public_url)
    if format == "slack":
        from chalicelib.domain.delivery.slack import slack_message

        return _bytes(slack_message(message)), JSON
    from chalicelib.domain.delivery.teams import teams_message

    return _bytes(teams_message(message)), JSON


def standard_body(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a CloudEvent as the body of a Standard Webhook, whose id is in the header webhook-id."""
    held = {name: members[name] for name in _DATA if name in members}
    return {"type": members["type"], "timestamp": members.get("time"), "data": None, **held}


def _standard(event: StoredEvent, public_url: str) -> bytes:
    whole = _bytes(standard_body(event.members()))
    if len(whole) <= MOST:
        return whole
    head = {name: value for name, value in event.members().items() if name not in _DATA}
    return _bytes({**standard_body(head), "dataref": _where(event, public_url)})


def _cloudevent(event: StoredEvent, public_url: str) -> bytes:
    whole = (event.body or "").encode()
    if 0 < len(whole) <= MOST:
        return whole
    members = {name: value for name, value in event.members().items() if name not in _DATA}
    return _bytes({**members, "dataref": _where(event, public_url)})


def _where(event: StoredEvent, public_url: str) -> str:
    """Where the whole event can be read."""
    source = "" if event.owner == OURSELVES else f"?source={quote(event.source, safe='')}"
    return f"{public_url}/events/{quote(event.id, safe='')}{source}"


def _bytes(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
