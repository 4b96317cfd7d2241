"""How often plugins failed, told to the table without doubling our work."""

from __future__ import annotations

import pytest

from chalicelib.errors import Unavailable
from chalicelib.pipeline.operations import report_plugin
from chalicelib.pipeline.operations.report_plugin import ReportPlugin


class Counts:
    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.down = False

    def plugin_failed(self, plugin: str, error: str, times: int) -> None:
        if self.down:
            raise Unavailable("dynamodb", "down")
        self.told.append((plugin, times))


def test_failures_in_a_row_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_plugin, "SECONDS", 3600.0)
    counts = Counts()
    report = ReportPlugin(counts=counts)
    for _ in range(5):
        report("p", "raised")
    report("q", "raised")
    monkeypatch.setattr(report_plugin, "SECONDS", 0.0)
    report("p", "raised")
    assert counts.told == [("p", 1), ("q", 1), ("p", 5)]


def test_what_could_not_be_told_is_told_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_plugin, "SECONDS", 0.0)
    counts = Counts()
    report = ReportPlugin(counts=counts)
    counts.down = True
    report("p", "raised")
    report("p", "raised")
    counts.down = False
    report("p", "raised")
    assert counts.told == [("p", 3)]
