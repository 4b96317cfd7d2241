"""The shapes in which clients say which events they want."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from chalicelib.api.field_types import Line
from chalicelib.domain.delivery.subscription import Filtered
from chalicelib.domain.delivery.wanted_types import PATTERN, fault_of_type

PATTERNS_MOST = 50


def _type(given: str) -> str:
    if fault := fault_of_type(given):
        raise ValueError(fault)
    return given


TypeWanted = Annotated[
    str, AfterValidator(_type), WithJsonSchema({"type": "string", "pattern": f"^{PATTERN}$"})
]
TypesWanted = Annotated[list[TypeWanted], Field(min_length=1, max_length=PATTERNS_MOST)]
FilterWanted = dict[
    Filtered,
    Annotated[list[Line], Field(min_length=1, max_length=PATTERNS_MOST)],
]
