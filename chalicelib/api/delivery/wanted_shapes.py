"""The shapes in which clients say which events they want."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from chalicelib.api.field_types import Line
from chalicelib.domain.delivery.subscription import Filtered

TYPE_PATTERN = r"(\*|[A-Za-z0-9_:/-][A-Za-z0-9_.:/-]{0,127}(\.\*)?)"
"""What all of a type in a subscription matches."""
PATTERNS_MOST = 50


def _type(given: str) -> str:
    if not re.fullmatch(TYPE_PATTERN, given, re.ASCII):
        raise ValueError("is a type such as ticket.created, ticket.* for all that begin so, or * for all")
    return given


TypeWanted = Annotated[
    str, AfterValidator(_type), WithJsonSchema({"type": "string", "pattern": f"^{TYPE_PATTERN}$"})
]
TypesWanted = Annotated[list[TypeWanted], Field(min_length=1, max_length=PATTERNS_MOST)]
FilterWanted = dict[
    Filtered,
    Annotated[list[Line], Field(min_length=1, max_length=PATTERNS_MOST)],
]
