"""Any partner that signs as Standard Webhooks describes, with one of the common libraries.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
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
from triggeriq.meanings import Meanings
from triggeriq.other_events import of_another_kind
from triggeriq.payload import identifier, moment, name, parse_object
from triggeriq.shape import Shape

_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""When something happened matters to `transform` alone."""


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
    means: Mapping[str, str] = field(default_factory=dict)
    """Which values mean something beside words: {"deleted": "type=comment.deleted|review.removed", "staff":
    "author.role=agent", "private": "visibility=internal"}. Left of the = stands a dotted path within `data`,
    or else in the whole body; right of it the values, whose case does not count. A path alone, such as
    "deleted_at", is met by anything there but null, false, 0 and an empty value. deleted: what was told under
    this id is removed. staff: its thread counts as answered, and no word is kept. private: it is left out."""

    def __post_init__(self) -> None:
        Shape.mapped(self.fields)
        Meanings.of(self.means)


class StandardWebhooks(Source):
    """Feedback of a partner who sends with a library of Standard Webhooks (https://www.standardwebhooks.com),
    or of Svix, whose names of headers are taken, too.

    Make a secret (24 to 64 random bytes in Base64 behind `whsec_`; the library makes one), give it to the
    partner and to the connection, and give the partner this connection's address. The headers `webhook-id`,
    `webhook-timestamp` (seconds, at most 5 minutes off) and `webhook-signature` (`v1,` and the signature in
    Base64; several with a space between them) are what the library makes.

    Taken: the `data` of the body `{"type": …, "timestamp": …, "data": {…}}`, in the default shape
    (docs/sources.md) or by the settings: one feedback. It is named by its own `id`, else by that of the
    message. By the setting `means` also that something was deleted, or answered by staff. A body without
    `data` is read as it stands.

    Not taken: lists; what is private by that setting; events of another kind, which hold no words and have a
    `type` that says so, such as `user.created`. Anything else without words is refused with 422, and kept.
    Signatures by public keys (`v1a`) are passed over.
    """

    # The id of the message is the event's id, since it is signed.

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
        found = _item(body, message_id, connection, _ANY_TIME)
        if isinstance(found, Ignore):
            return found
        return Events(Event(message_id, moment(body.get("timestamp"))))

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield _item(parse_object(received.body), received.id, connection, received.received_at)


def _family(request: Request) -> str:
    """Which family of headers to read: the same as the scheme, since the id must be the signed one. A replay
    from the quarantine has no signature any more; there the id's header decides."""
    for part in ("signature", "id"):
        for family in ("webhook", "svix"):
            if request.headers.get(f"{family}-{part}", "").strip():
                return family
    return "webhook"


def _item(body: dict[str, Any], message_id: str, connection: Connection, received_at: datetime) -> Item:
    data = body.get("data", body)
    if not isinstance(data, dict):
        if ignored := of_another_kind(body):
            return ignored
        raise Unreadable("data: an object is expected")
    settings: StandardWebhooksSettings = connection.settings or StandardWebhooksSettings()
    shape, meanings = Shape.mapped(settings.fields), Meanings.of(settings.means)
    found = meanings.item(shape, data, message_id, of=body, whole=body, received_at=received_at)
    if not isinstance(found, Feedback):
        return found
    attributes = dict(found.attributes)
    if (kind := name(body.get("type"))) and data is not body:
        attributes.setdefault("event_type", kind)
    return replace(found, created_at=found.created_at or moment(body.get("timestamp")), attributes=attributes)


@hookimpl
def register_sources(register: Any) -> None:
    register(StandardWebhooks)
