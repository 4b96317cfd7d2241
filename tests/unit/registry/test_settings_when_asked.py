"""A connection's settings are parsed when a plugin looks at them, and are then what they always were."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from chalicelib.errors import PluginFailed, Unconfigured
from chalicelib.registry.registry import Registry
from tests.unit.registry.conftest import Plugins
from triggeriq import Connection, Event, Events, Request, Source, hookimpl


class Wanted(BaseModel):
    shop: str


class Shop(Source):
    name = "shop"
    reads: tuple[str, ...] = ()
    asked = 0

    def settings(self) -> Any:
        type(self).asked += 1
        return Wanted

    def receive(self, request: Request, connection: Connection) -> Events:
        return Events(Event(connection.settings.shop))


class Slow(Shop):
    name = "slow"

    def receive(self, request: Request, connection: Connection) -> Events:
        super().receive(request, connection)
        time.sleep(60)
        return Events(Event("too late"))


class Keen(Shop):
    name = "keen"

    def stored(self, settings: Mapping[str, Any]) -> Any:
        return dict(settings)


class Plain(Source):
    name = "plain"


@hookimpl
def register_sources(register: Any) -> None:
    for source in (Shop, Slow, Keen, Plain):
        register(source)


@pytest.fixture
def registry(plugins: Plugins) -> Registry:
    plugins.add("some", register_sources=register_sources)
    Shop.asked = 0
    return plugins.registry()


@pytest.fixture
def hurried(plugins: Plugins) -> Registry:
    plugins.add("some", register_sources=register_sources)
    return plugins.registry(seconds=0.2)


def test_nothing_is_parsed_until_something_is_asked_for(registry):
    settings = registry.settings_when_asked("shop", {"shop": "one"})
    assert Shop.asked == 0
    assert settings.shop == "one"
    assert (Shop.asked, settings.shop) == (1, "one")


def test_it_stands_for_the_model(registry):
    settings = registry.settings_when_asked("shop", {"shop": "one"})
    assert isinstance(settings, Wanted)
    assert settings == Wanted(shop="one")
    assert (bool(settings), repr(settings)) == (True, "Wanted(shop='one')")


def test_whether_they_changed_is_seen_without_parsing(registry):
    settings = registry.settings_when_asked("shop", {"shop": "one"})
    assert settings == registry.settings_when_asked("shop", {"shop": "one"})
    assert settings != registry.settings_when_asked("shop", {"shop": "two"})
    assert registry.settings_when_asked("shop", {"shopp": "one"}) == registry.settings_when_asked(
        "shop", {"shopp": "one"}
    )
    assert Shop.asked == 0


def test_a_source_without_settings_has_none(registry):
    assert registry.settings_when_asked("plain", {}) is None


def test_a_source_that_reads_what_is_stored_needs_no_model(registry):
    assert registry.settings_when_asked("keen", {"shop": "one"}) == {"shop": "one"}
    assert Keen.asked == 0


def test_the_models_are_made_beforehand_where_they_will_be_needed(registry):
    registry.load_settings()
    assert Shop.asked == 1


def test_settings_that_no_longer_do_are_told_when_they_are_asked_for(registry):
    settings = registry.settings_when_asked("shop", {"shopp": "one"})
    with pytest.raises(Unconfigured, match="an admin must configure its connection anew"):
        _ = settings.shop


REQUEST = Request(method="POST", headers={}, body=b"")


def test_a_plugin_gets_the_settings_that_it_asks_for(registry):
    connection = Connection(source="shop", settings=registry.settings_when_asked("shop", {"shop": "one"}))
    assert registry.find("shop").receive(REQUEST, connection) == Events(Event("one"))


def test_a_plugin_that_asks_keeps_its_budget(hurried):
    connection = Connection(source="slow", settings=hurried.settings_when_asked("slow", {"shop": "one"}))
    with pytest.raises(PluginFailed, match=r"took longer than 0\.2 s"):
        hurried.find("slow").receive(REQUEST, connection)
