"""What crosses the API, by the names that routes.py uses: domain values where there are, and models
for what is only asked or only shown. Everything here is described in /openapi.json from itself."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from chalicelib.api.pieces import Asked, Line, Name, PageQuery, Shown, Tag, Time, absent
from chalicelib.domain.access import Scope
from chalicelib.domain.configuration import SHAPES
from chalicelib.domain.configuration import Configuration as Configuration
from chalicelib.domain.page import Page
from chalicelib.domain.ticket import (
    Category,
    CategoryLabel,
    HistoryEntry,
    Priority,
    PriorityLabel,
    Sentiment,
    SentimentLabel,
    Status,
    Ticket,
    TicketFilter,
)
from chalicelib.domain.ticket_feedback import TicketFeedback
from triggeriq import JSON, Feedback

# ---- health and webhooks ---------------------------------------------------------------------------


class HealthQuery(Asked):
    deep: bool = Field(False, description="ask every dependency too; needs the scope admin")


class Health(Shown):
    status: Literal["ok", "degraded"]
    version: str
    stage: str
    checks: dict[str, str] | None = Field(None, description="each dependency, `ok` or what ails it")


class ReceivedEvent(Shown):
    id: str
    duplicate: bool = Field(description="it had been received before, and nothing was sent again")


class Received(Shown):
    events: list[ReceivedEvent]
    ignored: str | None = Field(None, description="why a request that was understood makes no events")


# ---- tickets ---------------------------------------------------------------------------------------


class TicketQuery(PageQuery):
    q: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(None, description="words to find")
    status: Status | None = None
    category: CategoryLabel | None = None
    priority: PriorityLabel | None = None
    sentiment: SentimentLabel | None = None
    source: Name | None = None
    connection: Name | None = None
    customer: Line | None = None
    assignee: Line | None = None
    tag: Tag | None = None
    needs_review: bool | None = None
    since: Time | None = Field(None, description="received at or after")
    until: Time | None = Field(None, description="received before")

    def as_filter(self) -> TicketFilter:
        return TicketFilter(query=self.q, **self.model_dump(exclude={"q", "limit", "cursor"}))


Tickets = Page[Ticket]
History = Page[HistoryEntry]
TicketFeedbackPage = Page[TicketFeedback]


class TicketChange(Asked):
    """At least one field; `assignee` may be null. What is set here, triage never overwrites."""

    status: Status = Field(default_factory=absent)
    assignee: Line | None = None
    priority: PriorityLabel = Field(default_factory=absent)
    category: CategoryLabel = Field(default_factory=absent)
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=absent)

    @model_validator(mode="after")
    def _something(self) -> TicketChange:
        if not self.model_fields_set:
            raise ValueError("nothing is to be changed; send at least one field")
        return self

    def fields(self) -> dict[str, JSON]:
        """What was sent, by name; tags without repeats."""
        sent = self.model_dump(include=self.model_fields_set)
        if "tags" in sent:
            sent["tags"] = list(dict.fromkeys(sent["tags"]))
        return sent


class Merge(Asked):
    tickets: Annotated[list[UUID], Field(min_length=1, max_length=100)]


class FeedbackName(Asked):
    source: Name
    connection: Name = "default"
    external_id: Annotated[str, Field(min_length=1, max_length=1_000)]


class Split(Asked):
    feedback: Annotated[list[FeedbackName], Field(min_length=1, max_length=100)]


class SplitTickets(Shown):
    ticket: Ticket = Field(description="what is left")
    new: Ticket


# ---- connections -----------------------------------------------------------------------------------


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


# ---- sources, previews, plugins --------------------------------------------------------------------


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


class TextItem(Asked):
    text: Annotated[str, Field(max_length=100_000)]
    title: Annotated[str, Field(max_length=1_000)] | None = None
    rating: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    source: Name | None = None


class TriagePreviewRequest(Asked):
    items: Annotated[list[TextItem], Field(min_length=1, max_length=100)]


class TriagePreviewShown(Shown):
    category: Category
    sentiment: Sentiment
    language: str | None
    priority: Priority
    details: dict[str, Any]
    title: str
    needs_review: bool


class TriagePreviews(Shown):
    items: tuple[TriagePreviewShown, ...]


class PluginShown(Shown):
    name: str
    version: str
    hooks: tuple[str, ...]
    from_: str = Field(alias="from", validation_alias="from_")
    status: Literal["loaded", "failed"]
    error: str | None
    calls: int = 0
    failures: int = 0


class Plugins(Shown):
    items: tuple[PluginShown, ...]


# ---- configurations --------------------------------------------------------------------------------


class Configurations(Shown):
    items: tuple[Configuration, ...]


def _some(given: object) -> object:
    if given is None:
        held = (f"{', '.join(field.name for field in fields(SHAPES[key]))} ({key})" for key in SHAPES)
        raise PydanticCustomError(
            "missing",
            f'Send what it is to hold: {" or ".join(held)}; {{"value": {{}}}} brings the defaults back',
        )
    return given


class ConfigurationPut(Asked):
    """What GET gave, with another `value`; the rest is not looked at. The bare value will do as well,
    unless it is empty: only `{"value": {}}` is meant to bring the defaults back."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    value: Annotated[dict[str, JSON], BeforeValidator(_some, json_schema_input_type=dict[str, JSON])]

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, given: Any) -> Any:
        return {"value": given or None} if isinstance(given, dict) and "value" not in given else given


# ---- what went wrong, and files --------------------------------------------------------------------


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


class Redrive(Asked):
    queue: Name | None = Field(None, description="one queue's name; without it, all")


class Redriven(Shown):
    moved: dict[str, int]


# ---- API keys --------------------------------------------------------------------------------------


class ApiKeyMake(Asked):
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    owner: Line
    expires_at: Time | None = None


class ApiKeyShown(Shown):
    id: str
    owner: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None


class NewApiKey(ApiKeyShown):
    key: str = Field(description="the key itself, this once")


class ApiKeys(Shown):
    items: tuple[ApiKeyShown, ...]
    next: str | None
