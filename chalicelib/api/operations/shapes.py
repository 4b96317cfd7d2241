"""The shapes of requests and answers about operations, under the names that routes.py uses. A domain value
that is shown whole is its own shape; a model stands for what a client sends, and for an answer that hides a
part of its value. /openapi.json is made from them."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
    with_config,
)

from chalicelib.api.field_types import Asked, Flag, Line, Name, Shown, ShownPage, Time, absent
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.items import Items
from chalicelib.domain.operations.access import Scope
from chalicelib.domain.operations.configuration import SHAPES, PriorityConfiguration, TriageConfiguration
from chalicelib.domain.operations.plugin_view import PluginView
from chalicelib.domain.operations.restriction import CONNECTION_PATTERN
from chalicelib.errors import Invalid
from triggeriq import JSON


class HealthQuery(Asked):
    deep: Flag = Field(False, description="ask every dependency too (`1` will do); needs the scope admin")


class Health(Shown):
    status: Literal["ok", "degraded"]
    version: str
    stage: str
    checks: dict[str, str] | None = Field(None, description="each dependency: `ok`, or what is wrong with it")


# ---- plugins -------------------------------------------------------------------------------------


# Its field from_ is `from` in JSON; in Python that is a reserved word.
with_config(alias_generator=lambda name: name.rstrip("_"))(PluginView)
PluginList = Items[PluginView]


# ---- configurations ------------------------------------------------------------------------------


AnyConfiguration = PriorityConfiguration | TriageConfiguration


class ConfigurationShown(Shown):
    key: str
    version: int = Field(description="0 is the built-in default")
    value: AnyConfiguration
    by: str | None = Field(description="who set it; null: it is the built-in default")
    at: datetime | None = Field(description="when it was set")


class ConfigurationList(Shown):
    items: tuple[ConfigurationShown, ...]


def _some(given: object) -> object:
    if given is None:
        held = (f"{', '.join(field.name for field in fields(SHAPES[key]))} ({key})" for key in SHAPES)
        raise Invalid(
            f'send what it is to hold: {" or ".join(held)}; {{"value": {{}}}} brings the defaults back',
            "value",
        )
    return given


class ConfigurationPut(Asked):
    """What GET gave, with another `value`; its other fields are ignored. The bare value is taken too, unless
    it is empty: only `{"value": {}}` brings the defaults back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    value: Annotated[dict[str, JSON], BeforeValidator(_some, json_schema_input_type=AnyConfiguration)]

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return {"value": given or None} if isinstance(given, dict) and "value" not in given else given


# ---- dead letters --------------------------------------------------------------------------------


class FailureShown(Shown):
    id: str
    queue: str
    reason: str
    at: datetime
    message_id: str
    receives: int


class DeadLetters(Shown):
    queues: dict[str, int] = Field(description="messages in each queue's dead-letter queue")
    items: tuple[FailureShown, ...] = Field(description="failures, newest first")
    next: str | None


class RedriveRequest(Asked):
    queue: Name | None = Field(None, description="one queue's name; without it, all")


class Redriven(Shown):
    moved: dict[str, int]


# ---- jobs ------------------------------------------------------------------------------------------


class JobShown(Shown):
    id: str
    kind: str
    arguments: dict[str, JSON]
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int = Field(description="items that were dealt with")
    skipped: int = Field(description="items that had to be left as they are")
    total: int | None = Field(description="items in all, once they are counted")
    reason: str | None = Field(description="why it failed")
    by: str = Field(description="who started it")
    owner: str
    connections: tuple[str, ...] = Field(
        description="the connections that it works on, each `source/connection`"
    )
    created_at: datetime
    started_at: datetime | None
    updated_at: datetime
    finished_at: datetime | None


JobPage = ShownPage[JobShown]


# ---- API keys ------------------------------------------------------------------------------------


CONNECTIONS_LIMIT = 50
"""The most patterns that one key may have."""


def _some_connections(given: object) -> object:
    if not given:
        raise ValueError("names at least one connection; leave it out for a key that sees all of them")
    return given


def _connection_pattern(given: str) -> str:
    if not re.fullmatch(CONNECTION_PATTERN, given, re.ASCII):
        raise ValueError(
            "is <source>/<connection>, or <source>/* for every connection of a source; "
            "a name is 1 to 64 of a-z, 0-9, _ and -"
        )
    return given


ConnectionPattern = Annotated[
    str,
    AfterValidator(_connection_pattern),
    WithJsonSchema({"type": "string", "pattern": f"^{CONNECTION_PATTERN}$"}),
]


class ApiKeyMake(Asked):
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    owner: Line
    expires_at: Time | None = None
    connections: Annotated[
        list[ConnectionPattern],
        Field(min_length=1, max_length=CONNECTIONS_LIMIT),
        BeforeValidator(_some_connections),
    ] = Field(
        default_factory=absent,
        description="the key sees only what is made of these; without it, it sees all",
    )


class ApiKeyShown(Shown):
    id: str
    owner: str
    scopes: tuple[Scope, ...]
    connections: tuple[str, ...] | None = Field(
        description="the connections that it is restricted to; null: it is not restricted"
    )
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None


class NewApiKey(ApiKeyShown):
    key: str = Field(description="the key itself, shown only this once")
    sees: str = Field(description="what the key will see")


ApiKeyPage = ShownPage[ApiKeyShown]
