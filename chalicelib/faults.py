"""What pydantic found wrong with a value, in our own words: those of JSON and of HTTP, not of Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OTHERWISE = "is not what is wanted here; /docs says what is"
"""For what no shape of ours asks."""

_WORDS: Mapping[str, str] = {
    "missing": "is missing",
    **dict.fromkeys(("missing_argument", "missing_keyword_only_argument"), "is missing"),
    **dict.fromkeys(("extra_forbidden", "unexpected_keyword_argument"), "there is no such field"),
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dataclass_type", "dict_type", "arguments_type"),
        "is an object",
    ),
    **dict.fromkeys(("list_type", "tuple_type", "set_type", "frozen_set_type"), "is a list"),
    "too_short": "has {min_length} or more items",
    "too_long": "has {max_length} or fewer items",
    "none_required": "is null",
    "string_type": "is a text",
    "string_too_short": "has {min_length} or more characters",
    "string_too_long": "has {max_length} or fewer characters",
    "string_pattern_mismatch": "matches {pattern}",
    **dict.fromkeys(("literal_error", "enum"), "is one of {expected}"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "is true or false"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "is a whole number"),
    "int_parsing_size": "is a whole number of fewer digits",
    **dict.fromkeys(("float_type", "float_parsing"), "is a number"),
    "finite_number": "is a finite number",
    "greater_than": "is greater than {gt}",
    "greater_than_equal": "is {ge} or more",
    "less_than": "is less than {lt}",
    "less_than_equal": "is {le} or less",
    "multiple_of": "is a multiple of {multiple_of}",
    **dict.fromkeys(("uuid_type", "uuid_parsing"), "is a UUID"),
    **dict.fromkeys(
        ("datetime_type", "datetime_parsing", "datetime_from_date_parsing"), "is a time in ISO 8601"
    ),
    **dict.fromkeys(("date_type", "date_parsing", "date_from_datetime_parsing"), "is a date in ISO 8601"),
}
"""By pydantic's type of error. What stands in braces is a bound that the shape names, never what was sent."""

_OURS = ("value_error", "assertion_error")
"""Raised by a validator of ours, so its message is ours already."""


def in_words(error: Mapping[str, Any]) -> str:
    """What a field would have to be. error: one of pydantic's `ValidationError.errors()`, with context."""
    context = error.get("ctx", {})
    if error["type"] in _OURS:
        return str(context["error"])
    return _WORDS.get(error["type"], OTHERWISE).format_map(context)
