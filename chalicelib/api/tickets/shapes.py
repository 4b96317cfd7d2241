"""The shapes of requests and answers about tickets, under the names that routes.py uses. A domain value is
its own shape; a model stands for what a client sends. /openapi.json is made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, WithJsonSchema, model_validator

from chalicelib.api.field_types import (
    ONE_LINE,
    Address,
    Asked,
    Flag,
    Language,
    Line,
    Name,
    Rating,
    Tag,
    Time,
    Values,
    absent,
)
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.facets import FACET_NAME
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.ticket import CategoryLabel, PriorityLabel, SentimentLabel, Status, Ticket
from chalicelib.domain.tickets.ticket_attachment import TicketAttachment
from chalicelib.domain.tickets.ticket_counts import TicketCounts as TicketCounts
from chalicelib.domain.tickets.ticket_feedback import TicketFeedback
from chalicelib.domain.tickets.ticket_filter import Direction, SortBy, TicketFilter, TicketOrder
from triggeriq import JSON

OWN_FACETS_MOST = 10
OwnFacets = Annotated[
    dict[Annotated[str, Field(pattern=f"^{FACET_NAME}$")], Values[Tag]],
    Field(max_length=OWN_FACETS_MOST),
    # As OpenAPI says it: an object whose properties are parameters of their own
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": rf"^facet\.{FACET_NAME}$"},
            "additionalProperties": {"type": "string", "maxLength": 100, "pattern": ONE_LINE},
            "maxProperties": OWN_FACETS_MOST,
        }
    ),
]


class TicketCountQuery(Asked):
    """What can be given several times finds tickets that fit any of the values."""

    q: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        None, description="words to find, also of the author's name and address"
    )
    status: Values[Status] = ()
    category: Values[CategoryLabel] = ()
    priority: Values[PriorityLabel] = ()
    sentiment: Values[SentimentLabel] = ()
    source: Values[Name] = Field((), description="of any feedback in it")
    connection: Values[Name] = Field((), description="of any feedback in it")
    customer: Values[Line] = Field(
        (), description="an author's or customer's id, an address or a name; the last two may be beginnings"
    )
    assignee: Values[Line] = ()
    tag: Values[Tag] = ()
    rating: Values[Rating] = Field((), description="as the ticket shows it")
    language: Values[Language] = Field((), description="as the ticket shows it")
    version: Values[Line] = Field((), description="of the app, in any feedback in it")
    facet: OwnFacets = Field(
        default_factory=dict,
        description="`facet.<name>=<label>`: of a plugin's own facet; one may be given several times",
    )
    needs_review: Flag | None = None
    since: Time | None = Field(None, description="received at or after")
    until: Time | None = Field(None, description="received before")

    def as_filter(self) -> TicketFilter:
        besides = {"q", "limit", "cursor", "sort", "order"}
        return TicketFilter(query=self.q, **self.model_dump(exclude=besides))


class TicketQuery(TicketCountQuery, PageQuery):
    """Also in which order, and how many."""

    sort: SortBy = "received_at"
    order: Direction = Field("desc", description="`desc`: newest or most urgent first")

    def as_order(self) -> TicketOrder:
        return TicketOrder(self.sort, self.order)


TicketPage = Page[Ticket]
HistoryPage = Page[HistoryEntry]
TicketFeedbackPage = Page[TicketFeedback]
TicketAttachmentPage = Page[TicketAttachment]


class LinkPut(Asked):
    kind: Annotated[Tag, Field(max_length=50, description="what it is to the ticket, such as `issue`")]
    url: Address


class TicketChange(Asked):
    """At least one field; `assignee` may be null. What is set here, triage never overwrites."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    status: Status = Field(default_factory=absent)
    assignee: Line | None = None
    priority: PriorityLabel = Field(default_factory=absent)
    category: CategoryLabel = Field(default_factory=absent)
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=absent)
    links: Annotated[list[LinkPut], Field(max_length=20)] = Field(default_factory=absent)

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


@dataclass(frozen=True, slots=True)
class SplitTickets:
    ticket: Ticket
    """The ticket that was split, with what is left in it."""
    new: Ticket
    """The new ticket, with what was taken out."""
