"""/configurations: what operators set while the system runs."""

from __future__ import annotations

from typing import Any

from chalicelib.api.entity_tags import etag, wanted_version
from chalicelib.api.exchange import Answer, Call
from chalicelib.api.operations.shapes import ConfigurationPut
from chalicelib.api.parsing import ERRORS_LIMIT, FIELD_LIMIT, shaped
from chalicelib.domain.items import Items
from chalicelib.domain.operations.configuration import SHAPES, Configuration
from chalicelib.errors import InvalidShape, NotFound


def listed(call: Call) -> Items[Configuration]:
    return Items(tuple(call.use.operations.configurations.find(key) for key in SHAPES))


def find(call: Call, key: str) -> Answer:
    return _answer(call.use.operations.configurations.find(_known(key)))


def put(call: Call, key: str, body: ConfigurationPut) -> Answer:
    value = _value(_known(key), body.value)
    if_version = wanted_version(call, lambda: int(call.use.operations.configurations.find(key).version))
    return _answer(
        call.use.operations.configurations.put(key, value, call.caller.name, if_version, call.use.now())
    )


def _known(key: str) -> str:
    if key not in SHAPES:
        raise NotFound(f"there is no configuration {key}; there are {', '.join(SHAPES)}")
    return key


def _value(key: str, given: dict[str, Any]) -> Any:
    """`given` in the key's own shape. Raises InvalidShape, also for a field that the shape does not have: a
    misspelt threshold would otherwise be ignored."""
    from pydantic import TypeAdapter

    shape: TypeAdapter[Any] = TypeAdapter(SHAPES[key])
    value = shaped(shape, given, "value")
    unknown = _unknown(given, shape.dump_python(value, mode="json"), "value")
    if unknown:
        raise InvalidShape(
            [
                {"field": field[:FIELD_LIMIT], "message": "there is no such field"}
                for field in unknown[:ERRORS_LIMIT]
            ]
        )
    return value


def _unknown(given: Any, kept: Any, field: str) -> list[str]:
    """The fields of `given` that `kept` does not have. field: the path of `given` itself."""
    if isinstance(given, dict) and isinstance(kept, dict):
        return [
            found
            for name, item in given.items()
            for found in (
                _unknown(item, kept[name], f"{field}.{name}") if name in kept else [f"{field}.{name}"]
            )
        ]
    if isinstance(given, list) and isinstance(kept, list):
        return [
            found
            for index, (one, other) in enumerate(zip(given, kept, strict=True))
            for found in _unknown(one, other, f"{field}[{index}]")
        ]
    return []


def _answer(configuration: Configuration) -> Answer:
    return Answer(configuration, headers=etag(configuration.version))
