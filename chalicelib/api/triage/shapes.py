"""The shapes of requests and answers about triage, under the names that routes.py uses. /openapi.json is made
from them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from chalicelib.api.field_types import Asked, Name, Shown
from chalicelib.domain.tickets.ticket import Category, Facet, HookFailure, Priority, Sentiment


class TriagePreviewItem(Asked):
    text: Annotated[str, Field(max_length=100_000)]
    title: Annotated[str, Field(max_length=1_000)] | None = None
    rating: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    source: Name | None = None
    connection: Name | None = None


class TriagePreviewRequest(Asked):
    items: Annotated[list[TriagePreviewItem], Field(min_length=1, max_length=100)]


class TriagePreviewShown(Shown):
    category: Category
    sentiment: Sentiment
    language: str | None
    priority: Priority
    facets: dict[str, Facet] = Field(description="what classifiers said beside these, by the facet's name")
    details: dict[str, Any]
    title: str
    needs_review: bool
    failures: tuple[HookFailure, ...] = Field(description="hooks of plugins that gave no answer, and why")


class TriagePreviewList(Shown):
    items: tuple[TriagePreviewShown, ...]
