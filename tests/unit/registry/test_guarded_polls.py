"""A source that fetches, behind its guard: what it may raise and take of time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from chalicelib import errors
from chalicelib.errors import PluginFailed
from tests.unit.pipeline.fakes import NOW
from tests.unit.registry.conftest import SECONDS, Plugins, time_passes
from tests.unit.registry.test_guarded import CONNECTION, guarded
from triggeriq import Source, Unreadable
from triggeriq.polling import Answer, Http, Polled, PollFailed


class Slow:
    """A provider that takes its time."""

    def request(self, method: str, url: str, *, headers: Any = None, body: Any = None) -> Answer:
        time_passes(0.6)
        return Answer(status=200, body=url.encode())

    def now(self) -> datetime:
        return NOW


class Fetching(Source):
    name = "odd"


def polled(plugins: Plugins, poll: Any, seconds: float = 60) -> list[Polled]:
    source = guarded(plugins, type("Odd", (Fetching,), {"poll": poll}), seconds)
    return list(source.poll(None, CONNECTION, Slow(), NOW))


def test_the_provider_s_own_slowness_is_not_the_plugin_s(plugins: Plugins) -> None:
    def poll(self: Any, cursor: Any, connection: Any, http: Http, deadline: Any) -> Iterator[Polled]:
        for number in range(3):
            yield Polled(body=http.request("GET", f"{number}").body, cursor=None)

    assert [page.body for page in polled(plugins, poll, seconds=0.5)] == [b"0", b"1", b"2"]
    assert plugins.failures == []


def test_one_that_runs_away_is_cut(plugins: Plugins) -> None:
    def poll(self: Any, cursor: Any, connection: Any, http: Http, deadline: Any) -> Iterator[Polled]:
        yield Polled(body=http.request("GET", "0").body, cursor=None)
        while True:
            time.sleep(0.01)

    with pytest.raises(PluginFailed, match=r"poll took longer than .* and was cut"):
        polled(plugins, poll, seconds=SECONDS)
    assert [hook for _, hook, _ in plugins.failures] == ["poll"]


@pytest.mark.parametrize(
    ("error", "ours"),
    [(PollFailed("it answered 500", 500), PollFailed), (Unreadable("no JSON"), errors.Unreadable)],
)
def test_what_the_contract_names_is_no_failure_of_the_plugin(
    plugins: Plugins, error: Exception, ours: type[Exception]
) -> None:
    def poll(self: Any, cursor: Any, connection: Any, http: Http, deadline: Any) -> Iterator[Polled]:
        yield Polled(body=b"0", cursor=None)
        raise error

    with pytest.raises(ours, match=str(error)):
        polled(plugins, poll)
    assert plugins.failures == []


def test_one_that_is_no_iterator_is_the_plugin_s_failure(plugins: Plugins) -> None:
    with pytest.raises(PluginFailed, match="raised TypeError"):
        polled(plugins, lambda self, *_: None)


@pytest.mark.parametrize("seconds", [0, 59, 604_801, "900", None, 900.5])
def test_a_rhythm_that_can_not_be_kept_is_refused(plugins: Plugins, seconds: Any) -> None:
    with pytest.raises(AssertionError):
        guarded(plugins, type("Odd", (Fetching,), {"poll_seconds": seconds}))
    assert plugins.registry().find("odd") is None
