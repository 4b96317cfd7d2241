"""A source's settings behind the guard: described, checked when they are stored, made again of what was."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid, NotFound, PluginFailed
from chalicelib.registry.listing import source_views
from chalicelib.registry.registry import Registry
from chalicelib.registry.settings_model import validated
from tests.unit.registry.conftest import SECONDS, Plugins, time_passes
from triggeriq import InvalidSetting, Source, hookimpl
from triggeriq.settings import read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it lies."""

    path: str
    """Dotted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    """What the shop wants."""

    shop: str = field(metadata={"max_length": 5, "pattern": "^[a-z]*$"})
    """Its name."""
    mode: Literal["on", "off"] = "on"
    """Whether it is open."""
    limit: int | None = field(default=None, metadata={"ge": 1, "le": 9})
    """How much."""
    share: float = 0.5
    """Of all."""
    places: tuple[Place, ...] = ()
    """Where."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What is called how."""

    def __post_init__(self) -> None:
        if self.shop == "slow":
            time_passes(60)
        if self.shop == "odd":
            raise KeyError(self.shop)
        if self.shop == "closed" and self.mode == "on":
            raise ValueError("what is closed is not on")
        if "bad" in self.fields:
            raise InvalidSetting("bad is no part", "fields.bad")


class Shop(Source):
    name = "shop"
    settings = ShopSettings


class Plain(Source):
    name = "plain"


def registering(*sources: Any) -> Any:
    @hookimpl
    def register_sources(register: Any) -> None:
        for source in sources:
            register(source)

    return register_sources


@pytest.fixture
def registry(plugins: Plugins) -> Registry:
    plugins.add("some", register_sources=registering(Shop, Plain))
    return plugins.registry()


def test_its_schema_has_the_docstrings_the_defaults_and_the_limits(registry: Registry) -> None:
    plain, shop = source_views(registry, {}, {})
    assert plain.settings_schema is None
    assert shop.settings_schema == {
        "title": "ShopSettings",
        "description": "What the shop wants.",
        "type": "object",
        "additionalProperties": False,
        "required": ["shop"],
        "properties": {
            "shop": {
                "title": "Shop",
                "description": "Its name.",
                "type": "string",
                "maxLength": 5,
                "pattern": "^[a-z]*$",
            },
            "mode": {
                "title": "Mode",
                "description": "Whether it is open.",
                "type": "string",
                "enum": ["on", "off"],
                "default": "on",
            },
            "limit": {
                "title": "Limit",
                "description": "How much.",
                "anyOf": [{"type": "integer", "minimum": 1, "maximum": 9}, {"type": "null"}],
                "default": None,
            },
            "share": {"title": "Share", "description": "Of all.", "type": "number", "default": 0.5},
            "places": {
                "title": "Places",
                "description": "Where.",
                "type": "array",
                "items": {"$ref": "#/$defs/Place"},
                "default": [],
            },
            "fields": {
                "title": "Fields",
                "description": "What is called how.",
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
        },
        "$defs": {
            "Place": {
                "title": "Place",
                "description": "Where it lies.",
                "type": "object",
                "additionalProperties": False,
                "required": ["path"],
                "properties": {"path": {"title": "Path", "description": "Dotted.", "type": "string"}},
            }
        },
    }


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "settings.shop"),
    ({"shop": "one", "nobody": 1}, "settings.nobody"),
    ({"shop": 5}, "settings.shop"),
    ({"shop": "ONE"}, "settings.shop"),
    ({"shop": "toolong"}, "settings.shop"),
    ({"shop": "one", "mode": "ajar"}, "settings.mode"),
    ({"shop": "one", "limit": 0}, "settings.limit"),
    ({"shop": "one", "limit": "many"}, "settings.limit"),
    ({"shop": "one", "limit": "5"}, "settings.limit"),
    ({"shop": "one", "limit": True}, "settings.limit"),
    ({"shop": "one", "places": [{"path": "a"}, {"path": "b", "x": 1}]}, "settings.places.1.x"),
    ({"shop": "one", "places": [5]}, "settings.places.0"),
    ({"shop": "one", "fields": {"bad": "x"}}, "settings.fields.bad"),
]


@pytest.mark.parametrize(("given_", "place"), REFUSED)
def test_what_can_not_be_is_refused_by_its_name(
    registry: Registry, given_: dict[str, Any], place: str
) -> None:
    for read in (registry.parse_settings, registry.stored_settings):
        with pytest.raises(Invalid, match="GET /sources shows the settings' schema") as refusal:
            read("shop", given_)
        assert refusal.value.field == place
        for term in ("Value error", "keyword", "dataclass", "ShopSettings", "dictionary or an instance"):
            assert term not in str(refusal.value)


def test_several_fields_that_contradict_each_other_are_refused_without_a_name(plugins: Plugins) -> None:
    @dataclass(frozen=True)
    class Contrary:
        low: int = 1
        high: int = 1

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("low is above high")

    plugins.add("some", register_sources=registering(type("Shop", (Shop,), {"settings": Contrary})))
    with pytest.raises(Invalid, match="low is above high") as refusal:
        plugins.registry().parse_settings("shop", {"low": 5})
    assert refusal.value.field == "settings"


def test_what_was_stored_is_made_again(registry: Registry) -> None:
    stored = {"shop": "one", "places": [{"path": "a"}], "fields": {"a": "b"}}
    made = ShopSettings(shop="one", places=(Place(path="a"),), fields={"a": "b"})
    assert registry.parse_settings("shop", stored) == made
    assert registry.stored_settings("shop", stored) == made


def test_a_source_without_settings_takes_none(registry: Registry) -> None:
    for read in (registry.parse_settings, registry.stored_settings):
        assert read("plain", {}) is None
        with pytest.raises(Invalid, match="plain has no settings; leave them out"):
            read("plain", {"x": 1})
        with pytest.raises(NotFound):
            read("nobody", {})


def test_settings_that_raise_are_the_plugin_s_failure(registry: Registry, plugins: Plugins) -> None:
    for read in (registry.parse_settings, registry.stored_settings):
        with pytest.raises(PluginFailed, match="raised KeyError"):
            read("shop", {"shop": "odd"})
    assert plugins.failures == [("some", "settings", "raised KeyError")] * 2


def test_settings_have_a_budget(plugins: Plugins) -> None:
    plugins.add("some", register_sources=registering(Shop))
    registry = plugins.registry(seconds=SECONDS)
    with pytest.raises(PluginFailed, match="was cut"):
        registry.stored_settings("shop", {"shop": "slow"})


def test_a_source_whose_settings_can_not_be_described_is_listed_with_a_warning(plugins: Plugins) -> None:
    @dataclass(frozen=True)
    class Strange:
        thing: Registry | None = None

    strange = type("Strange", (Shop,), {"name": "strange", "settings": Strange})
    plugins.add("some", register_sources=registering(Shop, strange))
    shop, odd = source_views(plugins.registry(), {}, {})
    assert shop.settings_schema is not None
    assert odd.settings_schema is None
    assert "its settings can't be told" in str(odd.warning)


@pytest.mark.parametrize("settings", [{"site": str}, lambda self: None, dict])
def test_a_source_with_settings_of_another_kind_is_not_loaded(plugins: Plugins, settings: Any) -> None:
    plugins.add("some", register_sources=registering(type("Lying", (Shop,), {"settings": settings})))
    registry = plugins.registry()
    (plugin,) = registry.plugins()
    assert (plugin.status, plugin.error) == (
        "failed",
        "ValueError: shop: its settings are no frozen dataclass",
    )
    assert registry.find("shop") is None


VALUES = st.none() | st.booleans() | st.integers(-1, 10) | st.floats(allow_nan=False) | st.sampled_from(
    ["", "on", "one", "one\n", "5", "toolong", "ONE"]
)  # fmt: skip
JSON = VALUES | st.lists(VALUES | st.fixed_dictionaries({"path": VALUES}), max_size=2) | st.dictionaries(
    st.sampled_from(["path", "bad", "a"]), VALUES, max_size=2
)  # fmt: skip
NAMES = ["shop", "mode", "limit", "share", "places", "fields"]


@given(st.fixed_dictionaries({"shop": st.just("one") | JSON}, optional=dict.fromkeys(NAMES[1:], JSON)))
def test_what_is_made_without_pydantic_is_what_pydantic_makes(stored: dict[str, Any]) -> None:
    assert outcome(read_settings, stored) in ("", outcome(validated, stored))


def outcome(read: Callable[[type, dict[str, Any]], Any], stored: dict[str, Any]) -> str:
    """What is made, or "" where nothing is."""
    try:
        return repr(read(ShopSettings, stored))
    except (ValueError, Invalid):
        return ""


def test_what_was_stored_is_made_again_without_pydantic() -> None:
    program = """
import sys
from chalicelib.registry import Registry, discover
registry = Registry(discover())
for name, settings in {
    "generic_json": {"verification": "hmac", "tolerance_seconds": 60, "fields": {"text": "said"}},
    "standard_webhooks": {"fields": {"text": "said"}},
    "csv": {"columns": {"text": "Customer says"}},
    "app_store": {"app_id": "1"},
}.items():
    assert registry.stored_settings(name, settings) is not None
print("pydantic" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
