"""The shapes of what is posted at POST /events. domain/delivery/posted_event.py reads it, since `receive`
loads no pydantic; these describe it for /openapi.json."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
)

from chalicelib.api.field_types import Asked, Shown
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.delivery.event_attributes import FORMS, TEXT_MOST
from chalicelib.domain.delivery.posted_event import MOST
from chalicelib.pipeline.delivery.post_events import PostedEvent
from triggeriq import JSON

_PATTERNS = {name: f"^(?:{form.pattern})$" for name, (form, _) in FORMS.items()}
_POSTED_TEXT: dict[str, Any] = {
    "minLength": 1,
    "maxLength": TEXT_MOST,
    "pattern": r"^[^\x00-\x1f\x7f-\x9f]*$",
}

PostedId = Annotated[str, Field(pattern=_PATTERNS["id"])]
PostedType = Annotated[str, Field(pattern=_PATTERNS["type"])]
PostedSource = Annotated[str, Field(pattern=_PATTERNS["source"])]
PostedText = Annotated[str, Field(json_schema_extra=_POSTED_TEXT)]


class ShortEvent(Asked):
    """An event in few words."""

    type: PostedType = Field(description="such as `order.paid`; what TriggerIQ tells itself is refused")
    data: JSON = None
    id: PostedId | None = Field(None, description="unique within its source; without it, it gets a UUID")
    source: PostedSource | None = Field(None, description="without it, `partner.<owner>`")
    subject: PostedText | None = Field(None, description="what it is about")
    time: datetime | None = Field(None, description="when it happened; without it, now")
    owner: PostedText | None = Field(None, description="the key's own, if it is said at all")


_EXTENSION: dict[str, Any] = {
    "anyOf": [
        {"type": "string", **_POSTED_TEXT},
        {"type": "boolean"},
        {"type": "null"},
        {"type": "integer", "format": "int32"},
    ]
}


class WholeEvent(BaseModel):
    """A CloudEvent 1.0. Extension attributes stand beside the others."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "patternProperties": {"^[a-z0-9]{1,20}$": _EXTENSION},
            "additionalProperties": False,
            "not": {"required": ["data", "data_base64"]},
        },
    )

    specversion: Literal["1.0"]
    id: PostedId
    source: PostedSource
    type: PostedType = Field(description="such as `order.paid`; what TriggerIQ tells itself is refused")
    subject: PostedText | None = None
    time: datetime | None = Field(None, description="when it happened; without it, now")
    datacontenttype: Annotated[str, Field(pattern=_PATTERNS["datacontenttype"])] | None = None
    dataschema: Annotated[str, Field(pattern=_PATTERNS["dataschema"])] | None = None
    data: JSON = None
    data_base64: Annotated[str, Field(json_schema_extra={"format": "byte"})] | None = None


class PostedEvents(
    RootModel[ShortEvent | WholeEvent | Annotated[list[ShortEvent | WholeEvent], Field(max_length=MOST)]]
):
    """An event, or a batch of them."""


class PostedAnswer(Shown):
    events: list[PostedEvent] = Field(description="each of them, in the order in which they were sent")
