"""Plugins that behave, and those that do not: each is loaded and called on its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.registry import Found, Registry, loading
from tests.unit.registry.conftest import SECONDS, Plugins, time_passes
from triggeriq import (
    Feedback,
    Source,
    Verdict,
    hookimpl,
)

FEEDBACK = Feedback(external_id="x", text="It crashes")


def saying(label: str) -> Any:
    @hookimpl
    def classify(feedback: Feedback) -> Verdict:
        return Verdict(facet="category", label=label)

    return classify


def labels(registry: Registry) -> list[str]:
    return [answer.value.label for answer in registry.ask("classify", feedback=FEEDBACK)]


def test_an_installed_plugin_is_asked_before_ours(plugins: Plugins) -> None:
    plugins.add("ours", classify=saying("other"))
    plugins.add("theirs", classify=saying("spam"))
    assert labels(plugins.registry()) == ["spam", "other"]


def test_those_named_are_loaded_in_the_order_named(plugins: Plugins) -> None:
    for name in ("a", "b", "c"):
        plugins.add(name, classify=saying(name))
    registry = plugins.registry("c", "a", "nobody")
    assert labels(registry) == ["c", "a"]
    assert {(plugin.name, plugin.status) for plugin in registry.plugins()} == {
        ("a", "loaded"),
        ("c", "loaded"),
        ("nobody", "failed"),
    }


def test_one_that_raises_loses_its_own_answer_only(plugins: Plugins) -> None:
    @hookimpl
    def classify(feedback: Feedback) -> None:
        raise KeyError("a customer's words")

    plugins.add("good", classify=saying("spam"))
    plugins.add("bad", classify=classify)
    registry = plugins.registry()
    bad, good = registry.ask("classify", feedback=FEEDBACK)
    assert (bad.by, bad.failure) == ("bad/1", "raised KeyError")
    assert good.value.label == "spam"
    assert plugins.calls == [("bad", "classify", "raised KeyError"), ("good", "classify", "")]
    (shown,) = [plugin for plugin in registry.plugins() if plugin.name == "bad"]
    assert (shown.calls, shown.failures) == (1, 1)


def test_a_generator_is_run_within_the_budget(plugins: Plugins) -> None:
    @hookimpl
    def classify(feedback: Feedback) -> Iterator[Verdict]:
        yield Verdict(facet="category", label="spam")
        while True:
            pass

    plugins.add("endless", classify=classify)
    (answer,) = plugins.registry(seconds=SECONDS).ask("classify", feedback=FEEDBACK)
    assert answer.failure == "took longer than 0.2 s and was cut"


def test_one_that_overruns_in_a_thread_is_not_said_to_be_cut(plugins: Plugins) -> None:
    """Under `chalice local` a request's thread asks it, where no signal comes."""
    plugins.add("slow", classify=hookimpl(lambda feedback: time_passes(0.3)))
    registry = plugins.registry(seconds=SECONDS)
    with ThreadPoolExecutor(1) as pool:
        (answer,) = pool.submit(lambda: list(registry.ask("classify", feedback=FEEDBACK))).result()
    assert answer.failure == "took longer than 0.2 s and could not be cut here"


def test_one_that_does_not_load_has_its_reason_in_the_list_and_not_in_the_log(
    plugins: Plugins, caplog: pytest.LogCaptureFixture
) -> None:
    def register_sources(register: Any) -> None:
        raise KeyError("sesame")

    plugins.add("leaky", register_sources=hookimpl(register_sources))
    (plugin,) = plugins.registry().plugins()
    assert plugin.error == "KeyError: 'sesame'"
    (record,) = caplog.records
    assert (record.message, record.plugin) == ("a plugin was not loaded", "leaky")  # type: ignore[attr-defined]
    assert "sesame" not in str(vars(record))


def test_a_module_that_two_plugins_name_stays_with_the_first(plugins: Plugins) -> None:
    plugins.add("first", classify=saying("spam"))
    plugins.found.append(plugins.found[0]._replace(name="second"))
    registry = plugins.registry()
    assert labels(registry) == ["spam"]
    assert [plugin.status for plugin in registry.plugins()] == ["loaded", "failed"]


def test_two_plugins_of_one_name_are_told_of_both(plugins: Plugins) -> None:
    plugins.add("same", classify=saying("spam"))
    plugins.found.append(Found("same", "nothing", "another 2.0"))
    shown = {plugin.name: plugin for plugin in plugins.registry().plugins()}
    assert {name: plugin.status for name, plugin in shown.items()} == {
        "same": "loaded",
        "same (another 2.0)": "failed",
    }
    assert shown["same (another 2.0)"].error == (
        "plugin_of_the_tests_same (test 1.0) and nothing (another 2.0) both claim the name same; rename one"
    )


class Nameless(Source):
    pass


class NoSource:
    name = "stranger"


class Browsed(Source):
    name = "browsed"
    methods = ("POST", "DELETE", "PATCH")


@pytest.mark.parametrize(
    ("registered", "told"),
    [
        (Browsed, "browsed: methods are of POST, PUT, HEAD, GET; DELETE, PATCH are not"),
        (NoSource, "a class derived from triggeriq.Source, not <class"),
        (Source(), "a class derived from triggeriq.Source, not <triggeriq"),
        (Nameless, "the source Nameless has no name"),
    ],
)
def test_what_is_no_source_is_told_so(plugins: Plugins, registered: Any, told: str) -> None:
    plugins.add("wrong", register_sources=hookimpl(lambda register: register(registered)))
    (plugin,) = plugins.registry().plugins()
    assert plugin.status == "failed"
    assert told in str(plugin.error)


def test_one_that_forgot_its_decorator_is_told_so(plugins: Plugins) -> None:
    plugins.add("forgot", classify=lambda feedback: None)
    (plugin,) = plugins.registry().plugins()
    assert plugin.status == "failed"
    assert "@hookimpl" in str(plugin.error)


# ---- sources ---------------------------------------------------------------------------------------


def test_an_answer_counts_as_good_once_whoever_asked_could_use_it(plugins: Plugins) -> None:
    plugins.add("odd", classify=saying("nonsense"))
    registry = plugins.registry()
    for answer in registry.ask("classify", feedback=FEEDBACK):
        registry.failed(answer.by, "classify", "'nonsense' is no category")
    assert plugins.calls == [("odd", "classify", "'nonsense' is no category")]
    assert [answer.by for answer in registry.ask("classify", feedback=FEEDBACK)] == ["odd/1"]
    assert plugins.calls[1:] == [("odd", "classify", "")]
    (shown,) = registry.plugins()
    assert (shown.calls, shown.failures) == (2, 1)


def test_rows_of_a_source_that_are_none_are_told_when_it_is_loaded(plugins: Plugins) -> None:
    class Odd(Source):
        name = "odd"
        verification = ("x-signature",)  # type: ignore[assignment]

    plugins.add("odd", register_sources=hookimpl(lambda register: register(Odd)))
    (plugin,) = plugins.registry().plugins()
    assert plugin.status == "failed"
    assert "odd: verification holds rows of triggeriq.Scheme" in str(plugin.error)
    assert plugin.failed_at is not None


def test_one_that_never_ends_loading_is_named_and_the_others_are_loaded(
    plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under `chalice local` a request's thread loads them, where no signal comes."""
    monkeypatch.setattr(loading, "LOAD_SECONDS", SECONDS)

    def register_sources(register: Any) -> None:
        while True:
            pass

    class Endless(Source):
        name = "endless"

        def __init__(self) -> None:
            register_sources(None)

    plugins.add("loops", register_sources=hookimpl(register_sources))
    plugins.add("made_of_loops", register_sources=hookimpl(lambda register: register(Endless)))
    plugins.add("good", classify=saying("spam"))
    with ThreadPoolExecutor(1) as pool:
        registry = plugins.registry()
        shown = {
            plugin.name: (plugin.status, plugin.error) for plugin in pool.submit(registry.plugins).result()
        }
    assert labels(registry) == ["spam"]
    assert registry.sources() == {}
    cut = ("failed", f"took longer than {SECONDS:g} s to load")
    assert shown == {"loops": cut, "made_of_loops": cut, "good": ("loaded", None)}


def test_a_hook_is_told_what_it_names_and_may_leave_out_the_rest(plugins: Plugins) -> None:
    heard: list[tuple[str, ...]] = []

    @hookimpl
    def classify(feedback: Feedback, connection: str, source: str) -> None:
        heard.append((source, connection))

    @hookimpl
    def review() -> None:
        heard.append(())

    plugins.add("listens", classify=classify, review=review)
    registry = plugins.registry()
    told = {"feedback": FEEDBACK, "source": "zendesk", "connection": "acme"}
    for hook in ("classify", "review"):
        list(registry.ask(hook, **told))
    assert heard == [("zendesk", "acme"), ()]
    assert plugins.failures == []
