"""What TriggerIQ sends to subscribers, as the `webhooks` of OpenAPI 3.1:
https://spec.openapis.org/oas/v3.1.0.html#oas-webhooks"""

from __future__ import annotations

from chalicelib.api import event_forms
from chalicelib.api.event_examples import example
from chalicelib.api.exchange import JSON_TYPE
from chalicelib.api.schemas import Schema, ShapeKey
from chalicelib.domain.delivery.body import standard_body
from chalicelib.domain.delivery.catalogue import CATALOGUE, EventType

CLOUDEVENT_TYPE = "application/cloudevents+json"
_HEADERS = {
    "webhook-id": (
        "The event's id, the same in every attempt: drop what you have had.",
        {"type": "string", "pattern": "^[A-Za-z0-9_:-]{1,200}$"},
    ),
    "webhook-timestamp": (
        "When this attempt was signed, in seconds since 1970; refuse one that is older than five minutes.",
        {"type": "string", "pattern": "^[0-9]{1,12}$"},
    ),
    "webhook-signature": (
        "`v1,` and the HMAC-SHA256, in base64, of id, timestamp and body with dots between them. While a "
        "secret is rotated there are several, with spaces between them, of which one must fit.",
        {"type": "string", "pattern": "^v1,[A-Za-z0-9+/=]{44}( v1,[A-Za-z0-9+/=]{44})*$"},
    ),
}
_ANSWERS = {
    "2XX": "Taken, within 15 seconds.",
    "410": "Gone: the subscription is paused, and what is due to it is held.",
    "default": "Not taken: the same event is sent again, eight times in all within 28 hours.",
}


def webhooks(shapes: dict[ShapeKey, Schema]) -> Schema:
    """One of each type. shapes: the schemas of what events hold, by their names."""
    return {one.name: {"post": _webhook(one, shapes)} for one in CATALOGUE}


def _webhook(type: EventType, shapes: dict[ShapeKey, Schema]) -> Schema:
    data = shapes[event_forms.DATA[type.name], "serialization"]
    event = example(type.name, posted=type.posted)
    return {
        "operationId": f"on_{type.name.replace('.', '_')}",
        "tags": ["event_types"],
        "summary": type.description,
        "description": "What a subscription gets, of the format `standard` or `cloudevents`.",
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": said, "schema": schema}
            for name, (said, schema) in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {
                JSON_TYPE: {"schema": event_forms.standard(type, data), "example": standard_body(event)},
                CLOUDEVENT_TYPE: {"schema": event_forms.cloudevent(type, data), "example": event},
            },
        },
        "responses": {status: {"description": said} for status, said in _ANSWERS.items()},
    }
