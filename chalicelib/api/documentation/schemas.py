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
    """The schema of each shape; and the schemas that these name, by their names."""
    found, definitions = TypeAdapter.json_schemas(
        [(name, mode, shape) for (name, mode), shape in shapes.items()],
        ref_template=REF,
        schema_generator=_DocstringSchema,
    )
    return {(name, mode): schema for (name, mode), schema in found.items()}, definitions.get("$defs", {})


class _DocstringSchema(GenerateJsonSchema):
    def dataclass_schema(self, schema: Any) -> Schema:
        described = super().dataclass_schema(schema)
        docstrings = field_docstrings(schema["cls"])
        for field in schema["schema"]["fields"]:
            if field["name"] in docstrings:
                shown = field.get("serialization_alias", field["name"])
                described["properties"][shown]["description"] = docstrings[field["name"]]
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
