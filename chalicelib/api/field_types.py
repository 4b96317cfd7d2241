"""What the shapes of requests and answers are made of: texts, numbers and times as a client writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from chalicelib.domain.page import LIMIT_DEFAULT, LIMIT_MOST, VALUES_MOST
from triggeriq.names import NAME


def _digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        raise ValueError("is a whole number in digits")
    return value


def _iso_time(value: object) -> object:
    """Takes a date, or a time with or without a zone (without one it is UTC). Where a URL turned the "+" of a
    zone into a space, it is put back."""
    if isinstance(value, str):
        if not re.match(r"\d{4}-\d\d-\d\d(?!\d)", value, re.ASCII):
            raise ValueError("is a time in ISO 8601 such as 2024-05-01 or 2024-05-01T12:00:00Z")
        return re.sub(r" (\d\d:?\d\d)$", r"+\1", value)
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too far away") from None


def _one_line(value: str) -> str:
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", value):
        raise ValueError("is one line, without control characters")
    return value


def _decimal(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", value, re.ASCII):
        raise ValueError("is a number such as 4 or 4.5")
    return value


def absent() -> Any:
    """The default of a field that may be left out, but may not be sent as null."""
    return None


Limit = Annotated[int, Field(ge=1, le=LIMIT_MOST), BeforeValidator(_digits)]
# The longest cursor holds an external_id of 500 characters of four bytes each.
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,3000}$")]
Time = Annotated[datetime, BeforeValidator(_iso_time), AfterValidator(_utc)]
Name = Annotated[str, Field(pattern=f"^{NAME}$")]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)
]
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_one_line)
]

Language = Annotated[str, Field(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$")]
Rating = Annotated[float, Field(ge=0, le=999), BeforeValidator(_decimal)]

T = TypeVar("T")
Values = Annotated[tuple[T, ...], Field(max_length=VALUES_MOST)]
"""A parameter of a query that may be repeated; any of its values will do."""


class Asked(BaseModel):
    """What a client sends. An unknown field is refused, so that a misspelt name is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(BaseModel):
    """What a client gets, read from a value's attributes of the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


S = TypeVar("S", bound=Shown)


class ShownPage(Shown, Generic[S]):
    """A domain Page whose items are shown in part. Page[S] would show them whole: pydantic does not convert
    what an instance of a dataclass already holds."""

    items: tuple[S, ...]
    next: str | None = Field(description="the cursor of what follows; null at the end")


class PageQuery(Asked):
    limit: Limit = LIMIT_DEFAULT
    cursor: Cursor | None = Field(None, description="`next` of the page before")
