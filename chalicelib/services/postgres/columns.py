"""The columns of a dataclass: a field is a column of its name, and its type says the column's.

A field that holds a small dataclass has a column for each of its fields, with the field's name before it; the
column of a `label` is named as the field alone: category, category_confidence, category_by.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

from chalicelib.domain.as_json import as_json

# By the text of the annotation, so that no start has to resolve it.
_TYPES = {
    "str": "text",
    "str | None": "text",
    "Status": "text",
    "Kind": "text",
    "Uuid": "uuid",
    "Uuid | None": "uuid",
    "int": "bigint",
    "float": "double precision",
    "float | None": "double precision",
    "bool": "boolean",
    "datetime": "timestamptz",
    "datetime | None": "timestamptz",
    "tuple[str, ...]": "text[]",
    "Mapping[str, JSON]": "jsonb",
    "Mapping[str, str]": "jsonb",
    "Mapping[str, Facet]": "jsonb",
    "tuple[Link, ...]": "jsonb",
    "tuple[Attachment, ...]": "jsonb",
    "Handled | None": "jsonb",
}


class Column(NamedTuple):
    """One column."""

    name: str
    type: str


class Mapped(NamedTuple):
    """A dataclass and its columns."""

    columns: tuple[Column, ...]
    to_row: Callable[[Any], list[Any]]
    """The columns' values, in their order."""
    arguments: Callable[[Sequence[Any]], dict[str, Any]]
    """The fields' values, by name, from the columns'."""


def mapped(cls: type, only: Callable[[Field[Any]], bool] = lambda field: True) -> Mapped:
    """The columns of those fields of `cls` that `only` takes. Raises KeyError for a field whose type is none
    of the above."""
    columns: list[Column] = []
    paths: list[str] = []
    plain: list[tuple[str, int]] = []
    made: list[tuple[str, int, int, Callable[[Sequence[Any]], Any]]] = []
    for field in filter(only, fields(cls)):
        part, start = _part(cls, field), len(columns)
        columns += part.columns
        paths += part.paths
        if part.make is None:
            plain.append((field.name, start))
        else:
            made.append((field.name, start, len(columns), part.make))
    values = attrgetter(*paths)
    json_columns = [index for index, column in enumerate(columns) if column.type == "jsonb"]

    def to_row(value: Any) -> list[Any]:
        row = list(values(value))
        for index in json_columns:
            row[index] = as_json(row[index])
        return row

    def arguments(row: Sequence[Any]) -> dict[str, Any]:
        found = {name: row[index] for name, index in plain}
        for name, start, end, make in made:
            found[name] = make(row[start:end])
        return found

    return Mapped(tuple(columns), to_row, arguments)


class _Part(NamedTuple):
    """One field's columns."""

    columns: tuple[Column, ...]
    paths: tuple[str, ...]
    """Where the value of each is in the dataclass, as `attrgetter` takes it."""
    make: Callable[[Sequence[Any]], Any] | None
    """Makes the field's value of its columns' values; None where the one value is it."""


def _part(cls: type, field: Field[Any]) -> _Part:
    name, written = field.name, str(field.type)
    known = vars(sys.modules[cls.__module__])
    inner = known.get(written)
    if is_dataclass(inner) and isinstance(inner, type):
        inside = mapped(inner)
        columns = tuple(Column(_joined(name, column.name), column.type) for column in inside.columns)
        paths = tuple(f"{name}.{path.name}" for path in fields(inner))
        return _Part(columns, paths, lambda row: inner(**inside.arguments(row)))
    column = Column(name, _TYPES[written])
    make: Callable[[Sequence[Any]], Any] | None = None
    if column.type == "text[]":
        make = _tuple
    elif written.startswith("tuple["):
        make = _items_of(known[written.removeprefix("tuple[").partition(",")[0]])
    elif is_dataclass(known.get(named := written.removeprefix("Mapping[str, ").removesuffix("]"))):
        make = _by_name(known[named])
    elif is_dataclass(held := known.get(written.removesuffix(" | None"))):
        make = _one_of(held)
    return _Part((column,), (name,), make)


def _tuple(row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[0])


def _items_of(item: type) -> Callable[[Sequence[Any]], Any]:
    return lambda row: tuple(item(**one) for one in row[0])


def _by_name(item: type) -> Callable[[Sequence[Any]], Any]:
    return lambda row: {name: item(**one) for name, one in row[0].items()}


def _one_of(cls: Any) -> Callable[[Sequence[Any]], Any]:
    times = {field.name for field in fields(cls) if str(field.type).startswith("datetime")}

    def make(row: Sequence[Any]) -> Any:
        held = row[0]
        return held and cls(**{name: _time(one) if name in times else one for name, one in held.items()})

    return make


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _joined(name: str, inner: str) -> str:
    return name if inner == "label" else f"{name}_{inner}"


def names(table: Iterable[Column], alias: str = "") -> str:
    """For a select or insert: "id, title", or "t.id, t.title" with an alias."""
    return ", ".join(f"{alias}.{column.name}" if alias else column.name for column in table)


def selected(table: Iterable[Column], alias: str) -> str:
    """For a select. Lists come as JSON, which Python parses in C; pg8000 parses an array letter by letter.
    Taking the same ten tickets again got a quarter faster by it."""
    return ", ".join(
        f"to_json({alias}.{name})" if type == "text[]" else f"{alias}.{name}" for name, type in table
    )


def recordset(table: Iterable[Column], parameter: str) -> str:
    """A table made of the parameter, rows as JSON: goes behind `from`."""
    typed = ", ".join(f"{column.name} {column.type}" for column in table)
    return f"json_to_recordset(:{parameter}) as r({typed})"


def updates(table: Iterable[Column], besides: Iterable[str]) -> str:
    """What goes behind `do update set`: all columns but those of the key."""
    left_out = set(besides)
    return ", ".join(f"{name} = excluded.{name}" for name, _ in table if name not in left_out)


def row_of(table: Iterable[Column], values: Iterable[Any]) -> dict[str, Any]:
    """A row as `recordset` reads it."""
    return {column.name: value for column, value in zip(table, values, strict=True)}


def table(types: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns that stand for no dataclass."""
    return tuple(Column(name, type) for name, type in types.items())
