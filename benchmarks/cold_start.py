"""What a start on Lambda costs: contenders laid out as packages are, run under AWS's runtime client."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lambda_package import bytecode
from local.runtime import Runtime

VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
HANDLER = "app.app"
HEALTH = {"status": "ok"}

BARE = """
def app(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": '{"status":"ok"}'}
"""
CHALICE = """
from chalice import Chalice

app = Chalice("hello")


@app.route("/health")
def health():
    return {"status": "ok"}
"""
CHALICE_AND_BOTO3 = "import boto3\n" + CHALICE
CHALICE_FILES = ("chalice/__init__.py", "chalice/app.py")
"""The part of Chalice that it packs itself; its command line stays at home."""
BOTO3 = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "python-dateutil", "six")


class Contender(NamedTuple):
    """folder: unpacked. settings: its environment beside Lambda's own."""

    folder: Path
    handler: str = HANDLER
    settings: Mapping[str, str] = {}


class Costs(NamedTuple):
    """Of one process. Times in milliseconds, memory in megabytes, with all that it was asked."""

    init_cpu: float
    init_wall: float
    first: float
    first_cpu: float
    warm: float
    warm_cpu: float
    memory: float


def lay_out(folder: Path, app: str, files: Iterable[str] = (), distributions: Iterable[str] = ()) -> Path:
    """A package of this app, with those files and distributions of this environment; its bytecode is made as
    ours. botocore's data stay out: importing reads none."""
    folder.mkdir(parents=True)
    (folder / "app.py").write_text(app)
    wanted = set(files)
    for name in distributions:
        found = importlib.metadata.files(name) or ()
        wanted |= {file.as_posix() for file in found if file.suffix == ".py" and file.parts[0] != ".."}
    root = Path(str(importlib.metadata.distribution("chalice").locate_file("")))
    for name in wanted:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, target)
    bytecode.compile_all(folder)
    return folder


def bare(folder: Path) -> Contender:
    return Contender(lay_out(folder, BARE))


def chalice(folder: Path) -> Contender:
    return Contender(lay_out(folder, CHALICE, CHALICE_FILES))


def chalice_and_boto3(folder: Path) -> Contender:
    """Importing is all that it does with boto3: no client."""
    return Contender(lay_out(folder, CHALICE_AND_BOTO3, CHALICE_FILES, BOTO3))


def cold(
    contender: Contender, events: Sequence[Any] = (), check: Callable[[Any], bool] = lambda answer: True
) -> Costs:
    """Start it, and hand it the events, one after the other; `check` must find each answer right."""
    taken, used = [0.0], [0.0]
    with Runtime(contender.folder, contender.handler, contender.settings) as runtime:
        init = runtime.last
        for event in events:
            before, begun = runtime.last.cpu, time.perf_counter()
            answer = runtime.invoke(event)
            taken.append((time.perf_counter() - begun) * 1000)
            used.append((runtime.last.cpu - before) * 1000)
            assert check(answer), answer
        memory = runtime.last.rss / 1e6
    first, warm = taken[min(1, len(events))], statistics.median(taken[2:] or [0.0])
    return Costs(
        init.cpu * 1000,
        init.wall * 1000,
        first,
        used[min(1, len(events))],
        warm,
        statistics.median(used[2:] or [0.0]),
        memory,
    )


def instructions(contender: Contender, event: Any = None) -> int:
    """Millions of instructions until it asks for its first event, or, if one is given, for the one after.
    Raises ValueError where valgrind counts nothing."""
    settings = {**contender.settings, "PYTHONHASHSEED": "0"}  # another seed, another count
    with Runtime(contender.folder, contender.handler, settings, prefix=VALGRIND, timeout=120) as runtime:
        if event is not None:
            runtime.invoke(event)
        runtime.end()
        counted = re.search(r"I\s+refs:\s+([\d,]+)", runtime.output())
    if counted is None:
        raise ValueError("valgrind did not say how many instructions there were")
    return round(int(counted[1].replace(",", "")) / 1e6)


def ratio_of_cpu(rounds: int, ours: Callable[[], float], peer: Callable[[], float]) -> float:
    """The median of ours / peer over rounds of one after the other."""
    return statistics.median(ours() / peer() for _ in range(rounds))
