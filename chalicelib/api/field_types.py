"""What the shapes of requests and answers are made of: texts, numbers and times as a client writes them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.domain.page import LIMIT_DEFAULT, LIMIT_MOST, VALUES_MOST
from triggeriq.names import NAME

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
ONE_LINE = rf"^[^{_CONTROL}]*[^{_CONTROL}\s][^{_CONTROL}]*$"
"""A text that is not blank, without control characters and line breaks."""
_NUMBER = r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"
"""A number as JSON writes it."""
# The longest cursor holds an external_id of 500 characters of four bytes each.
_CURSOR = "^[A-Za-z0-9_-]{1,3000}$"
_ADDRESS = "^https?://[!-~]+$"
_LANGUAGE = "^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"
_TIME = "is a time in ISO 8601 such as 2024-05-01 or 2024-05-01T12:00:00Z"


def digits(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        raise ValueError("is a whole number in digits")
    return value


def _time(value: object) -> object:
    """A date, or a time with or without a zone (without one it is UTC), in UTC. Where a URL turned the "+" of
    a zone into a space, it is put back."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d(?!\d)", value, re.ASCII):
        raise ValueError(_TIME)
    try:
        time = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)$", r"+\1", value).upper())
    except ValueError:
        raise ValueError(_TIME) from None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too far away") from None


def _flag(value: object) -> object:
    words: dict[object, bool] = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, str) and value not in words:
        raise ValueError("is true or false, or 1 or 0")
    return words.get(value, value)


def _line(value: str) -> str:
    if not re.fullmatch(ONE_LINE, value):
        raise ValueError("is one line of text, without control characters")
    return value.strip()


def _decimal(value: object) -> object:
    """As JSON writes numbers, which clients write into a query alike."""
    if isinstance(value, str) and not re.fullmatch(_NUMBER, value, re.ASCII):
        raise ValueError("is a number such as 4 or 4.5")
    return value


def _cursor(value: str) -> str:
    if not re.fullmatch(_CURSOR, value, re.ASCII):
        raise ValueError("is none that a list gave as `next`; begin again without it")
    return value


def _language(value: str) -> str:
    if not re.fullmatch(_LANGUAGE, value, re.ASCII):
        raise ValueError("is a code such as en or pt-BR")
    return value


def _address(value: str) -> str:
    if not re.fullmatch(_ADDRESS, value):
        raise ValueError("is an address that begins with https:// or http://, in ASCII and without spaces")
    return value


def absent() -> Any:
    """The default of a field that may be left out, but may not be sent as null."""
    return None


Limit = Annotated[int, Field(ge=1, le=LIMIT_MOST), BeforeValidator(digits)]
Cursor = Annotated[str, Field(json_schema_extra={"pattern": _CURSOR}), AfterValidator(_cursor)]
Flag = Annotated[bool, BeforeValidator(_flag)]
"""A query's yes or no."""
Time = Annotated[datetime, BeforeValidator(_time)]
Name = Annotated[str, Field(pattern=f"^{NAME}$")]
Line = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": ONE_LINE}), AfterValidator(_line)]
Tag = Annotated[str, Field(max_length=100, json_schema_extra={"pattern": ONE_LINE}), AfterValidator(_line)]

Language = Annotated[str, Field(json_schema_extra={"pattern": _LANGUAGE}), AfterValidator(_language)]
Address = Annotated[
    str, Field(max_length=2_000, json_schema_extra={"pattern": _ADDRESS}), AfterValidator(_address)
]
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
    cursor: Cursor | None = Field(None, description="`next` of the page before; anything else is a 400")
