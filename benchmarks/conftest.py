"""What every benchmark shares: ours and its peers measured turn by turn, so that a noisy machine is as
noisy for the one as for the other, and a table of all ratios at the end, beside the baseline."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

BASELINE = Path(__file__).with_name("baseline.json")
OURS = "ours"

Rows = dict[str, dict[str, float]]
_rows: Rows = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--new-baseline", action="store_true", help="keep this run's ratios as the baseline")


class SideBySide:
    """Takes the time of callables, one after the other, round by round."""

    def __init__(self, benchmark: Any, name: str) -> None:
        self._benchmark, self._name = benchmark, name

    def __call__(
        self,
        rounds: int,
        check: Callable[[Any], bool],
        setup: Callable[[], tuple[Any, ...]] = tuple,
        warm_up: int = 3,
        clock: Callable[[], float] = time.perf_counter,
        **contenders: Callable[..., Any],
    ) -> None:
        """contenders: `ours` and its peers; each is called with what `setup` gives, anew each time, and
        returns what `check` must find right. clock: time.process_time counts the processor's alone. Medians
        in milliseconds, and for each peer the median of ours / peer over the rounds, go to the table."""
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for round in range(-warm_up, rounds):
            for name, contender in contenders.items():
                arguments = setup()
                begun = clock()
                result = contender(*arguments)
                taken = clock() - begun
                assert check(result), f"{name} gave {result!r}"
                if round >= 0:
                    times[name].append(taken)
        self._record(times)
        # Once more by itself, for pytest-benchmark's own statistics and comparisons
        self._benchmark.pedantic(
            contenders[OURS], setup=lambda: (setup(), {}), rounds=max(1, rounds // 5), iterations=1
        )

    def _record(self, times: Mapping[str, list[float]]) -> None:
        row = {f"{name} (ms)": round(statistics.median(taken) * 1000, 3) for name, taken in times.items()}
        for peer in times:
            if peer != OURS:
                pairs = zip(times[OURS], times[peer], strict=True)
                row[f"ours / {peer}"] = round(statistics.median(o / p for o, p in pairs), 3)
        _rows[self._name] = row
        self._benchmark.extra_info.update(row)


@pytest.fixture
def side_by_side(benchmark: Any, request: pytest.FixtureRequest) -> SideBySide:
    return SideBySide(benchmark, request.node.name.removeprefix("test_").replace("_", " "))


@pytest.fixture
def note(benchmark: Any, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Puts figures of this benchmark that are no times into the table."""

    def put(**figures: float) -> None:
        name = request.node.name.removeprefix("test_").replace("_", " ")
        row = {key.replace("_", " "): round(value, 3) for key, value in figures.items()}
        _rows.setdefault(name, {}).update(row)
        benchmark.extra_info.update(row)

    return put


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if not _rows:
        return
    before: Rows = json.loads(BASELINE.read_text())["rows"] if BASELINE.exists() else {}
    write = terminalreporter.write_line
    terminalreporter.section("side by side (baseline)")
    for name, row in _rows.items():
        figures = []
        for key, value in row.items():
            was = before.get(name, {}).get(key)
            figures.append(f"{key} {value:g}" + (f" ({was:g})" if was is not None else ""))
        write(f"{name}: " + ", ".join(figures))
    if config.getoption("--new-baseline"):
        machine = {
            "python": platform.python_version(),
            "machine": platform.machine(),
            "system": platform.system(),
        }
        BASELINE.write_text(json.dumps({"machine": machine, "rows": before | _rows}, indent=1) + "\n")
        write(f"kept as the baseline in {BASELINE.name}")
