"""A source's settings by pydantic: described for `GET /sources`, and checked when an admin stores them.

Imported only where one of the two is asked for, since pydantic takes long to load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from chalicelib.errors import Invalid
from chalicelib.faults import in_words
from triggeriq import InvalidSetting


@cache
def _adapter(settings: type) -> TypeAdapter[Any]:
    config = ConfigDict(extra="forbid", use_attribute_docstrings=True)
    return TypeAdapter(with_config(config)(settings))


def schema_of(settings: type) -> dict[str, Any]:
    """The JSON schema of the dataclass `settings`, with its docstrings as descriptions."""
    return _adapter(settings).json_schema()


def validated(settings: type, given: Mapping[str, Any]) -> Any:
    """An instance of the dataclass `settings` with what `given` says. Raises Invalid, naming the field as
    "settings.…"."""
    try:
        return _adapter(settings).validate_json(json.dumps(dict(given)), strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
    path = ["settings", *map(str, first["loc"])]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InvalidSetting) and cause.field:
        path.append(cause.field)
    raise Invalid(f"{in_words(first)}; GET /sources shows the settings' schema", ".".join(path))
