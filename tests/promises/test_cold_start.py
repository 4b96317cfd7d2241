"""What a start costs beside bare Chalice and beside Chalice with boto3, in the package that goes to Lambda.

In instructions where valgrind is at hand, which counts the same on every run of a busy machine; else in
processor time, turn by turn. benchmarks/test_cold_start.py has the times.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks import cold_start
from benchmarks.cold_start import Contender
from chalicelib.api.routes import ROUTES
from lambda_package import bytecode
from local.catalogue import load_functions
from tests.functional.aws_events import http_event

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="AWS's runtime client has wheels for Linux only; CI runs this there"
)
ROUNDS = 15
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "TRIGGERIQ_DATABASE": "postgresql://nobody@127.0.0.1:1/none",
}


class Limit(NamedTuple):
    """At most so many times the peer. cpu: with what a busy machine adds to a median of some rounds."""

    peer: Callable[[Path], Contender]
    instructions: float
    cpu: float


# The aims are 1.10, 1.5 and 1.5 times the peer's processor time. Ours goes into making classes and
# patterns, in many quick instructions; boto3's into reading modules, in few slow ones: 1.5 times its
# instructions take some 1.3 times its time. So what limits the instructions is where they stand, and a
# little more; what limits the time, where valgrind is missing, has room for a busy machine.
LIMITS = {
    "api": Limit(cold_start.chalice, instructions=1.10, cpu=1.25),
    "receive": Limit(cold_start.chalice_and_boto3, instructions=1.6, cpu=1.8),
    "deliver": Limit(cold_start.chalice_and_boto3, instructions=1.75, cpu=1.8),
    "process": Limit(cold_start.chalice_and_boto3, instructions=2.0, cpu=1.9),
}


@pytest.mark.parametrize("peer", [cold_start.chalice, cold_start.chalice_and_boto3])
def test_a_start_costs_no_more_than_it_may(
    peer: Callable[[Path], Contender], unpacked: Path, tmp_path: Path
) -> None:
    """Each function that has this peer: to count the peer takes ten seconds, and is done once."""
    beside = {name: limit for name, limit in LIMITS.items() if limit.peer is peer}
    ours = {name: _contender(name, unpacked) for name in beside}
    event = http_event("GET", "/health") if "api" in beside else None  # to its answer: it is made there
    theirs = peer(tmp_path / "peer")
    if shutil.which("valgrind"):
        counted = cold_start.instructions(theirs, event)
        ratios = {name: cold_start.instructions(one, event) / counted for name, one in ours.items()}
        most = {name: limit.instructions for name, limit in beside.items()}
    else:
        ratios = {
            name: cold_start.ratio_of_cpu(ROUNDS, _cpu(one, event), _cpu(theirs, event))
            for name, one in ours.items()
        }
        most = {name: limit.cpu for name, limit in beside.items()}
    assert ratios
    assert {name: ratio for name, ratio in ratios.items() if ratio > most[name]} == {}


def _contender(function: str, unpacked: Path) -> Contender:
    settings: Mapping[str, str] = SETTINGS | {"TRIGGERIQ_FUNCTION": function}
    return Contender(unpacked, load_functions()[function].handler, settings)


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="a difference so small is counted, not timed")
def test_a_hundred_routes_cost_the_health_path_no_more_than_it_may(unpacked: Path, tmp_path: Path) -> None:
    """The table is read at each start, and it grows."""
    grown = tmp_path / "grown"
    shutil.copytree(unpacked, grown)
    table = grown / "chalicelib" / "api" / "routes.py"
    *rows, end, formatting, _ = table.read_text(encoding="utf-8").split("\n")
    row = next(row for row in rows if '"/tickets/{id}/split"' in row)  # one of the longest
    more = [row.replace("/split", f"/{number}") for number in range(len(ROUTES), 100)]
    table.write_text("\n".join((*rows, *more, end, formatting, "")), encoding="utf-8")
    bytecode.compile_all(grown)
    event = http_event("GET", "/health")
    ours = Contender(grown, "app.app", SETTINGS | {"TRIGGERIQ_FUNCTION": "api"})
    counted = [cold_start.instructions(one, event) for one in (ours, cold_start.chalice(tmp_path / "peer"))]
    assert counted[0] / counted[1] <= 1.10, counted


def _cpu(contender: Contender, event: object) -> Callable[[], float]:
    events = [] if event is None else [event]

    def run() -> float:
        costs = cold_start.cold(contender, events)
        return costs.init_cpu + costs.first_cpu

    return run
