"""A source's settings, made of the JSON that was stored: to the letter, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest

from triggeriq import InvalidSetting
from triggeriq.settings import fault_of, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    path: str
    deep: int = field(default=1, metadata={"ge": 1, "le": 9})


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    site: str = field(metadata={"min_length": 1, "max_length": 4, "pattern": "^[a-z]*$"})
    mode: Literal["on", "off", 1] = "on"
    limit: float | None = field(default=None, metadata={"le": 5})
    loud: bool = False
    any: Any = None
    place: Place | None = None
    places: tuple[Place, ...] = ()
    names: Sequence[str] = field(default=(), metadata={"max_length": 2})
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.loud and self.mode == "off":
            raise InvalidSetting("what is off is not loud", "loud")


LEAST = Everything(site="a")


@pytest.mark.parametrize(
    ("stored", "made"),
    [
        ({}, LEAST),
        ({"mode": 1}, replace(LEAST, mode=1)),
        ({"limit": None}, LEAST),
        ({"limit": 5}, replace(LEAST, limit=5.0)),
        ({"loud": True}, replace(LEAST, loud=True)),
        ({"any": [{"a": 1}]}, replace(LEAST, any=[{"a": 1}])),
        ({"place": {"path": "a", "deep": 9}}, replace(LEAST, place=Place(path="a", deep=9))),
        (
            {"places": [{"path": "a"}, {"path": "b"}]},
            replace(LEAST, places=(Place(path="a"), Place(path="b"))),
        ),
        ({"names": ["a", "b"]}, replace(LEAST, names=["a", "b"])),
        ({"fields": {"a": "b"}}, replace(LEAST, fields={"a": "b"})),
    ],
)
def test_what_fits_is_made(stored: dict[str, Any], made: Everything) -> None:
    assert read_settings(Everything, {"site": "a", **stored}) == made


@pytest.mark.parametrize(
    ("stored", "place"),
    [
        ({}, "site"),
        ({"site": "a", "nobody": 1}, "nobody"),
        ({"site": 5}, "site"),
        ({"site": None}, "site"),
        ({"site": ""}, "site"),
        ({"site": "abcde"}, "site"),
        ({"site": "A"}, "site"),
        ({"site": "a\n"}, "site"),
        ({"site": "a", "mode": True}, "mode"),
        ({"site": "a", "mode": "none"}, "mode"),
        ({"site": "a", "limit": 6}, "limit"),
        ({"site": "a", "limit": "5"}, "limit"),
        ({"site": "a", "limit": True}, "limit"),
        ({"site": "a", "loud": 1}, "loud"),
        ({"site": "a", "loud": True, "mode": "off"}, "loud"),
        ({"site": "a", "place": []}, "place"),
        ({"site": "a", "place": {}}, "place.path"),
        ({"site": "a", "place": {"path": "a", "deep": 10}}, "place.deep"),
        ({"site": "a", "place": {"path": "a", "deep": True}}, "place.deep"),
        ({"site": "a", "places": {}}, "places"),
        ({"site": "a", "places": [{"path": "a"}, {"path": "b", "x": 1}]}, "places[1].x"),
        ({"site": "a", "names": "ab"}, "names"),
        ({"site": "a", "names": ["a", 1]}, "names[1]"),
        ({"site": "a", "names": ["a", "b", "c"]}, "names"),
        ({"site": "a", "fields": []}, "fields"),
        ({"site": "a", "fields": {"b": 1}}, "fields.b"),
    ],
)
def test_what_does_not_is_refused_by_its_name(stored: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        read_settings(Everything, stored)
    assert refusal.value.field == place


@dataclass(frozen=True, kw_only=True)
class Unknown:
    either: int | str = 1
    pair: tuple[int, int] = (1, 2)
    group: set[int] = field(default_factory=set)


@pytest.mark.parametrize("stored", [{"either": 1}, {"pair": [1, 2]}, {"group": [1]}])
def test_a_type_that_it_does_not_know_is_refused_whatever_the_value(stored: dict[str, Any]) -> None:
    with pytest.raises(InvalidSetting):
        read_settings(Unknown, stored)


class Plain:
    pass


@dataclass
class Thawed:
    site: str = ""


@dataclass(frozen=True)
class Misspelt:
    site: str = field(default="", metadata={"maxlength": 5})


@pytest.mark.parametrize("settings", [{"site": str}, "Model", object(), dict, Plain, Thawed, Thawed(), LEAST])
def test_what_is_no_frozen_dataclass_can_not_be_settings(settings: object) -> None:
    assert fault_of(settings) == "its settings are no frozen dataclass"


def test_a_limit_that_nobody_knows_can_not_be_kept() -> None:
    assert fault_of(Misspelt).startswith("settings.site: maxlength is no limit; those are ge, le,")


@pytest.mark.parametrize("settings", [None, Everything, Place])
def test_a_frozen_dataclass_or_nothing_can_be_settings(settings: object) -> None:
    assert fault_of(settings) == ""
