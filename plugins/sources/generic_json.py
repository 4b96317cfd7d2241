"""Any JSON from any sender: the settings say how the sender proves itself and where the feedback stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, get_args

from triggeriq import (
    Bad,
    Connection,
    Event,
    Events,
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
from triggeriq.shape import Shape
from triggeriq.values import JSON

if TYPE_CHECKING:
    from triggeriq.meanings import Meanings

Way = Literal["hmac", "api_key", "bearer", "basic", "secret_name"]

_PLACE = r"^[A-Za-z0-9_.-]{0,100}$"
_ANY_TIME = datetime.fromtimestamp(0, UTC)
"""When something happened matters to `transform` alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericJsonSettings:
    """How the sender proves itself, and where in its JSON the feedback stands."""

    verification: Way = "hmac"
    """hmac: a signature over the body, made with the connection's secret; the only way that proves the bytes.
    api_key: the secret itself in a header. bearer: the secret behind `Authorization: Bearer`. basic: HTTP
    basic authentication, the secret being `user:password`. With these three, whoever sees one request can
    send others. secret_name: no signature at all; the connection's own name is the secret, random and at
    least 32 characters long. It stands in every log of addresses on the way, in our own, and in every ticket:
    whoever may read those can send requests."""
    header: str = field(default="", metadata={"pattern": _PLACE})
    """The header with the proof, or its place in the body (see `place`). Empty: X-Signature for hmac,
    X-Api-Key for api_key, else Authorization."""
    place: Literal["headers", "json"] = "headers"
    """hmac, api_key: where `header`, `timestamp_header` and `id_header` are looked for. json: each is a
    dotted path in the body, such as "auth.token". A signature there can't cover the body."""
    more_headers: tuple[str, ...] = field(default=(), metadata={"max_length": 10})
    """hmac: further headers that may hold a signature, by another of the sender's keys. One that fits is
    enough."""
    algorithm: Literal["sha1", "sha256", "sha512"] = "sha256"
    """hmac: the hash."""
    encoding: Literal["hex", "base64"] = "hex"
    """hmac: how the signature is written."""
    prefix: str = field(default="", metadata={"max_length": 64})
    """hmac, api_key: what stands before it, such as "sha256="."""
    separator: str = field(default="", metadata={"max_length": 4})
    """hmac: what stands between several signatures in the header, such as ","; those without the prefix are
    ignored. Empty: there is only one."""
    key_form: Literal["text", "base64", "hex", "whsec"] = "text"
    """hmac: how the secret is read. text: as it is written. base64, hex: the bytes that it writes so. whsec:
    the bytes of the Base64 behind `whsec_`."""
    timestamp_header: str = field(default="", metadata={"pattern": _PLACE})
    """hmac: the header with the time of signing, where the sender signs one; the same as `header` where it
    stands there beside the signature (`t=…,v1=…`). Empty: no time is signed. Then a copy of a request, with
    its bytes as they were, is genuine for ever: within 72 hours it is dropped as a repeat, and later it can
    only tell again what was told."""
    timestamp_prefix: str = field(default="", metadata={"max_length": 64})
    """hmac: what stands before that time, such as "t="."""
    timestamp_form: Literal["epoch", "epoch_ms", "iso8601"] = "epoch"
    """hmac: seconds since 1970, milliseconds, or ISO 8601 with its zone."""
    tolerance_seconds: int = field(default=300, metadata={"ge": 1, "le": 3600})
    """hmac: how far off that time may be. The longer, the longer a copy is taken for fresh."""
    id_header: str = field(default="", metadata={"pattern": _PLACE})
    """hmac: the header with the message's id, where the sender signs one."""
    signed: str = field(default="", metadata={"max_length": 200})
    """hmac: what is signed, with {body}, {timestamp}, {id}, {method} (POST or PUT) and {url} (this
    connection's whole address) in place. Empty: what there is of {id}.{timestamp}.{body}."""
    covers_body: bool = True
    """hmac: false where the sender signs a time and an id alone, and not the body. Then whoever sees a
    request may send other bytes with its signature before the request itself arrives: with one signature
    only one body is taken."""
    items: str = field(default="", metadata={"max_length": 200})
    """The dotted path of the object, or of the list of objects, to read. Empty: the body itself."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Where the parts of a feedback stand in each object, as dotted paths: {"text": "comment.body"}. What
    is not named stands where the default shape has it."""
    means: Mapping[str, str] = field(default_factory=dict)
    """Which values mean something beside words: {"deleted": "action=deleted|removed", "staff":
    "author.role=agent", "private": "visibility=internal"}. Left of the = stands a dotted path in the object,
    or else in the whole body; right of it the values, whose case does not count. A path alone, such as
    "deleted_at", is met by anything there but null, false, 0 and an empty value. deleted: what was told under
    this id is removed. staff: its thread counts as answered, and no word is kept. private: it is left out."""

    def __post_init__(self) -> None:
        Shape.mapped(self.fields)
        self.meanings()
        try:
            self.scheme()
        except ValueError as error:  # all other fields are checked already, so only `signed` can be wrong
            raise InvalidSetting(str(error), "signed") from None

    def meanings(self) -> Meanings | None:
        """What `means` says; None where it says nothing. Raises InvalidSetting."""
        if not self.means:
            return None
        from triggeriq.meanings import Meanings  # few connections need it

        return Meanings.of(self.means)

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
                header = self.header or "X-Api-Key"
                return Scheme(kind="token", header=header, place=self.place, prefix=self.prefix)
            case "hmac":
                return Scheme(
                    header=self.header or "X-Signature",
                    place=self.place,
                    more_headers=self.more_headers,
                    prefix=self.prefix,
                    separator=self.separator,
                    algorithm=self.algorithm,
                    encoding=self.encoding,
                    key_form=self.key_form,
                    signed=(self.signed or self._usually_signed()).encode(),
                    covers_body=self.covers_body,
                    timestamp_header=self.timestamp_header,
                    timestamp_prefix=self.timestamp_prefix,
                    timestamp_form=self.timestamp_form,
                    tolerance=self.tolerance_seconds,
                    id_header=self.id_header,
                )

    def _usually_signed(self) -> str:
        parts = {"{id}": self.id_header, "{timestamp}": self.timestamp_header, "{body}": self.covers_body}
        return ".".join(name for name, is_signed in parts.items() if is_signed)


LOOKED_AT = 1_000
"""Objects of a body that are looked at while its sender waits. What holds more is taken as it is, and named
by its bytes alone."""


class GenericJson(Source):
    """Feedback of any sender that can POST or PUT JSON: a system of your own, a form, an automation tool.

    Choose how the sender proves itself (`verification` and what belongs to it, by the names of
    docs/verification.md, which has the rows of known senders), put the same secret into both, and say where
    the parts of a feedback stand in its JSON: in the default shape (docs/sources.md) nothing need be said.
    `POST /sources/generic_json/preview` shows what becomes of a body before the sender is switched on.

    Taken: an object, or a list of objects, each one feedback: the same id again with other words is an edit,
    and `updated_at` tells which edit is the newest. By the setting `means` also that something was deleted,
    or answered by staff.

    Not taken: what is private by that setting; events of another kind, which hold no words and have a name
    that says so, such as `user.created` or `ping`. Anything else without words is refused with 422, and kept.
    """

    # An event's id is the sha256 of its bytes: a retry repeats them, an edit does not, but for one back to
    # former words, which is why the event says what it is about.

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
        items = list(islice(_items(request.body, event_id, connection, _ANY_TIME), LOOKED_AT + 1))
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
        yield from _items(received.body, received.id, connection, received.received_at)


def _items(body: bytes, event_id: str, connection: Connection, received_at: datetime) -> Iterator[Item]:
    settings: GenericJsonSettings = connection.settings or GenericJsonSettings()
    shape, meanings = Shape.mapped(settings.fields), settings.meanings()
    whole, where = parse_json(body), settings.items
    value = at(whole, *where.split(".")) if where else whole

    def read(item: JSON, external_id: str, of: JSON) -> Item:
        if not isinstance(item, dict):
            raise Unreadable("an object is expected")
        if meanings is None:
            return told(shape, item, external_id, of=of)
        return meanings.item(shape, item, external_id, of=of, whole=whole, received_at=received_at)

    if isinstance(value, dict):
        yield read(value, event_id, whole)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            try:
                yield read(item, f"{event_id}-{place}", item)
            except Unreadable as error:
                yield Bad(f"{where}[{place}]", str(error))
    elif ignored := of_another_kind(whole):
        yield ignored
    else:
        raise Unreadable(f"{where or 'the body'}: an object or a list of objects is expected")


def _about(items: list[Item], event_id: str) -> str | None:
    """What the event tells of: the ids that its feedback has of its own, or had; None where some has none."""
    ids: list[str | None] = [item.external_id for item in items if hasattr(item, "external_id")]
    named = [id for id in ids if id is not None and not id.startswith(event_id)]
    return identifier("\n".join(named)) if len(named) == len(ids) else None


@hookimpl
def register_sources(register: Any) -> None:
    register(GenericJson)
