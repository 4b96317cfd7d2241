"""Any partner that signs as standardwebhooks.com describes, with one of the common libraries (Svix's header
names are taken too).

The feedback is the `data` of the body `{"type", "timestamp", "data"}`, in the default shape or by
the field map of the connection's settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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
from triggeriq.other_events import of_another_kind, told
from triggeriq.payload import identifier, moment, name, parse_object
from triggeriq.shape import DEFAULT, Shape


def _scheme(family: str) -> Scheme:
    return Scheme(
        header=f"{family}-signature",
        prefix="v1,",
        separator=" ",
        encoding="base64",
        signed=b"{id}.{timestamp}.{body}",
        timestamp_header=f"{family}-timestamp",
        id_header=f"{family}-id",
        key_form="whsec",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardWebhooksSettings:
    """The connection's secrets are `whsec_…`, as the partner's library shows them."""

    fields: Mapping[str, str] = field(default_factory=dict)
    """Where the parts of a feedback stand within `data`, as dotted paths: {"text": "comment.body"}. What
    is not named stands where the default shape has it."""

    def __post_init__(self) -> None:
        Shape.mapped(self.fields)


class StandardWebhooks(Source):
    """The id of the message is the event's id. The feedback has its own `id`, or else that of the message."""

    name = "standard_webhooks"
    title = "Standard Webhooks"
    verification = (_scheme("webhook"), _scheme("svix"))
    settings = StandardWebhooksSettings

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        family = _family(request)
        message_id = identifier(request.headers.get(f"{family}-id"))
        if message_id is None:
            raise Unreadable(f"there is no {family}-id header")
        body = parse_object(request.body)
        found = _feedback(body, message_id, connection)
        if isinstance(found, Ignore):
            return found
        return Events(Event(message_id, moment(body.get("timestamp"))))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield _feedback(parse_object(received.body), received.id, connection)


def _family(request: Request) -> str:
    """Which family of headers to read: the same as the scheme, since the id must be the signed one. A replay
    from the quarantine has no signature any more; there the id's header decides."""
    for part in ("signature", "id"):
        for family in ("webhook", "svix"):
            if request.headers.get(f"{family}-{part}", "").strip():
                return family
    return "webhook"


def _feedback(body: dict[str, Any], message_id: str, connection: Connection) -> Feedback | Ignore:
    data = body.get("data", body)
    if not isinstance(data, dict):
        if ignored := of_another_kind(body):
            return ignored
        raise Unreadable("data: an object is expected")
    shape = Shape.mapped(connection.settings.fields) if connection.settings else DEFAULT
    feedback = told(shape, data, message_id, of=body)
    if isinstance(feedback, Ignore):
        return feedback
    attributes = dict(feedback.attributes)
    if (kind := name(body.get("type"))) and data is not body:
        attributes.setdefault("event_type", kind)
    return replace(
        feedback, created_at=feedback.created_at or moment(body.get("timestamp")), attributes=attributes
    )


@hookimpl
def register_sources(register: Any) -> None:
    register(StandardWebhooks)
