"""Shapes of what comes in, by the names that routes.py uses: domain values, and models for what is
only asked or only shown. /openapi.json describes each from itself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
)

from chalicelib.api.field_types import Asked, Line, Name, Shown, Time
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.operations.configuration import Configuration as Configuration
from triggeriq import JSON, Feedback


class ReceivedEvent(Shown):
    id: str
    duplicate: bool = Field(description="it had been received before, and nothing was sent again")


class Received(Shown):
    events: list[ReceivedEvent]
    ignored: str | None = Field(None, description="why a request that was understood makes no events")


# ---- connections ---------------------------------------------------------------------------------


class SecretPut(Asked):
    value: Annotated[str, Field(min_length=1, max_length=4_000)]
    expires_at: Time | None = None


def _secret(given: object) -> object:
    """A bare text is a secret without an expiry."""
    return {"value": given} if isinstance(given, str) else given


class ConnectionPut(Asked):
    """Replaces the whole connection. The first secret is the current one."""

    secrets: Annotated[
        list[Annotated[SecretPut, BeforeValidator(_secret, json_schema_input_type=str | SecretPut)]],
        Field(max_length=10),
    ] = []
    settings: dict[str, JSON] = {}
    owner: Line | None = Field(None, description="whose it is; only an admin may name another than himself")


class Reread(Asked):
    since: Time = Field(description="what was received, or uploaded, from then on")
    until: Time | None = Field(None, description="and before then; all until now where it is left out")


class StartedJob(Shown):
    id: str = Field(description="follow it at `/jobs/{id}`")
    status: Literal["queued"]


class SecretShown(Shown):
    id: str = Field(description="eight hex digits of its sha256, to tell two apart")
    current: bool
    expires_at: datetime | None


class Connection(Shown):
    source: str
    connection: str = Field(validation_alias="name")
    owner: str
    secrets: tuple[SecretShown, ...]
    settings: dict[str, Any]
    updated_at: datetime


class Connections(Shown):
    items: tuple[Connection, ...]
    next: str | None


# ---- sources -------------------------------------------------------------------------------------


class SourceShown(Shown):
    name: str
    title: str
    version: str
    plugin: str
    methods: tuple[str, ...]
    content_types: tuple[str, ...]
    takes_webhooks: bool
    reads: tuple[str, ...] = Field(description="endings of the files that it reads")
    verification: tuple[Any, ...] = Field(description="how a webhook proves itself, one row a way")
    settings_schema: dict[str, Any] | None = Field(description="JSON schema of a connection's settings")
    warning: str | None
    last_event_at: datetime | None = Field(description="when it last gave feedback")


class Sources(Shown):
    items: tuple[SourceShown, ...]


class SourcePreviewRequest(Asked):
    headers: dict[str, str] = {}
    body_base64: Annotated[str, Field(max_length=1_400_000)] = ""
    connection: Name = "default"
    method: Literal["POST", "GET", "HEAD", "PUT"] = "POST"
    query: dict[str, str] = {}


class VerificationShown(Shown):
    ok: bool
    reason: str | None


class SourcePreview(Shown):
    verification: VerificationShown
    feedback: tuple[Feedback, ...]
    errors: tuple[str, ...]


# ---- imports and quarantine ----------------------------------------------------------------------


class Import(Shown):
    id: str
    source: str
    connection: str
    key: str
    etag: str
    size: int
    status: Literal["registered", "running", "done", "cancelled", "failed", "refused"]
    read: int = Field(description="rows so far")
    made: int
    quarantined: int
    left: int | None = Field(description="bytes not yet read")
    reason: str | None
    registered_at: datetime
    updated_at: datetime


class Imports(Shown):
    items: tuple[Import, ...]
    next: str | None


class QuarantineQuery(PageQuery):
    source: Name | None = None


class QuarantineEntry(Shown):
    id: str
    source: str
    connection: str
    reason: str
    at: datetime
    where: str
    event_id: str
    by: str = Field(description="plugin/version that refused it")
    replayable: bool


class Quarantine(Shown):
    items: tuple[QuarantineEntry, ...]
    next: str | None


class Replayed(Shown):
    id: str
