"""A plugin is loaded when something is asked for that it gives, and not before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.registry import Found, Registry
from chalicelib.registry.examining import examined
from tests.functional.installing import SitePackages
from triggeriq import Feedback

FEEDBACK = Feedback(external_id="x", text="It crashes")
SOURCE = """
    from triggeriq import Source, hookimpl

    class Desk(Source):
        name = "{name}"

    @hookimpl
    def register_sources(register):
        register(Desk)
"""
CLASSIFIER = """
    from triggeriq import Verdict, hookimpl

    @hookimpl{how}
    def classify(feedback):
        return Verdict(facet="category", label="{name}")
"""


class Shelf:
    """Plugins on disk, with what a manifest would say of them."""

    def __init__(self, folder: Path) -> None:
        self._site, self.found = SitePackages(folder), list[Found]()

    def source(self, name: str, known: bool = True, more: str = "") -> None:
        row = Found(f"plugin_{name}", f"plugin_{name}", "test 1.0")
        if known:
            row = row._replace(hooks=("register_sources",), sources=(name,))
        self._add(row, SOURCE.format(name=name) + more)

    def classifier(self, name: str, how: str = "", known: bool = True) -> None:
        row = Found(f"plugin_{name}", f"plugin_{name}", "test 1.0")
        if known:
            row = row._replace(hooks=("classify",), sources=())
        self._add(row, CLASSIFIER.format(name=name, how=how))

    def broken(self, name: str) -> None:
        row = Found(
            f"plugin_{name}", f"plugin_{name}", "test 1.0", hooks=("register_sources",), sources=(name,)
        )
        self._add(row, "raise KeyError('sesame')")

    def _add(self, row: Found, code: str) -> None:
        self._site.install(row.module, code)
        self.found.append(row)

    @property
    def loaded(self) -> list[str]:
        return [one.name.removeprefix("plugin_") for one in self.found if one.module in sys.modules]


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.syspath_prepend(tmp_path)
    shelf = Shelf(tmp_path)
    yield shelf
    for one in shelf.found:
        sys.modules.pop(one.module, None)


def labels(registry: Registry) -> list[str]:
    return [answer.value.label for answer in registry.ask("classify", feedback=FEEDBACK)]


def test_a_source_is_asked_for_by_its_name_and_only_its_plugin_is_loaded(shelf: Shelf) -> None:
    for name in ("acme", "bcme", "ccme"):
        shelf.source(name)
    shelf.classifier("spam")
    registry = Registry(shelf.found)
    assert shelf.loaded == []
    found = registry.find("bcme")
    assert found is not None
    assert (found.name, shelf.loaded) == ("bcme", ["bcme"])
    assert registry.find("nobody") is None
    assert registry.parse_settings("ccme", {}) is None
    assert shelf.loaded == ["bcme", "ccme"]


def test_triage_loads_those_that_take_part_in_it(shelf: Shelf) -> None:
    shelf.source("acme")
    shelf.classifier("spam")
    shelf.classifier("other")
    assert labels(Registry(shelf.found)) == ["other", "spam"]
    assert shelf.loaded == ["spam", "other"]


def test_a_rehearsal_loads_them_too(shelf: Shelf) -> None:
    shelf.source("acme")
    shelf.classifier("spam")
    Registry(shelf.found).rehearse("It crashes")
    assert shelf.loaded == ["spam"]


def test_whoever_wants_all_sources_loads_no_classifier(shelf: Shelf) -> None:
    shelf.classifier("spam")
    shelf.source("acme")
    assert set(Registry(shelf.found).sources()) == {"acme"}
    assert shelf.loaded == ["acme"]


def test_the_list_of_plugins_is_of_all(shelf: Shelf) -> None:
    shelf.source("acme")
    shelf.classifier("spam")
    shown = {plugin.name: (plugin.hooks, plugin.sources) for plugin in Registry(shelf.found).plugins()}
    assert shown == {
        "plugin_acme": (("register_sources",), ("acme",)),
        "plugin_spam": (("classify",), ()),
    }


def test_one_of_which_nothing_is_known_is_loaded_for_whatever_is_asked(shelf: Shelf) -> None:
    """As on a developer's machine, where no manifest lies."""
    shelf.source("acme", known=False)
    shelf.classifier("spam", known=False)
    shelf.source("bcme")
    registry = Registry(shelf.found)
    assert registry.find("acme") is not None
    assert shelf.loaded == ["acme", "spam"]


def test_of_ours_the_folder_tells_what_it_is_for(shelf: Shelf) -> None:
    shelf.source("acme", known=False)
    shelf.classifier("spam", known=False)
    acme, spam = shelf.found
    registry = Registry([acme._replace(kind="sources"), spam._replace(kind="classifiers")])
    assert registry.find("nobody") is None
    assert shelf.loaded == ["acme"]
    assert labels(registry) == ["spam"]


@pytest.mark.parametrize("first", ["acme", None])
def test_the_order_in_which_they_are_asked_does_not_depend_on_what_was_loaded_first(
    shelf: Shelf, first: str | None
) -> None:
    shelf.classifier("late", "(trylast=True)")
    shelf.classifier("later", "(trylast=True)")
    shelf.source("acme", more=CLASSIFIER.format(name="acme", how=""))
    shelf.found[-1] = shelf.found[-1]._replace(hooks=("classify", "register_sources"))
    shelf.classifier("early", "(tryfirst=True)")
    shelf.classifier("plain")
    registry = Registry(shelf.found)
    if first:
        assert registry.find(first) is not None
        assert shelf.loaded == [first]
    assert labels(registry) == ["early", "plain", "acme", "late", "later"]


def test_one_that_fails_to_load_harms_itself_alone(shelf: Shelf) -> None:
    shelf.broken("acme")
    shelf.source("bcme")
    registry = Registry(shelf.found)
    assert registry.find("acme") is None
    assert registry.find("bcme") is not None
    shown = {plugin.name: plugin.error for plugin in registry.plugins()}
    assert shown == {"plugin_acme": "KeyError: 'sesame'", "plugin_bcme": None}


def test_what_the_manifest_gives_to_one_no_other_takes(shelf: Shelf) -> None:
    """Whichever is loaded first."""
    shelf.source("acme", known=False)
    unknown = shelf.found.pop()
    known = Found("mine", "not_loaded_yet", "test 1.0", hooks=("register_sources",), sources=("acme",))
    registry = Registry([unknown, known])
    assert registry.find("bcme") is None
    (shown,) = [plugin for plugin in registry.plugins() if plugin.name == "plugin_acme"]
    sys.modules.pop(unknown.module)
    assert shown.error == (
        "ValueError: the plugins mine and plugin_acme both claim the source acme; rename one"
    )


def test_two_sources_of_one_name_are_refused_before_either_is_loaded(shelf: Shelf) -> None:
    shelf.source("acme")
    second = Found("second", "second", "test 1.0", hooks=("register_sources",), sources=("acme",))
    registry = Registry([*shelf.found, second])
    assert registry.find("acme") is not None
    shown = {plugin.name: plugin.error for plugin in registry.plugins()}
    assert shown == {
        "plugin_acme": None,
        "second": "the plugins plugin_acme and second both claim the source acme; rename one",
    }


def test_of_two_of_one_name_one_that_is_chosen_by_it_is_the_first(shelf: Shelf) -> None:
    shelf.source("acme")
    registry = Registry([*shelf.found, Found("plugin_acme", "other", "other 2.0")], only=["plugin_acme"])
    assert registry.find("acme") is not None
    assert {plugin.name: plugin.status for plugin in registry.plugins()} == {
        "plugin_acme": "loaded",
        "plugin_acme (other 2.0)": "failed",
    }


def test_a_plugin_is_examined_by_loading_it(shelf: Shelf) -> None:
    shelf.source("acme")
    shelf.classifier("spam")
    shelf.broken("bcme")
    bare = [one._replace(hooks=None, sources=None) for one in shelf.found]
    acme, spam, broken = map(examined, bare)
    assert [acme, spam] == [(shelf.found[0], ""), (shelf.found[1], "")]
    assert broken == (bare[2], "KeyError: 'sesame'")
