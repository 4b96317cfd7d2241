"""Any JSON from anybody: how it is proven and where the feedback stands is said in the settings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from triggeriq import (
    Bad,
    Connection,
    Event,
    Events,
    Ignore,
    Item,
    Received,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.payload import at, digest, parse_json
from triggeriq.shape import DEFAULT, Shape
from triggeriq.values import JSON


class GenericJson(Source):
    """The event is named by the sha256 of its bytes: a retry repeats them, an edit does not."""

    name = "generic_json"
    title = "Generic JSON"
    methods = ("POST", "PUT")
    content_types = (
        "application/json",
        "application/vnd.api+json",
        "application/cloudevents+json",
        "text/json",
    )

    def settings(self) -> type[Any]:
        return _settings()

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (connection.settings.scheme(),) if connection.settings else ()

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        event = Event(digest(request.body))
        items = list(self._items(request.body, event.id, connection))
        if not items:
            return Ignore("an empty list")
        bad = [item for item in items if isinstance(item, Bad)]
        if len(bad) == len(items):
            raise Unreadable(f"{bad[0].where}: {bad[0].reason}")
        return Events(event)

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        yield from self._items(received.body, received.id, connection)

    def _items(self, body: bytes, event_id: str, connection: Connection) -> Iterator[Item]:
        settings = connection.settings
        shape = Shape.mapped(settings.fields) if settings else DEFAULT
        where = settings.items if settings else ""
        value = at(parse_json(body), *where.split(".")) if where else parse_json(body)
        if isinstance(value, dict):
            yield shape.feedback(value, external_id=event_id)
        elif isinstance(value, list):
            for place, item in enumerate(value):
                yield _item(item, f"{where}[{place}]", f"{event_id}-{place}", shape)
        else:
            raise Unreadable(f"{where or 'the body'}: an object or a list of objects is expected")


def _item(item: JSON, where: str, external_id: str, shape: Shape) -> Item:
    if not isinstance(item, dict):
        return Bad(where, "an object is expected")
    try:
        return shape.feedback(item, external_id=external_id)
    except Unreadable as error:
        return Bad(where, str(error))


@cache
def _settings() -> type[Any]:
    from pydantic import BaseModel, Field, field_validator, model_validator

    class GenericJsonSettings(BaseModel, extra="forbid"):
        """How the sender proves itself, and where in its JSON the feedback stands."""

        verification: Literal["hmac", "api_key", "bearer", "basic", "secret_name"] = Field(
            "hmac",
            description="hmac: a signature over the body, made with the connection's secret. api_key: the "
            "secret itself in a header. bearer: the secret behind `Authorization: Bearer`. basic: HTTP basic "
            "authentication, the secret being `user:password`. secret_name: no signature at all; the "
            "connection's own name is the secret, random and at least 32 characters long.",
        )
        header: str = Field(
            "",
            pattern=r"^[A-Za-z0-9-]{0,100}$",
            description="The header with the proof. Empty: X-Signature for hmac, X-Api-Key for api_key, "
            "else Authorization.",
        )
        algorithm: Literal["sha1", "sha256", "sha512"] = Field("sha256", description="hmac: the hash.")
        encoding: Literal["hex", "base64"] = Field("hex", description="hmac: how the signature is written.")
        prefix: str = Field(
            "", max_length=64, description='hmac, api_key: what stands before it, such as "sha256=".'
        )
        timestamp_header: str = Field(
            "",
            pattern=r"^[A-Za-z0-9-]{0,100}$",
            description="hmac: the header with the time of signing, where the sender signs one.",
        )
        timestamp_form: Literal["epoch", "iso8601"] = Field(
            "epoch", description="hmac: seconds since 1970, or ISO 8601 with its zone."
        )
        tolerance_seconds: int = Field(300, ge=1, le=3600, description="hmac: how far off that time may be.")
        signed: str = Field(
            "",
            max_length=200,
            description="hmac: what is signed, with {body} and {timestamp} in place. Empty: {body}, or "
            "{timestamp}.{body} where there is a timestamp_header.",
        )
        items: str = Field(
            "",
            max_length=200,
            description="The dotted path of the object, or of the list of objects, to read. "
            "Empty: the body itself.",
        )
        fields: dict[str, str] = Field(
            default_factory=dict,
            description="Where the parts of a feedback stand in each object, as dotted paths: "
            '{"text": "comment.body"}. What is not named stands where the default shape has it.',
        )

        @field_validator("fields")
        @classmethod
        def _known(cls, fields: dict[str, str]) -> dict[str, str]:
            Shape.mapped(fields)
            return fields

        @model_validator(mode="after")
        def _sound(self) -> GenericJsonSettings:
            self.scheme()
            return self

        def scheme(self) -> Scheme:
            """The one row in force. Raises ValueError where the fields contradict each other."""
            if self.verification == "secret_name":
                return Scheme(kind="secret_name")
            if self.verification == "hmac":
                return Scheme(
                    header=self.header or "X-Signature",
                    prefix=self.prefix,
                    algorithm=self.algorithm,
                    encoding=self.encoding,
                    signed=(
                        self.signed or ("{timestamp}.{body}" if self.timestamp_header else "{body}")
                    ).encode(),
                    timestamp_header=self.timestamp_header,
                    timestamp_form=self.timestamp_form,
                    tolerance=self.tolerance_seconds,
                )
            if self.verification == "basic":
                return Scheme(kind="basic", header=self.header or "Authorization")
            if self.verification == "bearer":
                return Scheme(kind="token", header=self.header or "Authorization", prefix="Bearer ")
            return Scheme(kind="token", header=self.header or "X-Api-Key", prefix=self.prefix)

    return GenericJsonSettings


@hookimpl
def register_sources(register: Any) -> None:
    register(GenericJson)
