"""A source behind its guard: what it may say, raise and take of time."""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.errors import PluginFailed
from chalicelib.registry.guarded import STRETCH
from tests.unit.pipeline.fakes import NOW
from tests.unit.registry.conftest import PATIENCE, SECONDS, Plugins, time_passes
from triggeriq import (
    Answered,
    Connection,
    Event,
    Events,
    Feedback,
    FileHint,
    NotVerified,
    Received,
    Released,
    Request,
    Source,
    Unreadable,
    hookimpl,
)

FEEDBACK = Feedback(external_id="x", text="It crashes")
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
        ("receive", errors.Unreadable("no JSON")),
        ("transform", errors.Unreadable("no JSON")),
    ],
)
def test_what_the_contract_names_passes_as_an_error_of_ours(
    plugins: Plugins, method: str, error: Exception
) -> None:
    raised = NO_JSON if isinstance(error, errors.Unreadable) else error
    source = guarded(plugins, type("Raising", (Odd,), {method: raising(raised)}))
    with pytest.raises(type(error), match=str(error)) as passed:
        getattr(source, method)(*CALLS[method])
    assert type(passed.value) is type(error)
    assert plugins.failures == []


class Lines(Odd):
    """A file, line by line; it says after which one the rest is lost."""

    def read(self, stream, hint, resume, connection):
        done = 0
        try:
            for line in stream:
                done += 1
                yield line.decode(), FEEDBACK
        except Unreadable as error:
            raise Unreadable(f"line {done + 1}: {error}") from None


class Cut(BytesIO):
    """A stream of one line, behind which it fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__(b"one\n")
        self._error = error

    def read(self, size=-1):
        if chunk := super().read(size):
            return chunk
        raise self._error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.Unreadable("the file is cut off"), "line 2: the file is cut off"),
        (errors.Unavailable("s3", "down"), "s3: down"),
    ],
)
def test_an_error_of_ours_in_the_stream_comes_through_the_plugin(
    plugins: Plugins, error: Exception, told: str
) -> None:
    items = guarded(plugins, Lines).read(Cut(error), FileHint(name="a", modified_at=NOW), None, CONNECTION)
    assert next(items) == ("one\n", FEEDBACK)
    with pytest.raises(type(error), match=told):
        next(items)
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
    assert plugins.failures == [("odd", method, f"raised {type(error).__name__}")]


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(1), RecursionError(), AssertionError()])
def test_anything_else_is_the_plugin_s_failure(plugins: Plugins, error: BaseException) -> None:
    source = guarded(plugins, type("Raising", (Odd,), {"receive": raising(error)}))
    with pytest.raises(PluginFailed) as failure:
        source.receive(REQUEST, CONNECTION)
    assert failure.value.by == "odd/1"
    assert plugins.failures == [("odd", "receive", f"raised {type(error).__name__}")]
    assert str(failure.value) == f"the plugin odd/1: receive raised {type(error).__name__}"


@pytest.mark.parametrize(
    "answer",
    [None, "ok", [Event("e")], Events("ok"), Events([("e", None)]), Events(Event("e"), reply="ok")],
)
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


def test_transform_runs_as_a_whole_within_one_budget(plugins: Plugins) -> None:
    class Slow(Odd):
        def transform(self, received, connection):
            for _ in range(4):
                time_passes(SECONDS / 2)
                yield FEEDBACK

    with pytest.raises(PluginFailed, match="was cut"):
        list(guarded(plugins, Slow, SECONDS).transform(RECEIVED, CONNECTION))


# ---- budget ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "answer"),
    [("verify", True), ("handshake", "hello"), ("receive", "an event"), ("transform", iter(["x"]))],
)
def test_an_answer_that_is_none_is_one_failure_and_no_success(
    plugins: Plugins, method: str, answer: Any
) -> None:
    source = guarded(plugins, type("Lying", (Odd,), {method: lambda *_: answer}))
    with pytest.raises(PluginFailed, match=f"the plugin odd/1: {method} "):
        getattr(source, method)(*CALLS[method])
    assert [call[:2] for call in plugins.calls] == [("odd", method)]
    assert plugins.failures == plugins.calls


def test_to_refuse_as_the_contract_says_is_to_work(plugins: Plugins) -> None:
    source = guarded(plugins, type("Raising", (Odd,), {"verify": raising(STALE)}))
    with pytest.raises(NotVerified):
        source.verify(*CALLS["verify"])
    assert plugins.calls == [("odd", "verify", "")]


# ---- many items ------------------------------------------------------------------------------------


def test_many_items_are_made_as_they_are_asked_for(plugins: Plugins) -> None:
    made = 0

    class Endless(Odd):
        def transform(self, received, connection):
            nonlocal made
            while True:
                made += 1
                yield FEEDBACK

    items = guarded(plugins, Endless).transform(RECEIVED, CONNECTION)
    assert list(islice(items, 3 * STRETCH)) == [FEEDBACK] * 3 * STRETCH
    assert made == 3 * STRETCH
    assert plugins.calls == [("odd", "transform", "")] * 3


def test_what_is_no_item_is_a_failure_behind_the_first_stretch_too(plugins: Plugins) -> None:
    methods = {"transform": lambda *_: iter([FEEDBACK] * STRETCH + ["x"])}
    items = guarded(plugins, type("Lying", (Odd,), methods)).transform(RECEIVED, CONNECTION)
    with pytest.raises(PluginFailed, match="transform yielded str"):
        list(items)


def test_a_release_is_told_by_an_event_and_not_by_a_file(plugins: Plugins) -> None:
    told = [Answered(thread="t", at=NOW), Released(name="a", version="1", at=NOW)]
    methods = {
        "transform": lambda *_: iter(told),
        "read": lambda *_: iter([(str(n), one) for n, one in enumerate(told)]),
    }
    source = guarded(plugins, type("Telling", (Odd,), methods))
    assert list(source.transform(RECEIVED, CONNECTION)) == told
    items = source.read(BytesIO(), FileHint(name="a", modified_at=NOW), None, CONNECTION)
    assert next(items) == ("0", told[0])
    with pytest.raises(PluginFailed, match="read yielded Released"):
        next(items)
