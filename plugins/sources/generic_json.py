"""Any JSON from any sender: the settings say how the sender proves itself and where the feedback stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, get_args

from triggeriq import (
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    InvalidSetting,
    Item,
    Received,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.other_events import of_another_kind, told
from triggeriq.payload import at, digest, identifier, parse_json
from triggeriq.shape import DEFAULT, Shape
from triggeriq.values import JSON

Way = Literal["hmac", "api_key", "bearer", "basic", "secret_name"]

_HEADER = r"^[A-Za-z0-9-]{0,100}$"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericJsonSettings:
    """How the sender proves itself, and where in its JSON the feedback stands."""

    verification: Way = "hmac"
    """hmac: a signature over the body, made with the connection's secret. api_key: the secret itself in a
    header. bearer: the secret behind `Authorization: Bearer`. basic: HTTP basic authentication, the secret
    being `user:password`. secret_name: no signature at all; the connection's own name is the secret,
    random and at least 32 characters long."""
    header: str = field(default="", metadata={"pattern": _HEADER})
    """The header with the proof. Empty: X-Signature for hmac, X-Api-Key for api_key, else Authorization."""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    """hmac: the hash."""
    encoding: Literal["hex", "base64"] = "hex"
    """hmac: how the signature is written."""
    prefix: str = field(default="", metadata={"max_length": 64})
    """hmac, api_key: what stands before it, such as "sha256="."""
    timestamp_header: str = field(default="", metadata={"pattern": _HEADER})
    """hmac: the header with the time of signing, where the sender signs one."""
    timestamp_form: Literal["epoch", "iso8601"] = "epoch"
    """hmac: seconds since 1970, or ISO 8601 with its zone."""
    tolerance_seconds: int = field(default=300, metadata={"ge": 1, "le": 3600})
    """hmac: how far off that time may be."""
    signed: str = field(default="", metadata={"max_length": 200})
    """hmac: what is signed, with {body} and {timestamp} in place. Empty: {body}, or {timestamp}.{body}
    where there is a timestamp_header."""
    items: str = field(default="", metadata={"max_length": 200})
    """The dotted path of the object, or of the list of objects, to read. Empty: the body itself."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Where the parts of a feedback stand in each object, as dotted paths: {"text": "comment.body"}. What
    is not named stands where the default shape has it."""

    def __post_init__(self) -> None:
        Shape.mapped(self.fields)
        try:
            self.scheme()
        except ValueError as error:  # all other fields are checked already, so only `signed` can be wrong
            raise InvalidSetting(str(error), "signed") from None

    def scheme(self) -> Scheme:
        """The scheme that these settings choose."""
        match self.verification:
            case "secret_name":
                return Scheme(kind="secret_name")
            case "basic":
                return Scheme(kind="basic", header=self.header or "Authorization")
            case "bearer":
                return Scheme(kind="token", header=self.header or "Authorization", prefix="Bearer ")
            case "api_key":
                return Scheme(kind="token", header=self.header or "X-Api-Key", prefix=self.prefix)
            case "hmac":
                return Scheme(
                    header=self.header or "X-Signature",
                    prefix=self.prefix,
                    algorithm=self.algorithm,
                    encoding=self.encoding,
                    signed=(self.signed or self._usually_signed()).encode(),
                    timestamp_header=self.timestamp_header,
                    timestamp_form=self.timestamp_form,
                    tolerance=self.tolerance_seconds,
                )

    def _usually_signed(self) -> str:
        return "{timestamp}.{body}" if self.timestamp_header else "{body}"


LOOKED_AT = 1_000
"""Objects of a body that are looked at while its sender waits. What holds more is taken as it is, and named
by its bytes alone."""


class GenericJson(Source):
    """An event's id is the sha256 of its bytes: a retry repeats them, an edit does not, but for one back to
    former words, which is why the event says what it is about."""

    name = "generic_json"
    title = "Generic JSON"
    methods = ("POST", "PUT")
    content_types = (
        "application/json",
        "application/vnd.api+json",
        "application/cloudevents+json",
        "text/json",
    )
    verification = tuple(GenericJsonSettings(verification=way).scheme() for way in get_args(Way))
    settings = GenericJsonSettings

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (connection.settings.scheme(),) if connection.settings else ()

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        event_id = digest(request.body)
        items = list(islice(self._items(request.body, event_id, connection), LOOKED_AT + 1))
        if not items:
            return Ignore("an empty list")
        if len(items) > LOOKED_AT:
            return Events(Event(event_id))
        bad = [item for item in items if isinstance(item, Bad)]
        ignored = [item for item in items if isinstance(item, Ignore)]
        if len(bad) + len(ignored) < len(items):
            return Events(Event(event_id, about=_about(items, event_id)))
        if bad:
            raise Unreadable(f"{bad[0].where}: {bad[0].reason}")
        return ignored[0]

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield from self._items(received.body, received.id, connection)

    def _items(self, body: bytes, event_id: str, connection: Connection) -> Iterator[Item]:
        settings = connection.settings
        shape = Shape.mapped(settings.fields) if settings else DEFAULT
        where = settings.items if settings else ""
        whole = parse_json(body)
        value = at(whole, *where.split(".")) if where else whole
        if isinstance(value, dict):
            yield told(shape, value, event_id, of=whole)
        elif isinstance(value, list):
            for place, item in enumerate(value):
                yield _item(item, f"{where}[{place}]", f"{event_id}-{place}", shape)
        elif ignored := of_another_kind(whole):
            yield ignored
        else:
            raise Unreadable(f"{where or 'the body'}: an object or a list of objects is expected")


def _about(items: list[Item], event_id: str) -> str | None:
    """What the event tells of: the ids that its feedback has of its own; None where some has none."""
    ids = [item.external_id for item in items if isinstance(item, Feedback)]
    return None if any(id.startswith(event_id) for id in ids) else identifier("\n".join(ids))


def _item(item: JSON, where: str, external_id: str, shape: Shape) -> Item:
    if not isinstance(item, dict):
        return Bad(where, "an object is expected")
    try:
        return told(shape, item, external_id, of=item)
    except Unreadable as error:
        return Bad(where, str(error))


@hookimpl
def register_sources(register: Any) -> None:
    register(GenericJson)
