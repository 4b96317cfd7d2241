"""An event in words, for a chat. What customers wrote stands in it as text, whatever it looks like: nobody is
called by it, and nothing in it becomes a link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.delivery.stored_event import StoredEvent

TITLE_LENGTH = 500
VALUE_LENGTH = 200

_HEADLINES = {
    "ticket.created": "New ticket",
    "ticket.updated": "Ticket updated",
    "ticket.resolved": "Ticket resolved",
    "ticket.answered": "Ticket answered",
    "ticket.overdue": "Ticket overdue",
    "endpoint.failing": "An endpoint takes no events",
    "endpoint.disabled": "An endpoint is sent to no more",
    "endpoint.recovered": "An endpoint takes events again",
    "endpoint.exhausted": "An event could not be delivered",
}
_TICKET = ("category", "priority", "sentiment", "status", "source")
_ENDPOINT = ("name", "url", "reason", "failing_since", "last_error")

_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]+")
_CALLS = re.compile(r"(?<=@)(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_JOINER = "\u2060"
"""Word joiner: it is not seen, and what it stands in is no name and no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """What is said of an event."""

    headline: str
    """In our words, or the event's type."""
    title: str
    """In the customer's words; "" where there are none."""
    facts: tuple[tuple[str, str], ...]
    """Names and values."""
    link: str
    """Where there is more of it; "" where nobody knows."""


def message_of(event: StoredEvent, public_url: str) -> ChatMessage:
    """public_url: where the world finds our API; "" where nobody knows."""
    members = event.members()
    ours = event.owner == OURSELVES
    data = members.get("data")
    if not isinstance(data, Mapping):
        data = {}
    headline = _HEADLINES.get(event.type, event.type) if ours else event.type
    if ours and event.type.startswith("ticket."):
        return ChatMessage(
            headline=headline,
            title=plain(data.get("title"), TITLE_LENGTH),
            facts=_facts(data, _TICKET),
            link=f"{public_url}/tickets/{quote(event.subject, safe='')}" if public_url else "",
        )
    told = _facts(data, _ENDPOINT) if ours and event.type.startswith("endpoint.") else ()
    rest = {"subject": event.subject, "time": members.get("time")}
    return ChatMessage(headline=headline, title="", facts=(*told, *_facts(rest, tuple(rest))), link="")


def plain(value: Any, length: int) -> str:
    """A text on one line, cut to that many characters, that calls nobody and leads nowhere; "" for what is
    none."""
    if not isinstance(value, str):
        return ""
    text = " ".join(_UNSHOWN.sub(" ", value[: 2 * length]).split())
    text = text if len(text) <= length else f"{text[: length - 1]}…"
    return _CALLS.sub(_JOINER, text)


def _facts(data: Mapping[str, Any], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    labels = (
        (name.replace("_", " ").capitalize(), plain(_label(data.get(name)), VALUE_LENGTH)) for name in names
    )
    return tuple((name, value) for name, value in labels if value)


def _label(value: Any) -> Any:
    """A verdict's label; of anything else itself."""
    return value.get("label") if isinstance(value, Mapping) else value
