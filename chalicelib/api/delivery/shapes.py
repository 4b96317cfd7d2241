"""The shapes of requests and answers about delivery, under the names that routes.py uses. A domain value that
is shown whole is its own shape; a model stands for what a client sends, and for an answer that hides a part
of its value. /openapi.json is made from them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from chalicelib.api.field_types import Asked, Cursor, Limit, Line, Shown, Time, Values, digits
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.delivery.inbox_terms import LEASE_MOST, WAIT_MOST
from chalicelib.pipeline.delivery.inbox import Acked as Acked
from triggeriq import JSON

# ---- which events --------------------------------------------------------------------------------

TYPE_PATTERN = r"(\*|[A-Za-z0-9_:/-][A-Za-z0-9_.:/-]{0,127}(\.\*)?)"
"""What all of a type in a subscription matches."""
PATTERNS_MOST = 50


def _type(given: str) -> str:
    if not re.fullmatch(TYPE_PATTERN, given, re.ASCII):
        raise ValueError("is a type such as ticket.created, ticket.* for all that begin so, or * for all")
    return given


TypeWanted = Annotated[
    str, AfterValidator(_type), WithJsonSchema({"type": "string", "pattern": f"^{TYPE_PATTERN}$"})
]
Filtered = Literal["category", "priority", "sentiment", "source", "connection", "tag"]
FilterWanted = dict[
    Filtered,
    Annotated[list[Line], Field(min_length=1, max_length=PATTERNS_MOST)],
]

# ---- events --------------------------------------------------------------------------------------

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


# ---- the inbox -----------------------------------------------------------------------------------


class InboxQuery(Asked):
    limit: Limit = 10
    cursor: Cursor | None = Field(None, description="`next` of the page before; anything else is a 400")
    lease: Annotated[int, Field(ge=1, le=LEASE_MOST), BeforeValidator(digits)] | None = Field(
        None, description="seconds for which what is given is nobody else's; without it, it is only shown"
    )
    wait: Annotated[int, Field(ge=0, le=WAIT_MOST), BeforeValidator(digits)] = Field(
        0, description="seconds to wait for something where nothing is there"
    )
    type: Values[TypeWanted] = Field(
        (), description="each `order.made`, `order.*` for all that begin so, or `*`"
    )


class ItemShown(Shown):
    id: str = Field(description="by which it is acked")
    event: Event
    lease: str | None = Field(description="yours, to be sent with the ack; null: nothing was taken")
    leased_until: datetime | None = Field(description="until when somebody has it; null: nobody")
    deliveries: int = Field(description="how often it was taken")


class InboxPage(Shown):
    items: tuple[ItemShown, ...]
    next: str | None = Field(
        description="the cursor of what may follow, even where nothing is shown; null at the end"
    )
    count: int = Field(description="all that lies in it and that the key may see; counting stops at 10,000")
    counted_all: bool = Field(description="false: there may be more than `count`")
    oldest_at: datetime | None = Field(description="since when the oldest lies in it; null: it is empty")


class InboxPut(Asked):
    types: Annotated[list[TypeWanted], Field(max_length=PATTERNS_MOST)] = Field(
        description="each `order.made`, `order.*` for all that begin so, or `*`; an empty list: nothing more"
    )
    filter: FilterWanted = Field(
        {}, description="by name, values of which an event must have one; all of it must hold"
    )


class InboxShown(Shown):
    owner: str
    types: tuple[str, ...]
    filter: dict[str, tuple[str, ...]]
    created_at: datetime
    updated_at: datetime


AckId = Annotated[str, Field(min_length=1, max_length=200)]


class AckWith(Asked):
    lease: AckId | None = Field(None, description="the one that it was given with; without it, any")


class AckOf(AckWith):
    id: AckId


class Acks(Asked):
    ids: list[AckId | AckOf] = Field(
        description="100 at most, more are a 413", json_schema_extra={"maxItems": 100}
    )
