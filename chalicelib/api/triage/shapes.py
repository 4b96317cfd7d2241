"""Shapes of triage, by the names that routes.py uses: domain values, and models for what is
only asked or only shown. /openapi.json describes each from itself."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    Field,
)

from chalicelib.api.field_types import Asked, Name, Shown
from chalicelib.domain.operations.configuration import Configuration as Configuration
from chalicelib.domain.tickets.ticket import (
    Category,
    Priority,
    Sentiment,
)


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
