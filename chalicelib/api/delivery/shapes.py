"""The shapes of requests and answers about delivery, under the names that routes.py uses. A domain value
that is shown whole is its own shape; a model stands for what a client sends, and for an answer that hides a
part of its value. /openapi.json is made from them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from chalicelib.api.field_types import Asked, Shown
from chalicelib.domain.delivery.event_attributes import FORMS, TEXT_MOST
from chalicelib.domain.delivery.posted_event import MOST
from chalicelib.pipeline.delivery.post_events import PostedEvent
from triggeriq import JSON

# ---- posted events -------------------------------------------------------------------------------
# They are read by domain/delivery/posted_event.py, since `receive` loads no pydantic. These describe them.


_PATTERNS = {name: f"^(?:{form.pattern})$" for name, (form, _) in FORMS.items()}
_TEXT: dict[str, Any] = {"minLength": 1, "maxLength": TEXT_MOST, "pattern": r"^[^\x00-\x1f\x7f-\x9f]*$"}

Id = Annotated[str, Field(pattern=_PATTERNS["id"])]
Type = Annotated[str, Field(pattern=_PATTERNS["type"])]
Reference = Annotated[str, Field(pattern=_PATTERNS["source"])]
Text = Annotated[str, Field(json_schema_extra=_TEXT)]


class ShortEvent(Asked):
    """An event in few words."""

    type: Type = Field(description="such as `order.paid`; what TriggerIQ tells itself is refused")
    data: JSON = None
    id: Id | None = Field(None, description="unique within its source; without it, it gets a UUID")
    source: Reference | None = Field(None, description="without it, `partner.<owner>`")
    subject: Text | None = Field(None, description="what it is about")
    time: datetime | None = Field(None, description="when it happened; without it, now")
    owner: Text | None = Field(None, description="the key's own, if it is said at all")


_EXTENSION: dict[str, Any] = {
    "anyOf": [{"type": "string", **_TEXT}, {"type": "boolean"}, {"type": "integer", "format": "int32"}]
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
    id: Id
    source: Reference
    type: Type = Field(description="such as `order.paid`; what TriggerIQ tells itself is refused")
    subject: Text | None = None
    time: datetime | None = Field(None, description="when it happened; without it, now")
    datacontenttype: Annotated[str, Field(pattern=_PATTERNS["datacontenttype"])] | None = None
    dataschema: Annotated[str, Field(pattern=_PATTERNS["dataschema"])] | None = None
    data: JSON = None
    data_base64: Annotated[str, Field(json_schema_extra={"format": "byte"})] | None = None


class WholeEvents(RootModel[Annotated[list[WholeEvent], Field(max_length=MOST)]]):
    """A batch of CloudEvents."""


class PostedEvents(
    RootModel[ShortEvent | WholeEvent | Annotated[list[ShortEvent | WholeEvent], Field(max_length=MOST)]]
):
    """An event, or a batch of them."""


class PostedAnswer(Shown):
    events: list[PostedEvent] = Field(description="each of them, in the order in which they were sent")
