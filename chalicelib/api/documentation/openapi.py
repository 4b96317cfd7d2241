"""OpenAPI 3.1 from the table of routes and the shapes themselves."""

from __future__ import annotations

import http
from typing import TYPE_CHECKING, Any

from chalicelib import __version__
from chalicelib.api.documentation import examples
from chalicelib.api.documentation.schemas import REF, Schema, ShapeKey, schemas_of
from chalicelib.api.exchange import JSON_TYPE, PROBLEM_TYPE
from chalicelib.api.parsing import PARAMETERS, adapter, may_be_empty
from chalicelib.api.problems import TYPES
from chalicelib.api.routes import OPEN, REFUSED, ROUTES, ROWS, WEBHOOK, Route

if TYPE_CHECKING:
    from pydantic import TypeAdapter

PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. Branch on `type`; `detail` says what to do; give `request_id` when you ask us.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "enum": [f"urn:triggeriq:problem:{slug}" for slug, _ in TYPES.values()]},
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


RESTRICTED = {
    ROWS: "A key that is restricted to connections sees only what is made of those alone; for it, anything "
    "else does not exist.",
    REFUSED: "Refused to a key that is restricted to connections.",
}
"""A route's description beside its summary, by what the route gives a restricted caller."""


def document() -> dict[str, Any]:
    """The whole interface."""
    shapes, components = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "TriggerIQ",
            "version": __version__,
            "description": "Customer feedback in, classified tickets out. docs/api.md has the conventions.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name} for name in dict.fromkeys(route.resource for route in ROUTES)],
        "paths": paths,
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
    """The schema of every request's body and of every answer, and the components that these refer to."""
    shapes: dict[ShapeKey, TypeAdapter[Any]] = {}
    for route in ROUTES:
        if route.body:
            shapes[route.body, "validation"] = adapter(route.area, route.body)
        if route.answer:
            shapes[route.answer, "serialization"] = adapter(route.area, route.answer)
    return schemas_of(shapes)


def _operation(route: Route, shapes: dict[ShapeKey, Schema]) -> Schema:
    operation: Schema = {
        "operationId": _operation_id(route),
        "tags": [route.resource],
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": {str(route.status): _success(route, shapes)},
        "security": [] if route.access in (OPEN, WEBHOOK) else [{"ApiKey": [route.access]}],
    }
    if route.restricted in RESTRICTED:
        operation["description"] = RESTRICTED[route.restricted]
    for status in sorted(refusals(route)):
        operation["responses"][str(status)] = {
            "description": TYPES[status][1],
            "content": {PROBLEM_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}},
        }
    if route.body or (route.access == WEBHOOK and route.method == "POST"):
        example = examples.BODY.get(f"{route.method} {route.path}")
        schema = shapes[route.body, "validation"] if route.body else {}
        media = {"schema": schema, **({"example": example} if example else {})}
        operation["requestBody"] = {
            "required": not (route.body and may_be_empty(route)),
            "content": {JSON_TYPE if route.body else "*/*": media},
        }
    return operation


def _operation_id(route: Route) -> str:
    """A unique id: one handler may serve two methods, and paths with and without the connection's name."""
    named = "_named" if "{connection}" in route.path else ""
    return f"{route.handler.replace(':', '_')}_{route.method.lower()}{named}"


def refusals(route: Route) -> set[int]:
    """The statuses of the problems that a route may answer."""
    found = {500, *route.refusals}
    if route.access == WEBHOOK:
        found |= {401, 404, 413, 415} if route.method == "POST" else {401, 404}
    elif route.access != OPEN:
        found |= {401, 403, 503}
    if route.query or route.body:
        found.add(400)
    if "{" in route.path:
        found.add(404)
    if route.body:
        found |= {413, 415}
    return found


def _success(route: Route, shapes: dict[ShapeKey, Schema]) -> Schema:
    success: Schema = {"description": http.HTTPStatus(route.status).phrase}
    if route.status != 204 and route.method != "HEAD":
        schema: Schema = {"type": "object"} if route.media == JSON_TYPE else {"type": "string"}
        if route.answer:
            schema = shapes[route.answer, "serialization"]
        success["content"] = {route.media: {"schema": schema}}
    headers = ["ETag"] * (route.answer in ("Ticket", "Configuration", "SplitTickets")) + ["Location"] * (
        route.status == 201
    )
    if headers:
        success["headers"] = {name: {"schema": {"type": "string"}} for name in headers}
    return success


def _parameters(route: Route) -> list[Schema]:
    parameters: list[Schema] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{pattern}$"},
        }
        for name, pattern in PARAMETERS.items()
        if f"{{{name}}}" in route.path
    ]
    if route.query:
        for name, schema in query_properties(route).items():
            described = {"description": schema.pop("description")} if "description" in schema else {}
            parameters.append({"name": name, "in": "query", "schema": schema, **described})
    if 412 in route.refusals:
        parameters.append(
            {
                "name": "If-Match",
                "in": "header",
                "description": "the ETag that was read; if it has changed since, the answer is 412",
                "schema": {"type": "string"},
            }
        )
    return parameters


def query_properties(route: Route) -> dict[str, Schema]:
    """The fields of a query's shape. `null` is left out of their types: it only means that a field may be
    left out."""
    plain = {}
    for field_name, field in adapter(route.area, route.query).json_schema()["properties"].items():
        options = [option for option in field.get("anyOf", []) if option != {"type": "null"}]
        field = {**field, **(options[0] if len(options) == 1 else {})}
        left_out = {"anyOf", "title"} | ({"default"} if field.get("default") in (None, []) else set())
        plain[field_name] = {key: value for key, value in field.items() if key not in left_out}
    return plain
