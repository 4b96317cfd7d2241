"""The events of the catalogue as JSON Schema, in both forms in which they go out.

CloudEvents' JSON format: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
Standard Webhooks' body: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.api.parsing import adapter
from chalicelib.api.schemas import REF, Schema, schemas_of
from chalicelib.domain.delivery.catalogue import CATALOGUE, EventType
from chalicelib.domain.delivery.event import OURSELVES

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DATA: Mapping[str, str] = {
    "ticket.created": "TicketEvent",
    "ticket.updated": "TicketEvent",
    "ticket.resolved": "TicketEvent",
    "ticket.answered": "TicketEvent",
    "release.published": "Release",
    "source.silent": "SilentSource",
    "file.received": "ReceivedFile",
    "plugin.failed": "FailedPlugin",
    "dlq.not_empty": "DeadLettersEvent",
    "endpoint.failing": "EndpointEvent",
    "endpoint.disabled": "EndpointEvent",
    "endpoint.recovered": "EndpointEvent",
    "endpoint.exhausted": "ExhaustedDelivery",
    "subscription.test": "TrialSend",
    "customer.updated": "CustomerUpdated",
    "order.updated": "OrderUpdated",
    "interaction.recorded": "InteractionRecorded",
}
"""What an event of each type holds: a shape of chalicelib/api/delivery/shapes.py."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}


def data_shapes() -> dict[str, TypeAdapter[Any]]:
    """The shape of each kind of data, by its name."""
    return {name: adapter("delivery", name) for name in dict.fromkeys(DATA.values())}


def cloudevent(type: EventType, data: Schema) -> Schema:
    """The schema of an event in CloudEvents' JSON format. data: that of what it holds."""
    source = _TEXT if type.posted else {"const": OURSELVES}
    media = _TEXT if type.posted else {"const": "application/json"}
    always = ["specversion", "id", "source", "type", "time"]
    return {
        "type": "object",
        "description": type.description,
        "required": always if type.posted else [*always, "subject", "datacontenttype", "data"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {**_TEXT, "description": "The same however often the event comes: drop what you have had."},
            "source": {**source, "description": "With `id` it tells the event from every other."},
            "type": {"const": type.name},
            "subject": {**_TEXT, "description": "What it is about."},
            "time": {**_TIME, "description": "When it happened."},
            "datacontenttype": media,
            "traceparent": {**_TEXT, "description": "The trace of what brought it about."},
            "data": data,
        },
    }


def standard(type: EventType, data: Schema) -> Schema:
    """The schema of the same as the body of a Standard Webhook, whose id is in the header webhook-id."""
    return {
        "type": "object",
        "description": type.description,
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"const": type.name},
            "timestamp": {**_TIME, "description": "When it happened."},
            "data": data,
        },
    }


def schemas() -> dict[str, tuple[Schema, Schema]]:
    """Of each type both schemas, each complete in itself."""
    found, components = schemas_of({(name, "serialization"): shape for name, shape in data_shapes().items()})
    made = {}
    for type in CATALOGUE:
        data = found[DATA[type.name], "serialization"]
        made[type.name] = tuple(_whole(form(type, data), components) for form in (cloudevent, standard))
    return made  # type: ignore[return-value]


def _whole(schema: Schema, components: Schema) -> Schema:
    """The schema with all that it refers to in itself."""
    needed: dict[str, Schema] = {}
    left = [*_named(schema)]
    while left:
        name = left.pop()
        if name not in needed:
            needed[name] = components[name]
            left += _named(components[name])
    whole: Schema = _within({**schema, "$defs": dict(sorted(needed.items()))})
    return {"$schema": DIALECT, **whole}


def _named(schema: Any) -> list[str]:
    """The names of the schemas that this one refers to."""
    if isinstance(schema, dict):
        here = [schema["$ref"].removeprefix(REF.format(model=""))] if "$ref" in schema else []
        return here + [name for one in schema.values() for name in _named(one)]
    return [name for one in schema for name in _named(one)] if isinstance(schema, list) else []


def _within(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {
            key: value.replace(REF.format(model=""), "#/$defs/") if key == "$ref" else _within(value)
            for key, value in schema.items()
        }
    return [_within(one) for one in schema] if isinstance(schema, list) else schema
