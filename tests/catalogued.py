"""Holds events against the catalogue: each that a test makes must be as its type's JSON Schema says."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from chalicelib.api.event_forms import schemas
from chalicelib.domain.delivery.catalogue import type_of
from chalicelib.domain.delivery.event import CloudEvent

WITHIN = ("feedback.received",)
"""What TriggerIQ tells only itself."""
ANY = {
    "type": "object",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "type": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "minLength": 1},
        "time": {"type": "string", "format": "date-time"},
    },
    "propertyNames": {"pattern": "^([a-z0-9]{1,40}|data_base64)$"},
}
"""What every CloudEvent is:
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/cloudevents.json"""


def faults(members: Mapping[str, Any], *, ours: bool) -> list[str]:
    """What is wrong with an event, as the members of a CloudEvent, in words. ours: whether TriggerIQ tells
    it. Then its type is in the catalogue, and nothing is in it that its schema does not name."""
    type = type_of(str(members.get("type")))
    if ours and members.get("type") in WITHIN:
        return []
    if ours and (type is None or type.posted):
        return [f"{members.get('type')} is no type of the catalogue that TriggerIQ tells"]
    validators = [_any()]
    if type is not None and type.posted is not ours:
        validators.append(_whole(type.name, closed=ours))
    return [
        f"{members.get('type')} {members.get('id')}: {error.json_path}: {error.message}"
        for validator in validators
        for error in validator.iter_errors(dict(members))
    ]


def check(event: CloudEvent) -> CloudEvent:
    """The same event, if nothing is wrong with it."""
    assert faults(event.as_json(), ours=True) == []
    return event


@cache
def _any() -> Draft202012Validator:
    return Draft202012Validator(ANY, format_checker=FormatChecker())


@cache
def _whole(name: str, *, closed: bool) -> Draft202012Validator:
    schema = schemas()[name][0]
    return Draft202012Validator(_closed(schema) if closed else schema, format_checker=FormatChecker())


def _closed(schema: Any) -> Any:
    """The schema where no object may hold what it does not name."""
    if isinstance(schema, dict):
        closed = {key: _closed(value) for key, value in schema.items()}
        if "properties" in schema and schema.get("type") == "object":
            closed["additionalProperties"] = False
        return closed
    return [_closed(one) for one in schema] if isinstance(schema, list) else schema
