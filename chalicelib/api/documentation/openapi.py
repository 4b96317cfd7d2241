"""OpenAPI 3.1 from the table of routes and the shapes themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib import __version__
from chalicelib.api.documentation.operation import operation
from chalicelib.api.documentation.webhooks import webhooks
from chalicelib.api.event_forms import data_shapes
from chalicelib.api.parsing import adapter
from chalicelib.api.problems import REUSED, TYPES
from chalicelib.api.routes import ROUTES
from chalicelib.api.schemas import Schema, ShapeKey, schemas_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter

PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. Branch on `type`; `detail` says what to do; give `request_id` when you ask us.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "enum": [f"urn:triggeriq:problem:{slug}" for slug, _ in (*TYPES.values(), REUSED)],
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "reason": {"type": "string", "enum": ["missing", "malformed", "stale", "mismatch"]},
        "field": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "kept": {"type": "string", "description": "the quarantine's id of what was sent"},
    },
}


def document(public_url: str) -> dict[str, Any]:
    """The whole interface. public_url: where the world finds it; "" where the document itself was found."""
    shapes, components = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TriggerIQ",
            "version": __version__,
            "description": "Customer feedback in, classified tickets out. docs/api.md has the conventions.",
        },
        "servers": [{"url": public_url or "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(route.resource for route in ROUTES)],
        "paths": paths,
        "webhooks": webhooks(shapes),
        "components": {
            "schemas": {**components, "Problem": PROBLEM},
            "securitySchemes": {
                "ApiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Api-Key",
                    "description": "`tiq_<id>_<secret>`, with the scopes that it was made with",
                }
            },
        },
    }


def _schemas() -> tuple[dict[ShapeKey, Schema], Schema]:
    """The schemas of all that is sent, answered and told, and the components that these refer to."""
    shapes: dict[ShapeKey, TypeAdapter[Any]] = {}
    for route in ROUTES:
        if route.body:
            shapes[route.body, "validation"] = adapter(route.area, route.body)
        if route.answer:
            shapes[route.answer, "serialization"] = adapter(route.area, route.answer)
    shapes |= {(name, "serialization"): shape for name, shape in data_shapes().items()}
    return schemas_of(shapes)
