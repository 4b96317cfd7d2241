"""The shapes of answers about types of events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, RootModel

from chalicelib.api.field_types import Asked
from chalicelib.domain.items import Items
from triggeriq import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class EventForm:
    """A form in which an event is delivered."""

    schema: Mapping[str, JSON]
    """JSON Schema, 2020-12."""
    example: Mapping[str, JSON]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTypeShown:
    type: str
    group: str
    """What it is about."""
    description: str
    since: str
    """The first version of TriggerIQ that has it."""
    posted: bool
    """Whether partners and teams post it at POST /events; else TriggerIQ tells it."""
    schema: Mapping[str, JSON]
    """JSON Schema, 2020-12, of the event in CloudEvents' JSON format, as log, inbox and subscriptions of the
    format `cloudevents` have it."""
    example: Mapping[str, JSON]
    """Such an event."""
    standard: EventForm
    """The same as subscriptions of the format `standard` get it."""


EventTypeList = Items[EventTypeShown]


class SampleQuery(Asked):
    format: Literal["standard", "cloudevents"] = Field(
        "standard", description="that of the subscription; with `standard` each has the event's `id`, too"
    )


class EventSamples(RootModel[list[dict[str, Any]]]):
    """The newest first, in the form in which they are delivered."""
