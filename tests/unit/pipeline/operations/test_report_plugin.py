"""How plugins do, told to the table without doubling our work: that they fail, and that they work again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.quarantine import PluginFailures
from chalicelib.errors import Unavailable
from chalicelib.pipeline.operations import report_plugin
from chalicelib.pipeline.operations.report_plugin import ReportPlugin

AT = datetime(2026, 3, 1, tzinfo=UTC)
WORKS = ""


class Table:
    """told: what it was told, in order. looks: how often what stands was read. down: whether it can be
    reached."""

    def __init__(self, **standing: str) -> None:
        self.told: list[tuple[str, str, int]] = []
        self.looks = 0
        self.down = False
        self._standing = standing

    def plugin_failed(self, plugin: str, hook: str, reason: str, times: int) -> None:
        self._reach()
        self.told.append((plugin, f"{hook} {reason}", times))

    def plugin_works(self, plugin: str, hook: str) -> None:
        self._reach()
        self.told.append((plugin, f"{hook} works", 0))

    def plugin_failures(self) -> Mapping[str, PluginFailures]:
        self.looks += 1
        self._reach()
        return {
            plugin: PluginFailures(1, AT, hook, "raised" if hook else "")
            for plugin, hook in self._standing.items()
        }

    def _reach(self) -> None:
        if self.down:
            raise Unavailable("dynamodb", "down")


@pytest.fixture(params=[3600.0])
def seconds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """Between two reports."""
    monkeypatch.setattr(report_plugin, "SECONDS", request.param)
    return float(request.param)


at_once = pytest.mark.parametrize("seconds", [0.0], indirect=True)


def test_failures_in_a_row_are_told_together(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table()
    report = ReportPlugin(failures=table)
    for _ in range(5):
        report("p", "classify", "raised")
    report("q", "classify", "raised")
    monkeypatch.setattr(report_plugin, "SECONDS", 0.0)
    report("p", "classify", "raised")
    assert table.told == [
        ("p", "classify raised", 1),
        ("q", "classify raised", 1),
        ("p", "classify raised", 5),
    ]


@at_once
def test_what_could_not_be_told_is_told_with_the_next(seconds: float) -> None:
    table = Table()
    report = ReportPlugin(failures=table)
    table.down = True
    report("p", "classify", "raised")
    report("p", "classify", "raised")
    table.down = False
    report("p", "classify", "raised")
    assert table.told == [("p", "classify raised", 3)]


def test_that_a_hook_works_again_is_told_once(seconds: float) -> None:
    table = Table()
    report = ReportPlugin(failures=table)
    report("p", "classify", "raised")
    for hook in ("draft", "classify", "classify"):
        report("p", hook, WORKS)
    report("q", "classify", WORKS)
    assert table.told == [("p", "classify raised", 1), ("p", "classify works", 0)]


def test_what_failed_in_a_process_that_is_gone_is_looked_up_once(seconds: float) -> None:
    table = Table(p="classify", q="", r="receive")
    report = ReportPlugin(failures=table)
    for plugin in ("q", "p", "p"):
        report(plugin, "classify", WORKS)
    assert table.told == [("p", "classify works", 0)]
    assert table.looks == 1


def test_one_that_fails_every_other_time_ends_as_failed_and_does_not_double_our_work(seconds: float) -> None:
    table = Table()
    report = ReportPlugin(failures=table)
    for _ in range(50):
        report("p", "classify", "raised")
        report("p", "classify", WORKS)
    assert [said for _, said, _ in table.told] == ["classify raised", "classify works", "classify raised"]


def test_a_table_that_is_down_is_not_asked_again_at_each_call(seconds: float) -> None:
    table = Table(p="classify")
    table.down = True
    report = ReportPlugin(failures=table)
    for _ in range(5):
        report("p", "classify", WORKS)
    assert table.looks == 1
    assert table.told == []


@at_once
def test_that_it_works_is_told_later_where_it_could_not_be_told(seconds: float) -> None:
    table = Table()
    report = ReportPlugin(failures=table)
    report("q", "classify", WORKS)
    report("p", "classify", "raised")
    table.down = True
    report("p", "classify", WORKS)
    table.down = False
    report("p", "classify", WORKS)
    assert table.told[1:] == [("p", "classify works", 0)]
