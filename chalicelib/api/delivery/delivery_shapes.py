"""The shapes of requests and answers about deliveries."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from chalicelib.api.delivery.wanted_shapes import PATTERNS_MOST, TypeWanted
from chalicelib.api.field_types import Asked, PageQuery, Shown, Time, Values
from chalicelib.domain.delivery.delivery import DeliveryStatus, DeliveryView
from chalicelib.domain.page import Page
from chalicelib.errors import Invalid
from chalicelib.pipeline.delivery.follow_deliveries import DeliveryFilter

DeliveryPage = Page[DeliveryView]


class DeliveryQuery(PageQuery):
    status: Values[DeliveryStatus | Literal["undelivered"]] = Field(
        (),
        description="`undelivered`: failed, held, waiting after an attempt that failed, or never tried since "
        "its endpoint is left alone",
    )
    since: Time | None = Field(None, description="only of events that came at this time or later")
    until: Time | None = Field(None, description="only of events that came before this time")

    @model_validator(mode="after")
    def _one_kind(self) -> DeliveryQuery:
        if "undelivered" in self.status and len(set(self.status)) > 1:
            raise Invalid("undelivered stands alone: failed and held are among it", "status")
        return self

    def as_filter(self) -> DeliveryFilter:
        undelivered = "undelivered" in self.status
        statuses = tuple(one for one in self.status if one != "undelivered")
        return DeliveryFilter(statuses, undelivered, self.since, self.until)


class RecoverRequest(Asked):
    since: Time = Field(description="only events that came at this time or later; 14 days back at most")
    until: Time | None = Field(None, description="only events that came before this time; null: before now")
    types: Annotated[list[TypeWanted], Field(max_length=PATTERNS_MOST)] = Field(
        [], description="only of these; without any, of all that the subscription wants"
    )
    dry_run: bool = Field(False, description="only count them")


class Recovery(Shown):
    id: str | None = Field(description="follow the job at `/jobs/{id}`; null: there is none, all is counted")
    found: int = Field(description="deliveries that failed or are held, and events that were never tried")
    exact: bool = Field(description="whether that is all; else it is the least, and the job finds the rest")
    queued: int = Field(description="how many of them the job sends; 0 in a dry run")


class DeliverySources(Shown):
    items: tuple[str, ...] = Field(description="networks that deliveries come from, such as `192.0.2.7/32`")
    reason: str | None = Field(description="why there are none")
