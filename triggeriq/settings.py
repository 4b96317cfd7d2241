"""A source's settings: a frozen dataclass of what a connection must say, each field with its docstring.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class AcmeSettings:
        \"\"\"Acme signs with the connection's secret.\"\"\"

        site: str = field(metadata={"max_length": 64})
        \"\"\"The name of the site, as it stands in its address.\"\"\"

`GET /sources` describes it as JSON schema: the docstrings are the descriptions, and `metadata` says what
the type does not (see LIMITS). A rule about several fields is a `__post_init__` that raises
InvalidSetting.

What an admin gives is checked when it is stored; `read_settings` makes the dataclass from it whenever the
connection is used. That needs only the standard library, since a function that receives webhooks must start
fast.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from triggeriq.errors import InvalidSetting

T = TypeVar("T")

_KEEPS: Mapping[str, Callable[[Any, Any], bool]] = {
    "min_length": lambda value, limit: len(value) >= limit,
    "max_length": lambda value, limit: len(value) <= limit,
    "pattern": lambda value, limit: re.fullmatch(limit, value) is not None,
    "ge": operator.ge,
    "le": operator.le,
}
LIMITS = frozenset(_KEEPS)
"""The keys that a field's `metadata` may have. `min_length` and `max_length`: characters of a text, or
members of a list or an object. `pattern`: a regular expression for the whole text, from ^ to $. `ge` and
`le`: the least and the greatest number."""


def fault_of(settings: object) -> str:
    """Why this can't be a source's `settings`; "" where it can."""
    if settings is None:
        return ""
    if not (isinstance(settings, type) and is_dataclass(settings) and _is_frozen(settings)):
        return "its settings are no frozen dataclass"
    for field in fields(settings):
        if unknown := field.metadata.keys() - LIMITS:
            return (
                f"settings.{field.name}: {', '.join(map(str, unknown))} is no limit; "
                f"those are {', '.join(sorted(LIMITS))}"
            )
    return ""


def _is_frozen(settings: Any) -> bool:
    return bool(settings.__dataclass_params__.frozen)


def read_settings(settings: type[T], stored: Mapping[str, Any]) -> T:
    """An instance of the dataclass `settings` with what `stored`, which is JSON, says.

    Nothing is converted, but an int to a float and a list to a tuple: a str needs a text, an int a whole
    number, and so on. Types may be str, int, float, bool, None, Any, Literal, `… | None`, lists, tuples of
    any length, mappings by str, and dataclasses of these. Raises InvalidSetting for anything else, and
    whatever a `__post_init__` raises.
    """
    made: T = _dataclass(settings, stored, "")
    return made


def _dataclass(kind: Any, value: object, place: str) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidSetting("an object is expected", place)
    types, known = _types(kind), {field.name: field for field in fields(kind)}
    for name in value:
        if name not in known:
            raise InvalidSetting("there is no such setting", _within(place, name))
    for name, field in known.items():
        if name not in value and field.default is MISSING and field.default_factory is MISSING:
            raise InvalidSetting("it is missing", _within(place, name))
    return kind(
        **{
            name: _limited(known[name], _value(types[name], one, _within(place, name)), _within(place, name))
            for name, one in value.items()
        }
    )


@cache  # it evaluates each annotation
def _types(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _limited(field: Field[Any], value: Any, place: str) -> Any:
    for limit, bound in field.metadata.items():
        if value is not None and not _KEEPS[limit](value, bound):
            raise InvalidSetting(f"{limit} is {bound}", place)
    return value


def _value(kind: Any, value: Any, place: str) -> Any:
    """`value` as the annotation `kind` wants it. Raises InvalidSetting."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any or (kind in (str, int, float, bool, NoneType) and type(value) is kind):
        return value
    if kind is float and type(value) is int:
        return float(value)
    if is_dataclass(kind):
        return _dataclass(kind, value, place)
    if origin is Literal and any(type(value) is type(one) and value == one for one in arguments):
        return value
    if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
        return None if value is None else _value(_other_than_none(arguments), value, place)
    if origin in (list, Sequence) or (origin is tuple and arguments[1:] == (...,)):
        if type(value) is list:
            items = [_value(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(value)]
            return tuple(items) if origin is tuple else items
    elif origin in (dict, Mapping) and arguments[0] is str and type(value) is dict:
        return {key: _value(arguments[1], one, _within(place, key)) for key, one in value.items()}
    raise InvalidSetting(f"{getattr(kind, '__name__', kind)} is expected", place)


def _other_than_none(arguments: tuple[Any, ...]) -> Any:
    return next(one for one in arguments if one is not NoneType)


def _within(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)
