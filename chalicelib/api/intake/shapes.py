"""The shapes of requests and answers about intake, under the names that routes.py uses. A domain value that
is shown whole is its own shape; a model stands for what a client sends, and for an answer that hides a part
of its value. /openapi.json is made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from chalicelib.api.field_types import Asked, Cursor, Line, Name, Shown, ShownPage, Time
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.intake.connection import ConnectionView as ConnectionView
from chalicelib.domain.intake.source_preview import SourcePreview as SourcePreview
from chalicelib.domain.intake.source_view import SourceView
from chalicelib.domain.intake.upload_form import UploadForm as UploadForm
from chalicelib.domain.items import Items
from chalicelib.domain.page import Page
from chalicelib.pipeline.intake.connect import SECRET_LENGTH, SECRETS_LIMIT
from chalicelib.pipeline.intake.publish import PublishedEvent
from triggeriq import JSON


class WebhookAnswer(Shown):
    events: list[PublishedEvent]
    ignored: str | None = Field(None, description="why a request that was understood makes no events")


# ---- connections ---------------------------------------------------------------------------------


SecretText = Annotated[str, Field(min_length=1, max_length=SECRET_LENGTH)]


class SecretPut(Asked):
    value: SecretText
    expires_at: Time | None = None


def _secret(given: object) -> object:
    """A bare text is a secret without an expiry."""
    return {"value": given} if isinstance(given, str) else given


class ConnectionPut(Asked):
    """Replaces the whole connection. The first secret is the current one."""

    secrets: Annotated[
        list[Annotated[SecretPut, BeforeValidator(_secret, json_schema_input_type=SecretText | SecretPut)]],
        Field(max_length=SECRETS_LIMIT),
    ] = []
    settings: dict[str, JSON] = Field({}, description="as GET /sources describes those of the source")
    owner: Line | None = Field(None, description="who owns it; only an admin may name another owner")


ConnectionPage = Page[ConnectionView]


class RereadRequest(Asked):
    since: Time = Field(description="only what was received or uploaded at this time or later")
    until: Time | None = Field(None, description="only what came before this time; without it, all until now")


class StartedJob(Shown):
    id: str = Field(description="follow it at `/jobs/{id}`")
    status: Literal["queued"]


# ---- sources -------------------------------------------------------------------------------------


SourceList = Items[SourceView]


_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class SourcePreviewRequest(Asked):
    headers: dict[str, str] = {}
    body_base64: str = Field("", max_length=1_400_000, json_schema_extra={"pattern": _BASE64})
    connection: Name = "default"
    method: Literal["POST", "GET", "HEAD", "PUT"] = "POST"
    query: dict[str, str] = {}
    url: str = Field(
        "",
        max_length=2_000,
        description="the whole address, where it is signed; without it the webhook's own",
    )


# ---- uploads -------------------------------------------------------------------------------------


class UploadRequest(Asked):
    source: Name
    connection: Name = "default"
    file: str = Field(
        min_length=1, max_length=900, description="its name; the ending says how it is read: reviews.csv.gz"
    )
    content_type: Line | None = Field(None, description="if given, the form takes the file as this alone")


# ---- imports and quarantine ----------------------------------------------------------------------


class ImportShown(Shown):
    id: str
    source: str
    connection: str
    key: str
    etag: str
    size: int
    status: Literal["registered", "unpacking", "running", "done", "cancelled", "failed", "refused"]
    read: int = Field(description="rows so far")
    made: int
    quarantined: int
    left: int | None = Field(description="bytes not yet read; of a large packed file its unpacked ones")
    rows_left: int | None = Field(description="rows not yet read, about; null: nobody knows")
    reason: str | None
    registered_at: datetime
    updated_at: datetime


ImportPage = ShownPage[ImportShown]


class BadRowsQuery(Asked):
    form: Literal["file", "list"] | None = Field(
        None,
        description="`file`: in the file's own form, to be mended and sent again; `list`: the reasons",
    )
    cursor: Cursor | None = Field(None, description="of the header `Link`, where one answer can't hold all")


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


QuarantinePage = ShownPage[QuarantineEntry]


class Replayed(Shown):
    id: str
