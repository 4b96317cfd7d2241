"""docs/observability.md has every field of a log line and every metric, and none that there is not."""

from __future__ import annotations

import ast
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.domain.tickets.ticket import Outcome
from chalicelib.errors import REACTION
from chalicelib.log_lines import JsonLine
from chalicelib.ports.delivery import DeliveryCounter, DeliveryGauge
from chalicelib.ports.operations import Counter
from chalicelib.services.emf import POSTED, SECONDS_TO_TICKET, EmfMetrics
from tests.promises.test_docs import table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/observability.md").read_text(encoding="utf-8")
LEVELS = ("debug", "info", "warning", "error", "exception")
MODULES = sorted(ROOT.glob("chalicelib/**/*.py"))


def names(literal: ast.expr) -> Iterator[str]:
    """The keys of a dict that is written out; what it takes from another is looked at there."""
    assert isinstance(literal, ast.Dict), (
        f"line {literal.lineno}: write the fields out, so that they are seen"
    )
    for key, value in zip(literal.keys, literal.values, strict=True):
        if isinstance(key, ast.Constant):
            if not str(key.value).startswith("_"):  # for a developer's terminal: JsonLine leaves it out
                yield str(key.value)
        elif isinstance(value, ast.Dict | ast.IfExp):
            yield from names(value.body if isinstance(value, ast.IfExp) else value)


def fields(module: ast.Module) -> Iterator[str]:
    """Fields that a module's code puts into lines: of `extra`, of `bound`, of what has `ids`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for keyword in node.keywords:
                if (
                    called in LEVELS
                    and keyword.arg == "extra"
                    and not isinstance(keyword.value, ast.Attribute)
                ):
                    yield from names(keyword.value)
                elif called == "bound" and keyword.arg:
                    yield keyword.arg
        elif isinstance(node, ast.FunctionDef) and node.name == "ids":
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return | ast.Assign) and isinstance(inner.value, ast.Dict):
                    yield from names(inner.value)


def of_every_line() -> set[str]:
    try:
        raise KeyError
    except KeyError:
        record = logging.makeLogRecord({"exc_info": sys.exc_info()})
    return set(json.loads(JsonLine("process", lambda: "1-a-b").format(record)))


def test_every_field_is_documented() -> None:
    told = {name.strip() for row in table(PAGE, "field") for name in row[0].split(",")}
    in_code = {name for path in MODULES for name in fields(ast.parse(path.read_text(encoding="utf-8")))}
    assert in_code | of_every_line() == told


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_quotes_an_error(path: Path) -> None:
    """`loggable(error)` says what may be told of it; `str(error)` may quote a customer."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "extra":
            assert not [
                inner
                for inner in ast.walk(node.value)
                if isinstance(inner, ast.JoinedStr)
                or (isinstance(inner, ast.Call) and getattr(inner.func, "id", "") in ("str", "repr", "_said"))
            ], f"line {node.value.lineno}"


def test_values_of_fields_are_documented() -> None:
    rows = {row[0]: row[1] for row in table(PAGE, "field")}
    for outcome in get_args(Outcome):
        assert outcome in rows["outcome"]
    for reaction in REACTION.values():
        assert reaction in rows["queue, reaction"]


def units(lines: list[str]) -> dict[str, str]:
    """Of each metric that they tell; that the page names their dimensions is seen to as well."""
    directives = [directive for line in lines for directive in json.loads(line)["_aws"]["CloudWatchMetrics"]]
    for directive in directives:
        for name in (directive["Namespace"], *(name for names in directive["Dimensions"] for name in names)):
            assert f"`{name}`" in PAGE
    return {metric["Name"]: metric["Unit"] for one in directives for metric in one["Metrics"]}


def test_every_metric_is_documented_with_its_unit() -> None:
    lines: list[str] = []
    metrics = EmfMetrics("test", "process", lines.append)
    for counter in get_args(Counter):
        metrics.count(counter, "zendesk")
    metrics.seconds_to_ticket("zendesk", 1)
    metrics.flush()
    told = units(lines)
    assert [(row[0], row[1]) for row in table(PAGE, "metric")] == list(told.items())
    assert list(told) == [*get_args(Counter), SECONDS_TO_TICKET]


def test_every_metric_of_delivery_is_documented_with_its_unit() -> None:
    lines: list[str] = []
    metrics = EmfMetrics("test", "deliver", lines.append)
    for counter in get_args(DeliveryCounter):
        metrics.count_delivery(counter, "sub_1")
    metrics.count_posted()
    for gauge in get_args(DeliveryGauge):
        metrics.gauge(gauge, 1)
    metrics.flush()
    told = units(lines)
    assert [(row[0], row[1]) for row in table(PAGE, "metric of delivery")] == list(told.items())
    assert list(told) == [*get_args(DeliveryCounter), POSTED, *get_args(DeliveryGauge)]
