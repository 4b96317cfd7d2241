"""What every Sources promises."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from chalicelib.errors import Invalid, PluginFailed, Unreadable
from chalicelib.ports.intake import Sources
from chalicelib.registry import Found, Registry
from tests.unit.pipeline.fakes import NOW, FakeSources
from triggeriq import Connection, Events, Feedback, Item, Received, Request, Source, Verified, hookimpl
from triggeriq import Unreadable as PluginUnreadable

CONNECTION = Connection(source="shop", name="default")
REQUEST = Request(method="POST", headers={}, body=b"")
MODULE = "a_plugin_of_the_contract"
SECONDS = 0.2
"""The budget of a call."""


@dataclass(frozen=True)
class ShopSettings:
    floor: int = 1


class Shop(Source):
    """Fails as the body says."""

    name = "shop"
    settings = ShopSettings

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        raise KeyError

    def receive(self, request: Request, connection: Connection) -> Events:
        raise PluginUnreadable("no id")

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        if received.body == b"unreadable":
            raise PluginUnreadable("no text")
        if received.body == b"endless":
            while True:
                pass
        yield Feedback(external_id="1", text="Hello")


@pytest.fixture(params=["registry", "fake"])
def sources(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Sources:
    if request.param == "fake":
        return FakeSources(Shop(), seconds=SECONDS)
    module: Any = types.ModuleType(MODULE)
    module.register_sources = hookimpl(lambda register: register(Shop))
    monkeypatch.setitem(sys.modules, MODULE, module)
    return Registry([Found("shop", MODULE, "test 1.0")], seconds=SECONDS)


def shop(sources: Sources) -> Source:
    found = sources.find("shop")
    assert found is not None
    return found


def received(body: bytes) -> Received:
    return Received(id="e1", body=body, received_at=NOW)


def test_a_source_is_found_by_its_name(sources: Sources) -> None:
    assert shop(sources).name == "shop"
    (item,) = shop(sources).transform(received(b""), CONNECTION)
    assert isinstance(item, Feedback)


def test_a_source_that_there_is_not_is_none(sources: Sources) -> None:
    assert sources.find("nothing") is None


def test_what_a_plugin_can_not_read_is_unreadable_in_its_words(sources: Sources) -> None:
    with pytest.raises(Unreadable, match=r"^no id$"):
        shop(sources).receive(REQUEST, CONNECTION)
    with pytest.raises(Unreadable, match=r"^no text$"):
        list(shop(sources).transform(received(b"unreadable"), CONNECTION))


def test_what_the_contract_does_not_name_is_a_plugin_s_failure(sources: Sources) -> None:
    with pytest.raises(PluginFailed, match="raised KeyError"):
        shop(sources).verify(REQUEST, CONNECTION, NOW)


def test_a_call_that_overruns_its_time_is_a_plugin_s_failure(sources: Sources) -> None:
    with pytest.raises(PluginFailed, match="took longer"):
        list(shop(sources).transform(received(b"endless"), CONNECTION))


def test_settings_become_the_instance_that_says_what_they_say(sources: Sources) -> None:
    assert sources.parse_settings("shop", {"floor": 3}) == ShopSettings(3)
    assert sources.parse_settings("shop", {}) == ShopSettings()


@pytest.mark.parametrize(("settings", "field"), [({"floor": "x"}, "floor"), ({"flor": 3}, "flor")])
def test_settings_that_are_none_are_invalid_by_their_field(
    sources: Sources, settings: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        sources.parse_settings("shop", settings)
    assert invalid.value.field == f"settings.{field}"
