"""One route as an operation of OpenAPI: what is sent, and every answer that there may be."""

from __future__ import annotations

import http

from chalicelib.api.documentation import examples
from chalicelib.api.entity_tags import TAGS
from chalicelib.api.exchange import JSON_TYPE, PROBLEM_TYPE
from chalicelib.api.idempotency import HEADER
from chalicelib.api.parsing import PARAMETERS, adapter, may_be_empty
from chalicelib.api.problems import TYPES
from chalicelib.api.routes import OPEN, REFUSED, ROWS, WEBHOOK, Route
from chalicelib.api.schemas import REF, Schema, ShapeKey
from chalicelib.domain.delivery.catalogue import CATALOGUE
from chalicelib.domain.operations.configuration import SHAPES

RESTRICTED = {
    ROWS: "A key that is restricted to connections sees only what is made of those alone; for it, anything "
    "else does not exist.",
    REFUSED: "Refused to a key that is restricted to connections.",
}
"""A route's description beside its summary, by what the route gives a restricted caller."""

_TEXT: Schema = {"type": "string"}
_WITH_TAG = (
    "Ticket", "ConfigurationShown", "SplitTickets", "SubscriptionShown", "NewSubscription",
    "KeptSubscription",
)  # fmt: skip
"""Answers that come with an ETag."""
_PRECONDITIONS = {
    412: ("If-Match", "the ETag that was read, or several; if it has changed since, the answer is 412"),
    304: ("If-None-Match", "the ETag that was read; if it has not changed since, the answer is 304"),
}
"""The header that a status is an answer to, and what it says."""

_AGAIN = (
    "a name for this request, new for each: sent again with it, for 24 hours, the request is answered as "
    "before, and not done again"
)
_KEY: Schema = {"type": "string", "minLength": 1, "maxLength": 257}


def operation(route: Route, shapes: dict[ShapeKey, Schema]) -> Schema:
    """shapes: the schemas of bodies and answers, by their names."""
    described: Schema = {
        "operationId": route.name,
        "tags": [route.resource],
        "summary": route.summary,
        "parameters": _parameters(route),
        "responses": _responses(route, shapes),
        "security": [] if route.access in (OPEN, WEBHOOK) else [{"ApiKey": [route.access]}],
    }
    if route.restricted in RESTRICTED:
        described["description"] = RESTRICTED[route.restricted]
    if route.body or _brings_bytes(route):
        described["requestBody"] = _body(route, shapes)
    return described


def _brings_bytes(route: Route) -> bool:
    """Whether a provider sends a body of his own there."""
    return route.access == WEBHOOK and route.method in ("POST", "PUT")


def _body(route: Route, shapes: dict[ShapeKey, Schema]) -> Schema:
    example = examples.BODY.get(f"{route.method} {route.path}")
    media: Schema = {"schema": shapes[route.body, "validation"] if route.body else {}}
    if example:
        media["example"] = example
    body: Schema = {
        "required": bool(route.body) and (bool(route.reads) or not may_be_empty(route)),
        "content": {JSON_TYPE: media},
    }
    if route.reads:  # generated clients can't tell the shapes of several content types apart
        body["description"] = f"Taken as {', '.join(route.reads)} too, where it is that."
    if not route.body:
        body["description"] = (
            "The provider's bytes, as he signs them. A source may take other content types too: GET /sources "
            "names those of each."
        )
    return body


# ---- answers -------------------------------------------------------------------------------------


def _responses(route: Route, shapes: dict[ShapeKey, Schema]) -> Schema:
    responses = {str(route.status): _success(route, shapes)}
    for status in route.also:
        responses[str(status)] = _also(route, status, shapes)
    for status in sorted(refusals(route)):
        response = responses.setdefault(str(status), {"description": TYPES[status][1]})
        response.setdefault("content", {})[PROBLEM_TYPE] = {"schema": {"$ref": REF.format(model="Problem")}}
    return responses


def _success(route: Route, shapes: dict[ShapeKey, Schema]) -> Schema:
    success: Schema = {"description": http.HTTPStatus(route.status).phrase}
    if route.answer:
        success["content"] = {route.media: {"schema": shapes[route.answer, "serialization"]}}
    elif route.media != JSON_TYPE:
        success["content"] = {route.media: {"schema": _TEXT}}
    elif route.path == "/openapi.json":
        success["content"] = {route.media: {"schema": {"type": "object"}}}
    headers = ["ETag"] * (route.answer in _WITH_TAG)
    headers += ["Location"] * (route.status in (201, 302) or route.answer == "StartedJob")
    if headers:
        success["headers"] = {name: {"schema": _TEXT} for name in headers}
    return success


def _also(route: Route, status: int, shapes: dict[ShapeKey, Schema]) -> Schema:
    """A further answer that is no problem."""
    described: Schema = {"description": http.HTTPStatus(status).phrase}
    if route.access == WEBHOOK:
        described = {
            "description": "The source's own answer to a handshake of its provider",
            "content": {"text/plain": {"schema": _TEXT}},
        }
    elif status != 304:
        described["content"] = {JSON_TYPE: {"schema": shapes[route.answer, "serialization"]}}
    return described


def refusals(route: Route) -> set[int]:
    """The statuses of the problems that a route may answer."""
    found = {500, *route.refusals}
    if route.access == WEBHOOK:
        found |= {401, 404}
    else:
        found.add(400)  # at least for a parameter that it does not have
    if route.access not in (OPEN, WEBHOOK):
        found |= {401, 403, 503}
    if "{" in route.path:
        found.add(404)
    if route.body or _brings_bytes(route):
        found |= {413, 415}
    if route.idempotent:
        found |= {409, 422}
    return found


# ---- parameters ----------------------------------------------------------------------------------


def _parameters(route: Route) -> list[Schema]:
    parameters: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": _path_parameter(name)}
        for name in PARAMETERS
        if f"{{{name}}}" in route.path
    ]
    if route.query:
        for name, schema in query_properties(route).items():
            described = {"description": schema.pop("description")} if "description" in schema else {}
            parameters.append({"name": name, "in": "query", "schema": schema, **described})
    for status, (header, description) in _PRECONDITIONS.items():
        if status in (*route.refusals, *route.also):
            schema = {"type": "string", "pattern": TAGS}
            parameters.append({"name": header, "in": "header", "description": description, "schema": schema})
    if route.idempotent:
        parameters.append({"name": HEADER, "in": "header", "description": _AGAIN, "schema": _KEY})
    return parameters


def _path_parameter(name: str) -> Schema:
    if name == "key":
        return {"type": "string", "enum": list(SHAPES)}
    if name == "type":
        return {"type": "string", "enum": [one.name for one in CATALOGUE]}
    return {"type": "string", "pattern": f"^{PARAMETERS[name]}$"}


def query_properties(route: Route) -> dict[str, Schema]:
    """The fields of a query's shape. `null` is left out of their types: it only means that a field may be
    left out."""
    plain = {}
    for field_name, field in adapter(route.area, route.query).json_schema()["properties"].items():
        options = [option for option in field.get("anyOf", []) if option != {"type": "null"}]
        left_out = {"title"} | ({"default"} if field.get("default") in (None, []) else set())
        if len(options) == 1:
            left_out.add("anyOf")
            field = {**field, **options[0]}
        elif options:
            field = {**field, "anyOf": options}
        plain[field_name] = {key: value for key, value in field.items() if key not in left_out}
    return plain
