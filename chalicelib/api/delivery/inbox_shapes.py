"""The shapes of inboxes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, Field

from chalicelib.api.delivery.event_shapes import Event
from chalicelib.api.delivery.wanted_shapes import PATTERNS_MOST, FilterWanted, TypeWanted
from chalicelib.api.field_types import Asked, Cursor, Limit, Shown, Values, digits
from chalicelib.domain.delivery.inbox_terms import LEASE_MOST, WAIT_MOST


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
