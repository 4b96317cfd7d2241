"""What pydantic finds wrong is told in our words, whatever it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import InitErrorDetails
from pydantic_core._pydantic_core import list_all_errors

from chalicelib.api.parsing import adapter, query_as, shaped
from chalicelib.api.routes import ROUTES
from chalicelib.domain.operations.configuration import SHAPES
from chalicelib.errors import InvalidShape
from chalicelib.faults import OTHERWISE, in_words

TYPES: dict[Any, Any] = {error["type"]: error["example_context"] for error in list_all_errors()}
"""Every type of error that pydantic knows, with an example of what it tells beside it."""
PHRASES = ("Input", "should", "valid", "pydantic", "dictionary", "instance", "Extra", "keyword")


def error_of(type: Any) -> Any:
    """pydantic's own account of an error of that type."""
    context = TYPES[type]
    if type in ("value_error", "assertion_error"):
        context = {"error": ValueError("is odd")}
    details = InitErrorDetails(type=type, ctx=context or {}, loc=("field",), input="what was sent")
    (told,) = ValidationError.from_exception_data("It", [details]).errors()
    return told


@pytest.mark.parametrize("type", TYPES)
def test_no_error_is_told_in_pydantic_s_words(type: Any) -> None:
    told = error_of(type)
    said = in_words(told)
    assert said
    assert said != told["msg"]
    assert [phrase for phrase in PHRASES if phrase in said] == []
    assert "what was sent" not in said


def messages(check: Callable[[], object]) -> list[str]:
    """What a check finds wrong, if anything."""
    try:
        check()
    except InvalidShape as invalid:
        return [error["message"] for error in invalid.errors]
    return []


ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**30, 1e300, "", " ", "x", "5", "a\nb", "X" * 100_001, [], [None],
    ["x"], ["x"] * 200, {}, {"x": 1}, [{}], [{"x": 1}], {"rules": [{}]},
]  # fmt: skip
BODIES = [(route.area, route.body) for route in ROUTES if route.body and not route.reads]
FIELDS = [
    *(
        (area, name, field)
        for area, name in BODIES
        for field in adapter(area, name).json_schema()["properties"]
    ),
    *(
        ("", key, field)
        for key, shape in SHAPES.items()
        for field in TypeAdapter(shape).json_schema()["properties"]
    ),
]


INNER = ("text", "value", "priority", "url")


@pytest.mark.parametrize(("area", "name", "field"), FIELDS)
def test_each_fault_that_a_body_can_have_has_words_of_its_own(area: str, name: str, field: str) -> None:
    shape = adapter(area, name) if area else TypeAdapter(SHAPES[name])
    said: list[str] = []
    for odd in ODD:
        said += messages(partial(shaped, shape, {field: odd}))
        said += messages(partial(shaped, shape, {field: [dict.fromkeys(INNER, odd)]}))
    assert said
    assert OTHERWISE not in said


@pytest.mark.parametrize("route", [route for route in ROUTES if route.query], ids=lambda route: route.name)
def test_each_fault_that_a_query_can_have_has_words_of_its_own(route: Any) -> None:
    odd_texts = [*(odd for odd in ODD if isinstance(odd, str)), "-1", "1e1", "9" * 400, "2024-13-01"]
    for field in adapter(route.area, route.query).json_schema()["properties"]:
        said: list[str] = []
        for odd in odd_texts:
            said += messages(partial(query_as, route, {field: [odd]}))
        assert said, field
        assert OTHERWISE not in said


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "scopes: is missing; owner: is missing"),
        ({"scopes": ["all"], "owner": "a"}, "scopes[0]: is one of 'ingest', 'read', 'write' or 'admin'"),
        ({"scopes": [], "owner": "a"}, "scopes: has 1 or more items"),
        ({"scopes": ["read"], "owner": "a\nb"}, "owner: is one line of text, without control characters"),
        ({"scopes": ["read"], "owner": "a", "x": 1}, "x: there is no such field"),
    ],
)
def test_a_fault_is_told_with_its_field(value: Any, message: str) -> None:
    with pytest.raises(InvalidShape) as invalid:
        shaped(adapter("operations", "ApiKeyMake"), value)
    assert str(invalid.value) == message


@pytest.mark.parametrize("owner", ["", " ", "a\n", "\na", "a\u2028b", "\x85", "a" * 201])
def test_a_line_is_one(owner: str) -> None:
    with pytest.raises(InvalidShape, match=r"^owner: "):
        shaped(adapter("operations", "ApiKeyMake"), {"scopes": ["read"], "owner": owner})


@pytest.mark.parametrize("value", [True, "5", [5]])
def test_json_that_is_no_number_is_none(value: Any) -> None:
    with pytest.raises(InvalidShape, match=r"items\[0\].rating: is a number"):
        shaped(adapter("triage", "TriagePreviewRequest"), {"items": [{"text": "a", "rating": value}]})


@pytest.mark.parametrize("value", [0, 1714550400, True, "0", "20240501", "2024-05-01T25:00", "2024-02-30"])
def test_what_is_no_time_in_iso_8601_is_none(value: Any) -> None:
    with pytest.raises(InvalidShape, match="since: is a time in ISO 8601"):
        shaped(adapter("intake", "RereadRequest"), {"since": value})


@pytest.mark.parametrize("word", ["true", "1", "false", "0"])
def test_a_flag_is_true_or_false(word: str) -> None:
    flag = adapter("operations", "HealthQuery").validate_python({"deep": word}).deep
    assert flag is (word in ("true", "1"))
