"""The columns of a dataclass: a field is a column of its name, and its type says the column's.

A field that holds a small dataclass has a column for each of its fields, with the field's name before it; the
column of a `label` is named as the field alone: category, category_confidence, category_by.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
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
    "tuple[Link, ...]": "jsonb",
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
    arguments: Callable[[Iterable[Any]], dict[str, Any]]
    """The fields' values, by name, from the columns'."""


def mapped(cls: type, only: Callable[[Field[Any]], bool] = lambda field: True) -> Mapped:
    """The columns of those fields of `cls` that `only` takes. Raises KeyError for a field whose type is not
    in _TYPES."""
    names: list[Column] = []
    writers: list[Callable[[Any], list[Any]]] = []
    readers: list[tuple[str, int, Callable[[Sequence[Any]], Any]]] = []
    for field in filter(only, fields(cls)):
        part = _part(cls, field)
        names += part.columns
        writers.append(part.write)
        readers.append((field.name, len(part.columns), part.read))

    def to_row(value: Any) -> list[Any]:
        return [one for write in writers for one in write(value)]

    def arguments(row: Iterable[Any]) -> dict[str, Any]:
        values, found, start = list(row), {}, 0
        for name, count, read in readers:
            found[name] = read(values[start : start + count])
            start += count
        return found

    return Mapped(tuple(names), to_row, arguments)


class _Part(NamedTuple):
    """One field's columns, and how its value is written to them and read from them."""

    columns: tuple[Column, ...]
    write: Callable[[Any], list[Any]]
    read: Callable[[Sequence[Any]], Any]


def _part(cls: type, field: Field[Any]) -> _Part:
    name, written = field.name, str(field.type)
    inner = getattr(sys.modules[cls.__module__], written, None)
    if is_dataclass(inner) and isinstance(inner, type):
        inside = mapped(inner)
        return _Part(
            tuple(Column(_joined(name, column.name), column.type) for column in inside.columns),
            lambda value: inside.to_row(getattr(value, name)),
            lambda row: inner(**inside.arguments(row)),
        )
    column = (Column(name, _TYPES[written]),)
    if column[0].type == "text[]":
        return _Part(column, lambda value: [getattr(value, name)], lambda row: tuple(row[0]))
    if written.startswith("tuple[") and column[0].type == "jsonb":
        item = getattr(sys.modules[cls.__module__], written.removeprefix("tuple[").partition(",")[0])
        return _Part(
            column,
            lambda value: [as_json(getattr(value, name))],
            lambda row: tuple(item(**one) for one in row[0]),
        )
    return _Part(column, lambda value: [getattr(value, name)], lambda row: row[0])


def _joined(name: str, inner: str) -> str:
    return name if inner == "label" else f"{name}_{inner}"


def names(table: Iterable[Column], alias: str = "") -> str:
    """For a select or insert: "id, title", or "t.id, t.title" with an alias."""
    return ", ".join(f"{alias}.{column.name}" if alias else column.name for column in table)


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
