"""The shapes of events, read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.api.delivery.wanted_shapes import TypeWanted
from chalicelib.api.field_types import Asked, Line, PageQuery, Shown, Time, Values
from triggeriq import JSON

EventSource = Annotated[str, Field(min_length=1, max_length=1_000)]


class EventQuery(PageQuery):
    """What can be given several times finds events that fit any of the values."""

    type: Values[TypeWanted] = Field(
        (), description="each `order.made`, `order.*` for all that begin so, or `*`"
    )
    source: Values[EventSource] = Field((), description="as CloudEvents have it")
    owner: Values[Line] = Field(
        (), description="who posted it; `triggeriq` is what TriggerIQ tells. Others' are for admins"
    )
    since: Time | None = Field(None, description="received at or after")
    until: Time | None = Field(None, description="received before")


class WhichEvent(Asked):
    source: EventSource | None = Field(None, description="which of several events of that id")
    owner: Line | None = Field(None, description="whose; another's is for admins")


class Event(Shown):
    """The members of the CloudEvent as they were sent, with two of ours."""

    model_config = ConfigDict(from_attributes=True, frozen=True, extra="allow")

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str | None = None
    time: datetime | None = None
    data: JSON = None
    owner: str = Field(description="who posted it; `triggeriq` is what TriggerIQ tells")
    received_at: datetime
    forgotten: bool = Field(False, description="what it held was forgotten; that it came is kept")


class EventPage(Shown):
    items: tuple[Event, ...]
    next: str | None = Field(description="the cursor of what follows; null at the end")
    until: datetime = Field(description="what came since then is not in it yet: ask again with it as `since`")
