"""Turns plain values into DynamoDB's typed attributes, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """An item of str, int, float, bool, None, lists and maps of them."""
    return {name: to_attribute(value) for name, value in values.items()}


def to_attribute(value: Any) -> dict[str, Any]:
    """One typed attribute. Raises TypeError for what DynamoDB has no type for."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            # Half a surrogate pair, which a plugin may have read from JSON, has no form in UTF-8.
            return {"S": value.encode("utf-8", "replace").decode()}
        case int() | float():
            return {"N": repr(value)}
        case bytes():
            return {"B": value}
        case Mapping():
            return {"M": to_item(value)}
        case list() | tuple():
            return {"L": [to_attribute(one) for one in value]}
    raise TypeError(f"{type(value).__name__} has no DynamoDB type")


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The plain values of an item."""
    return {name: _from_attribute(attribute) for name, attribute in item.items()}


def _from_attribute(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return float(value) if "." in value or "e" in value.lower() else int(value)
        case "M":
            return from_item(value)
        case "L":
            return [_from_attribute(one) for one in value]
        case "NULL":
            return None
    return value
