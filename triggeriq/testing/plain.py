"""An item as plain JSON, as golden requests keep it: what stands at its default is left out."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from triggeriq import Item


def plain(item: Item) -> dict[str, Any]:
    """{"feedback": {"external_id": "7", "text": "…"}}: the kind of the item, and its fields. Times are in ISO
    8601, in UTC. Of an attached file there is its size, and of a `Bad` neither its bytes nor its reason."""
    kind = type(item).__name__.lower()
    shown = _fields(item)
    if kind == "bad":
        shown = {"where": shown["where"]}
    return {kind: shown}


def _fields(value: Any) -> dict[str, Any]:
    shown = {}
    for field in fields(value):
        if field.name == "content":
            continue
        found = getattr(value, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if found != default:
            shown[field.name] = _value(found)
    return shown


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, (list, tuple)):
        return [_value(one) for one in value]
    if isinstance(value, dict):
        return {key: _value(one) for key, one in value.items()}
    return value
