"""Plugins that behave, and those that do not: each is loaded and called on its own."""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest

from chalicelib.errors import PluginFailed, Unconfigured
from chalicelib.registry import Found, Registry
from chalicelib.registry.budget import Overrun, budget, paused
from chalicelib.registry.listing import source_views
from tests.unit.pipeline.fakes import NOW
from triggeriq import (
    Connection,
    Event,
    Events,
    Feedback,
    FileHint,
    NotVerified,
    Received,
    Request,
    Source,
    Unreadable,
    Verdict,
    hookimpl,
)

FEEDBACK = Feedback(external_id="x", text="It crashes")
SECONDS = 0.2
"""A budget to be overrun; what must pass has all the time that a busy machine may take."""
PATIENCE = 60.0


@pytest.fixture
def modules() -> Iterator[dict[str, types.ModuleType]]:
    """Modules that can be imported while the test runs."""
    made: dict[str, types.ModuleType] = {}
    yield made
    for name in made:
        sys.modules.pop(name, None)


class Plugins:
    """Builds a registry of modules made of functions."""

    def __init__(self, modules: dict[str, types.ModuleType]) -> None:
        self._modules = modules
        self.found: list[Found] = []
        self.failures: list[tuple[str, str]] = []

    def add(self, name: str, **members: Any) -> None:
        module = types.ModuleType(f"plugin_of_the_tests_{name}")
        for member, value in members.items():
            setattr(module, member, value)
        self._modules[module.__name__] = sys.modules[module.__name__] = module
        self.found.append(Found(name, module.__name__, "test 1.0"))

    def registry(self, *only: str, seconds: float = PATIENCE) -> Registry:
        return Registry(
            self.found,
            only,
            seconds,
            on_failure=lambda plugin, reason: self.failures.append((plugin, reason)),
        )


@pytest.fixture
def plugins(modules: dict[str, types.ModuleType]) -> Plugins:
    return Plugins(modules)


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
    assert plugins.failures == [("bad", "raised KeyError")]
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
    registry = plugins.registry()
    first, second = registry.plugins()
    assert (first.status, second.status) == ("loaded", "failed")
    assert second.error is not None
    assert "plugin_of_the_tests_same (test 1.0) and nothing (another 2.0)" in second.error


class Nameless(Source):
    pass


class NoSource:
    name = "stranger"


@pytest.mark.parametrize(
    ("registered", "told"),
    [
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

CONNECTION = Connection(source="odd", name="c")
REQUEST = Request(method="POST", headers={}, body=b"")
RECEIVED = Received(id="e", received_at=NOW, headers={}, body=b"")


class Odd(Source):
    name = "odd"
    reads = (".txt",)

    def receive(self, request: Request, connection: Connection) -> Events:
        return Events(Event("e"))


def guarded(plugins: Plugins, cls: type[Source], seconds: float = PATIENCE) -> Source:
    @hookimpl
    def register_sources(register: Any) -> None:
        register(cls)

    plugins.add("odd", register_sources=register_sources)
    source = plugins.registry(seconds=seconds).find("odd")
    assert source is not None
    return source


def raising(error: BaseException) -> Any:
    def method(*arguments: Any) -> Any:
        raise error

    return method


CALLS: dict[str, tuple[Any, ...]] = {
    "handshake": (REQUEST, CONNECTION),
    "verify": (REQUEST, CONNECTION, NOW),
    "receive": (REQUEST, CONNECTION),
    "transform": (RECEIVED, CONNECTION),
}
"""What each method is called with."""
STALE, NO_JSON = NotVerified("stale"), Unreadable("no JSON")


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("verify", STALE),
        ("receive", NO_JSON),
        ("transform", NO_JSON),
        ("verify", Unconfigured("odd", "an admin must configure its connection anew")),
    ],
)
def test_what_the_contract_names_passes(plugins: Plugins, method: str, error: Exception) -> None:
    source = guarded(plugins, type("Raising", (Odd,), {method: raising(error)}))
    with pytest.raises(type(error)):
        getattr(source, method)(*CALLS[method])
    assert plugins.failures == []


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("handshake", STALE),
        ("handshake", NO_JSON),
        ("verify", NO_JSON),
        ("receive", STALE),
        ("transform", STALE),
    ],
)
def test_what_it_names_for_another_method_is_the_plugin_s_failure(
    plugins: Plugins, method: str, error: Exception
) -> None:
    source = guarded(plugins, type("Raising", (Odd,), {method: raising(error)}))
    with pytest.raises(PluginFailed):
        getattr(source, method)(*CALLS[method])
    assert plugins.failures == [("odd", f"raised {type(error).__name__}")]


@pytest.mark.parametrize("error", [ImportError("no such library"), Unreadable("x")])
def test_a_source_that_fails_to_tell_its_settings_is_listed_with_a_warning(
    plugins: Plugins, error: Exception
) -> None:
    plugins.add(
        "good", register_sources=hookimpl(lambda register: register(type("Good", (Odd,), {"name": "good"})))
    )
    guarded(plugins, type("Raising", (Odd,), {"settings": raising(error)}))
    good, odd = source_views(plugins.registry(), {})
    assert (good.name, good.settings_schema) == ("good", None)
    assert (odd.name, odd.settings_schema) == ("odd", None)
    assert odd.warning is not None


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), RecursionError(), AssertionError()])
def test_anything_else_is_the_plugin_s_failure(plugins: Plugins, error: BaseException) -> None:
    source = guarded(plugins, type("Raising", (Odd,), {"receive": raising(error)}))
    with pytest.raises(PluginFailed) as failure:
        source.receive(REQUEST, CONNECTION)
    assert failure.value.by == "odd/1"
    assert plugins.failures == [("odd", f"raised {type(error).__name__}")]


@pytest.mark.parametrize("answer", [None, "ok", [Event("e")], Events("ok"), Events([("e", None)])])
def test_only_events_are_received(plugins: Plugins, answer: Any) -> None:
    source = guarded(plugins, type("Odd", (Odd,), {"receive": lambda *_: answer}))
    with pytest.raises(PluginFailed, match="receive returned"):
        source.receive(REQUEST, CONNECTION)


@pytest.mark.parametrize("answer", [None, True, "ok", Events(())])
def test_only_a_verified_is_proof(plugins: Plugins, answer: Any) -> None:
    source = guarded(plugins, type("Lying", (Odd,), {"verify": lambda *_: answer}))
    with pytest.raises(PluginFailed, match="not Verified"):
        source.verify(REQUEST, CONNECTION, NOW)


def test_each_item_of_a_file_has_a_budget_of_its_own(plugins: Plugins) -> None:
    class Slow(Odd):
        def read(self, stream, hint, resume, connection):
            for number in range(4):
                time_passes(0.5)
                yield str(number), FEEDBACK

    source = guarded(plugins, Slow, seconds=1.9)
    hint = FileHint(name="a.txt", modified_at=NOW)
    assert len(list(source.read(BytesIO(), hint, None, CONNECTION))) == 4


def test_the_stream_s_own_slowness_is_not_the_plugin_s(plugins: Plugins) -> None:
    class SlowStream(BytesIO):
        def read(self, size=-1):
            time_passes(0.6)  # twice: for what there is, and for the end
            return super().read(size)

    class Whole(Odd):
        def read(self, stream, hint, resume, connection):
            yield stream.read().decode(), FEEDBACK

    source = guarded(plugins, Whole, seconds=1.0)
    hint = FileHint(name="a.txt", modified_at=NOW)
    assert [mark for mark, _ in source.read(SlowStream(b"all"), hint, None, CONNECTION)] == ["all"]
    assert plugins.failures == []


@pytest.mark.parametrize("item", [None, "x", ("1",), (1, FEEDBACK), ("1", FEEDBACK, 2)])
def test_what_is_no_mark_with_an_item_is_a_failure(plugins: Plugins, item: Any) -> None:
    source = guarded(plugins, type("Lying", (Odd,), {"read": lambda *_: iter([item, ("2", FEEDBACK)])}))
    hint = FileHint(name="a.txt", modified_at=NOW)
    with pytest.raises(PluginFailed, match="no \\(mark, item\\)"):
        list(source.read(BytesIO(), hint, None, CONNECTION))


def test_a_mark_is_bounded(plugins: Plugins) -> None:
    read = {"read": lambda *_: iter([("1", FEEDBACK), ("x" * 1_001, FEEDBACK)])}
    hint = FileHint(name="a.txt", modified_at=NOW)
    items = guarded(plugins, type("Long", (Odd,), read)).read(BytesIO(), hint, None, CONNECTION)
    assert next(items) == ("1", FEEDBACK)
    with pytest.raises(PluginFailed, match="more than 1,000 characters"):
        next(items)


@pytest.mark.parametrize("item", [None, {"external_id": "1", "text": "It crashes"}, "It crashes"])
def test_an_item_that_is_none_is_a_failure_and_not_passed_over(plugins: Plugins, item: Any) -> None:
    methods = {"transform": lambda *_: iter([FEEDBACK, item]), "read": lambda *_: iter([("1", item)])}
    source = guarded(plugins, type("Lying", (Odd,), methods))
    hint = FileHint(name="a.txt", modified_at=NOW)
    with pytest.raises(PluginFailed, match=f"transform yielded {type(item).__name__}"):
        source.transform(RECEIVED, CONNECTION)
    with pytest.raises(PluginFailed, match=f"read yielded {type(item).__name__}"):
        list(source.read(BytesIO(), hint, None, CONNECTION))


def test_where_a_source_raised_stands_in_the_log(plugins: Plugins, caplog: pytest.LogCaptureFixture) -> None:
    source = guarded(plugins, type("Raising", (Odd,), {"receive": raising(KeyError("x"))}))
    with pytest.raises(PluginFailed):
        source.receive(REQUEST, CONNECTION)
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.plugin == "odd/1"  # type: ignore[attr-defined]
    assert record.exc_info is not None
    assert record.exc_info[0] is KeyError


@pytest.mark.parametrize("settings", [{"site": str}, "Model", object(), dict])
def test_settings_that_are_no_model_fail_their_own_source_only(plugins: Plugins, settings: Any) -> None:
    source = guarded(plugins, type("Lying", (Odd,), {"settings": lambda _: settings}))
    with pytest.raises(PluginFailed, match="no pydantic model"):
        source.settings()
    (view,) = source_views(plugins.registry(), {})
    assert view.settings_schema is None
    assert "no pydantic model" in str(view.warning)


def test_transform_runs_as_a_whole_within_one_budget(plugins: Plugins) -> None:
    class Slow(Odd):
        def transform(self, received, connection):
            for _ in range(4):
                time_passes(SECONDS / 2)
                yield FEEDBACK

    with pytest.raises(PluginFailed, match="was cut"):
        list(guarded(plugins, Slow, SECONDS).transform(RECEIVED, CONNECTION))


# ---- budget ----------------------------------------------------------------------------------------


def time_passes(seconds: float) -> None:
    """As code does that computes: no sleep, which a signal would end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_a_runaway_is_cut() -> None:
    with pytest.raises(Overrun), budget(0.05):
        time_passes(20)


def test_one_that_swallows_the_first_signal_gets_another() -> None:
    def stubborn() -> None:
        try:
            time_passes(20)
        except Overrun:
            time_passes(20)

    with pytest.raises(Overrun), budget(0.05):
        stubborn()


def test_nothing_is_cut_once_it_is_over() -> None:
    with budget(1.0):
        pass
    time_passes(1.1)


def test_a_pause_leaves_the_rest_of_the_budget() -> None:
    steps = []

    def waits_then_hangs() -> None:
        with paused():
            time_passes(1.2)
        steps.append("waited")
        time_passes(20)

    with pytest.raises(Overrun), budget(1.0):
        waits_then_hangs()
    assert steps == ["waited"]
