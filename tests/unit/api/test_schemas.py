"""Dataclasses as JSON schemas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, with_config

from chalicelib.api.schemas import field_docstrings, schemas_of


@dataclass(frozen=True)
class Said:
    """Something that somebody said."""

    text: str
    """Every word
    of it."""
    rating: float | None = None


@with_config(alias_generator=lambda name: name.rstrip("_"))
@dataclass(frozen=True)
class Answered(Said):
    from_: str = "us"
    """Who answered."""
    to: Said | None = None
    """What it answers."""
    tags: tuple[str, ...] = field(default=())


def schema(kind: type, mode: Any) -> dict[str, Any]:
    found, definitions = schemas_of({("it", mode): TypeAdapter(kind)})
    name = found["it", mode]["$ref"].rpartition("/")[2] if "$ref" in found["it", mode] else ""
    described: dict[str, Any] = definitions[name] if name else found["it", mode]
    return described


def test_a_docstring_under_a_field_is_read_as_one_line():
    assert field_docstrings(Said) == {"text": "Every word of it."}


def test_the_docstrings_of_a_base_class_are_read_too():
    assert field_docstrings(Answered) == {
        "text": "Every word of it.",
        "from_": "Who answered.",
        "to": "What it answers.",
    }


def test_a_field_is_described_under_the_name_that_it_has_in_json():
    properties = schema(Answered, "serialization")["properties"]
    assert {name: one.get("description") for name, one in properties.items()} == {
        "text": "Every word of it.",
        "rating": None,
        "from": "Who answered.",
        "to": "What it answers.",
        "tags": None,
    }


def test_what_is_given_has_every_field_and_what_is_taken_may_lack_those_with_a_default():
    assert schema(Said, "serialization")["required"] == ["text", "rating"]
    assert schema(Said, "validation")["required"] == ["text"]
