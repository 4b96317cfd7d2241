"""Turns paths, query strings and bodies into what handlers take."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_origin
from urllib.parse import unquote

from chalicelib.domain.page import VALUES_MOST
from chalicelib.domain.strict_json import UNSTORABLE, strict_json
from chalicelib.errors import Invalid, InvalidShape, NotFound, TooLarge, WrongType
from triggeriq.names import NAME

if TYPE_CHECKING:
    from pydantic import TypeAdapter, ValidationError
    from pydantic.fields import FieldInfo

    from chalicelib.api.routes import Route

PARAMETERS = {
    "source": NAME,
    "connection": NAME,
    "key": NAME,
    "id": "[A-Za-z0-9_.:-]{1,200}",
    "type": "[A-Za-z0-9_.:-]{1,128}",
}
"""What a path's parameters match once decoded; anything else is 404."""
ERRORS_LIMIT = 20
"""The most faults that one answer names."""
FIELD_LIMIT = 200
"""Characters of a field's name in an answer: the sender may have sent a name of any length."""


@cache
def adapter(area: str, name: str) -> TypeAdapter[Any]:
    """The validator and serialiser of a shape of chalicelib/api/<area>/shapes.py, made on first use."""
    from pydantic import TypeAdapter

    return TypeAdapter(_shape(area, name))


def path_parameters(raw: Mapping[str, str]) -> dict[str, str]:
    """The path's parameters, decoded (not every gateway does that). Raises NotFound for one that can't be a
    name or an id."""
    parameters = {name: unquote(value) for name, value in raw.items()}
    for name, value in parameters.items():
        if not re.fullmatch(PARAMETERS[name], value, re.ASCII):
            raise NotFound(f"no {name} is called that; it would match {PARAMETERS[name]}")
    return parameters


def body_bytes(event: Mapping[str, Any], limit: int) -> bytes:
    """The body as it was sent. Raises Invalid where its base64 is broken, TooLarge; base64 that is too long
    is not even decoded."""
    body = event.get("body") or b""
    encoded = bool(event.get("isBase64Encoded"))
    if len(body) <= (limit + 2) // 3 * 4 if encoded else len(body) <= limit:
        try:
            body = base64.b64decode(body, validate=True) if encoded else body
        except binascii.Error:
            raise Invalid("the body came in base64 that can't be decoded") from None
        body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
        if len(body) <= limit:
            return body
    raise TooLarge(f"the body may have {limit:,} bytes at most; send less at a time")


def may_be_empty(route: Route) -> bool:
    """Whether a request without a body counts as one with an empty object. Only a POST does, and only where
    no field is required: an empty PUT would replace what is stored."""
    return route.method == "POST" and not any(field.is_required() for field in _fields(route).values())


def body_as(route: Route, body: bytes, content_type: str) -> Any:
    """The body in the route's shape. Raises WrongType and Invalid."""
    media_type = content_type.partition(";")[0].strip().lower()
    if not re.fullmatch(r"application/([\w.-]+\+)?json", media_type, re.ASCII):
        raise WrongType("send Content-Type: application/json, and JSON in UTF-8")
    if not body and not may_be_empty(route):
        raise Invalid(f"the body is empty; send a JSON object with {', '.join(_fields(route))}")
    return shaped(adapter(route.area, route.body), strict_json(body) if body else {})


def _shape(area: str, name: str) -> Any:
    return getattr(import_module(f"chalicelib.api.{area}.shapes"), name)


def _fields(route: Route) -> Mapping[str, FieldInfo]:
    found: Mapping[str, FieldInfo] = _shape(route.area, route.body).model_fields
    return found


def query_as(route: Route, query: Mapping[str, list[str]]) -> Any:
    """The query's parameters in the route's shape, or None where the route takes none. A parameter whose
    field is a tuple may be given several times; a field that is a mapping takes each that begins with its
    name and a dot. Raises Invalid."""
    fields = _shape(route.area, route.query).model_fields if route.query else {}
    kinds = {name: get_origin(field.annotation) for name, field in fields.items()}
    given: dict[str, Any] = {}
    for field, values in query.items():
        name, _, part = field.partition(".")
        within = bool(part) and kinds.get(name) is dict
        several = within or kinds.get(field) is tuple
        most = VALUES_MOST if several else 1
        if len(values) > most:
            times = f"at most {most} times, and ask again for the rest" if several else "once"
            raise Invalid(f"{field} is given {len(values)} times; give it {times}", field)
        if any(map(UNSTORABLE.search, values)):
            raise Invalid(f"{field} holds a character that no text has", field)
        if within:
            given.setdefault(name, {})[part] = tuple(values)
        else:
            given[field] = tuple(values) if several else values[0]
    if not route.query:
        if given:
            field = next(iter(given))
            raise Invalid(f"{field} is no parameter of this address", field)
        return None
    return _shaped(adapter(route.area, route.query).validate_python, given, given)


def shaped(into: TypeAdapter[Any], value: Any, field: str = "") -> Any:
    """`value`, which was JSON, in its shape: true is no number, and "5" none either. field: the name of the
    field that holds it; "" where it is the whole body.

    Raises InvalidShape, which never repeats what was sent: it may be a secret.
    """
    return _shaped(partial(into.validate_json, strict=True), json.dumps(value), value, field)


def _shaped(validate: Callable[[Any], Any], given: Any, value: Any, field: str = "") -> Any:
    from pydantic import ValidationError

    try:
        return validate(given)
    except ValidationError as error:
        raise InvalidShape(_errors(error, value, field)) from None
    except Invalid as error:  # of a value that checks itself
        raise InvalidShape([{"field": f"{field}.{error.field}".strip("."), "message": str(error)}]) from None


def _errors(error: ValidationError, value: Any, within: str) -> list[dict[str, str]]:
    from chalicelib.faults import in_words

    found = []
    for each in error.errors(include_url=False, include_input=False)[:ERRORS_LIMIT]:
        field = _field_at(each["loc"], value, within, each["type"] == "missing")
        shown = field[:FIELD_LIMIT].encode("utf-8", "replace").decode()
        found.append({"field": shown, "message": in_words(each)})
    return found


def _field_at(parts: tuple[str | int, ...], value: Any, field: str, missing: bool) -> str:
    """The path of a field as its sender would write it, such as rules[0].priority. parts: the path as
    pydantic gives it; names of shapes in it are left out. field: the path of `value` itself."""
    for index, part in enumerate(parts):
        if isinstance(value, list) and isinstance(part, int):
            field, value = f"{field}[{part}]", value[part]
        elif isinstance(value, dict) and part in value:
            field, value = f"{field}.{part}", value[part]
        elif missing and isinstance(value, dict) and index == len(parts) - 1:
            field = f"{field}.{part}"
    return field.removeprefix(".")
