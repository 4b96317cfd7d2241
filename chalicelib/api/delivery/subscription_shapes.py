"""The shapes of requests and answers about subscriptions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from chalicelib.api.delivery.wanted_shapes import FilterWanted, TypesWanted
from chalicelib.api.field_types import Asked, Line, PageQuery, Shown, ShownPage, Time, absent
from chalicelib.domain.delivery.own_headers import (
    CHARACTERS_MOST,
    HEADERS_MOST,
    NAME_PATTERN,
    VALUE_PATTERN,
    fault_of_name,
    fault_of_value,
)
from chalicelib.domain.delivery.signing_secret import SECRET_PATTERN, fault_of_secret
from chalicelib.domain.delivery.subscription import Format, Status, Terms
from chalicelib.domain.intake.connection import SecretView
from triggeriq.names import NAME

RATE_MOST = 60_000


def _form(fault_of: Callable[[str], str], pattern: str) -> tuple[AfterValidator, WithJsonSchema]:
    """How a text must be: what is wrong with one is told in words, and machines get the pattern."""

    def checked(given: str) -> str:
        if fault := fault_of(given):
            raise ValueError(fault)
        return given

    return AfterValidator(checked), WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


def _headers(given: dict[str, str]) -> dict[str, str]:
    if len({name.lower() for name in given}) < len(given):
        raise ValueError("names a header twice; upper and lower case make no difference")
    if sum(len(name) + len(value) for name, value in given.items()) > CHARACTERS_MOST:
        raise ValueError(f"comes to more than {CHARACTERS_MOST:,} characters, names and values together")
    return given


HeaderName = Annotated[str, *_form(fault_of_name, NAME_PATTERN)]
HeaderValue = Annotated[str, *_form(fault_of_value, VALUE_PATTERN)]
OwnHeaders = Annotated[
    dict[HeaderName, HeaderValue], Field(max_length=HEADERS_MOST), AfterValidator(_headers)
]
SigningSecret = Annotated[str, *_form(fault_of_secret, SECRET_PATTERN)]
SubscriberUrl = Annotated[str, Field(min_length=1, json_schema_extra={"format": "uri", "maxLength": 2_048})]
Rate = Annotated[int, Field(ge=1, le=RATE_MOST)]


class SubscriptionPut(Asked):
    """All that a subscription stands by; what is left out is as if it had never been set."""

    url: SubscriberUrl = Field(
        description="`https`, a host by its name, port 443 or 8443; no user, no fragment"
    )
    types: TypesWanted = Field(description="each `ticket.created`, `ticket.*` for all that begin so, or `*`")
    filter: FilterWanted = Field(
        {}, description="by name, values of which an event must have one; all of it must hold"
    )
    format: Format = "standard"
    headers: OwnHeaders = Field(
        {}, description="sent along with each delivery; their values are never shown again"
    )
    rate: Rate | None = Field(None, description="deliveries a minute at most; null: as many as there are")
    expires_at: Time | None = Field(None, description="until when it is in force; null: until it is deleted")
    secret: SigningSecret = Field(
        default_factory=absent,
        description="one of your own, `whsec_` and the Base64 of 24 to 64 bytes; without it, one is made",
    )

    def terms(self) -> Terms:
        given = self.model_dump(exclude={"name"})
        return Terms(**{**given, **_plain(given)})


class SubscriptionMake(SubscriptionPut):
    """A subscription; without a name, one is made up."""

    name: Annotated[str, Field(pattern=f"^{NAME}$")] = Field(
        default_factory=absent, description="your own for it, by which PUT finds it again"
    )


class SubscriptionChange(Asked):
    """At least one field; `rate` and `expires_at` may be null. `headers`, `filter` and `types` are replaced
    whole."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    url: SubscriberUrl = Field(default_factory=absent)
    types: TypesWanted = Field(default_factory=absent)
    filter: FilterWanted = Field(default_factory=absent)
    format: Format = Field(default_factory=absent)
    headers: OwnHeaders = Field(default_factory=absent)
    rate: Rate | None = None
    expires_at: Time | None = None

    @model_validator(mode="after")
    def _something(self) -> SubscriptionChange:
        if not self.model_fields_set:
            raise ValueError("nothing is to be changed; send at least one field")
        return self

    def changes(self) -> dict[str, Any]:
        """What was sent, by the names of Terms."""
        given = self.model_dump(include=self.model_fields_set)
        return {**given, **_plain(given)}


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """Types and filter as a subscription has them, without repeats."""
    plain: dict[str, Any] = {}
    if "types" in given:
        plain["types"] = tuple(dict.fromkeys(given["types"]))
    if "filter" in given:
        plain["filter"] = {name: tuple(dict.fromkeys(values)) for name, values in given["filter"].items()}
    return plain


class Resume(Asked):
    held: Literal["send", "keep"] = Field(
        "send", description="`send`: what was held meanwhile is sent, by a job; `keep`: it stays held"
    )


class SubscriptionQuery(PageQuery):
    owner: Line | None = Field(None, description="only his; another's only for an admin")


class SubscriptionShown(Shown):
    id: str
    name: str
    owner: str
    url: str = Field(description="whole for its owner; for others without what may be secret in it")
    types: tuple[str, ...]
    filter: dict[str, tuple[str, ...]]
    format: Format
    headers: tuple[str, ...] = Field(description="their names; the values are never shown")
    rate: int | None
    expires_at: datetime | None
    status: Status
    reason: str | None = Field(
        description="why it is not active: `paused` by its owner; `gone`: it answered 410; `failing` for "
        "days; `asked`: its receiver asked for it; `expired`"
    )
    secrets: tuple[SecretView, ...]
    failing_since: datetime | None = Field(
        description="since when every attempt failed; null: the last did not"
    )
    created_at: datetime
    updated_at: datetime


class NewSubscription(SubscriptionShown):
    secret: str = Field(description="with which deliveries are signed; shown only this once")


class KeptSubscription(SubscriptionShown):
    secret: str = Field(
        default_factory=absent,
        exclude_if=lambda secret: secret is None,
        description="only where it was made now, and shown only this once",
    )


SubscriptionPage = ShownPage[SubscriptionShown]


class NewSecret(Shown):
    secret: str = Field(description="the current one from now on; shown only this once")


class TestDelivery(Shown):
    __test__ = False  # to pytest, a name that begins with Test is a test

    delivery: str = Field(description="follow it at `/deliveries/{id}`")
