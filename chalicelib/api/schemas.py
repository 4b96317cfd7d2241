"""JSON schemas of the shapes, each field described by the docstring under it.

pydantic can read such docstrings too (`use_attribute_docstrings`), but it reads them whenever it makes a
validator, so in every process that answers a request. Here they are read only where they are shown.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import is_dataclass
from itertools import pairwise
from textwrap import dedent
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

Schema = dict[str, Any]
REF = "#/components/schemas/{model}"
"""How one schema names another."""


ShapeKey = tuple[str, JsonSchemaMode]
"""A shape's name, and whether it is of a request ("validation") or of an answer ("serialization")."""


def schemas_of(shapes: Mapping[ShapeKey, TypeAdapter[Any]]) -> tuple[dict[ShapeKey, Schema], Schema]:
    """The schema of each shape; and the schemas that these name, by their names. Each has its name as its
    title too, after which generators of clients name their classes. A shape keeps the name that it has here:
    pydantic would call all pages `Page`."""
    found, definitions = TypeAdapter.json_schemas(
        [(name, mode, shape) for (name, mode), shape in shapes.items()],
        ref_template=REF,
        schema_generator=_Generator,
    )
    ours = {schema["$ref"]: REF.format(model=name) for (name, _), schema in found.items()}
    named = {}
    for name, definition in definitions.get("$defs", {}).items():
        reference = REF.format(model=name)
        # So pydantic tells what is asked from what is shown, where the two differ.
        ours.setdefault(reference, reference.removesuffix("-Input").replace("-Output", "Shown"))
        named[_name_in(ours[reference])] = definition
    components = {name: {**_renamed(schema, ours), "title": name} for name, schema in named.items()}
    return {(name, mode): {"$ref": REF.format(model=name)} for name, mode in shapes}, components


def _name_in(reference: str) -> str:
    return reference.rpartition("/")[2]


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """The schema with other names for what it refers to."""
    if isinstance(schema, dict):
        return {
            key: names[value] if key == "$ref" else _renamed(value, names) for key, value in schema.items()
        }
    return [_renamed(value, names) for value in schema] if isinstance(schema, list) else schema


_JSON_TYPES = {"boolean", "integer", "number", "string", "array", "object", "null"}


class _Generator(GenerateJsonSchema):
    """pydantic's, where a value's fields have the docstrings under them, and what a client sends may have no
    field that its shape does not have."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """None is: a title would only repeat the field's name."""
        return False

    def bytes_schema(self, schema: Any) -> Schema:
        """Bytes of ours are ASCII: as text, where pydantic would say `binary`, which is a file."""
        return {"type": "string"}

    def get_union_of_schemas(self, schemas: list[Schema]) -> Schema:
        """Any JSON is described as such, not as one of all types that JSON has."""
        described = super().get_union_of_schemas(schemas)
        anything = {option.get("type") for option in described.get("anyOf", ())} == _JSON_TYPES
        return {} if anything else described

    def dataclass_schema(self, schema: Any) -> Schema:
        described = super().dataclass_schema(schema)
        docstrings = field_docstrings(schema["cls"])
        for field in schema["schema"]["fields"]:
            if field["name"] in docstrings:
                shown = field.get("serialization_alias", field["name"])
                described["properties"][shown]["description"] = docstrings[field["name"]]
        if self.mode == "validation":
            described["additionalProperties"] = False
        return described

    def field_is_required(self, field: Any, total: bool) -> bool:
        """An answer always holds every field of a value, even one that has a default."""
        given = self.mode == "serialization" and field["type"] == "dataclass-field"
        return given or super().field_is_required(field, total)


def field_docstrings(kind: type) -> dict[str, str]:
    """The docstrings under a dataclass's fields, in one line each, by the fields' names."""
    found = {}
    for base in reversed(kind.__mro__):
        if is_dataclass(base):
            (statement,) = ast.parse(dedent(inspect.getsource(base))).body
            assert isinstance(statement, ast.ClassDef)
            for field, below in pairwise(statement.body):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(docstring))):
                        found[name] = " ".join(docstring.split())
    return found
