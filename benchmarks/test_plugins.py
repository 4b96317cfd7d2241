"""What plugins cost that nobody asks for: the start of `receive`, its first webhook, and the way to a source,
with 1, 10 and 100 more of them installed."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cold_start
from benchmarks.cold_start import Contender
from benchmarks.conftest import SideBySide
from chalicelib.registry import Found, Registry
from tests.functional.installing import SitePackages
from tests.packaging import (  # noqa: F401 - fixtures
    DESK,
    package,
    unpacked,
    with_plugins,
)
from tests.promises.test_what_receive_loads import SAMPLES, aws, event  # noqa: F401 - a fixture

COUNTS = (1, 10, 100)
ROUNDS = 12
SETTINGS = {
    "TRIGGERIQ_FUNCTION": "receive",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}


@pytest.fixture(scope="module")
def contenders(
    unpacked: Path,  # noqa: F811
    aws: str,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[int, Contender]:
    """The package with so many plugins more."""
    folders = tmp_path_factory.mktemp("installed")
    return {
        count: Contender(
            with_plugins(unpacked, folders / str(count), count) if count else unpacked,
            settings=SETTINGS | {"AWS_ENDPOINT_URL": aws},
        )
        for count in (0, *COUNTS)
    }


def webhook() -> Any:
    return event("standard_webhooks", SAMPLES["standard_webhooks"])


def accepted(answer: Any) -> bool:
    return bool(answer["statusCode"] == 202)


def test_start_of_receive_with_plugins_installed(
    benchmark: Any, note: Callable[..., None], contenders: dict[int, Contender]
) -> None:
    """In instructions where valgrind is at hand, else in processor time, one after the other."""
    benchmark.pedantic(lambda: cold_start.cold(contenders[100]), rounds=3)
    if shutil.which("valgrind"):
        init = {count: cold_start.instructions(one) for count, one in contenders.items()}
        first = {count: cold_start.instructions(one, webhook()) for count, one in contenders.items()}
    else:
        costs = {count: [] for count in contenders}
        for _ in range(ROUNDS):
            for count, one in contenders.items():
                costs[count].append(cold_start.cold(one, [webhook()], accepted))
        init = {count: statistics.median(one.init_cpu for one in taken) for count, taken in costs.items()}
        first = {
            count: statistics.median(one.init_cpu + one.first_cpu for one in taken)
            for count, taken in costs.items()
        }
    figures = {f"start, {count} more / none": init[count] / init[0] for count in COUNTS}
    note(
        **figures, **{f"start and webhook, {count} more / none": first[count] / first[0] for count in COUNTS}
    )


@pytest.fixture
def registries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, Registry]:
    monkeypatch.syspath_prepend(tmp_path)
    installed, found = SitePackages(tmp_path), []
    for number in range(max(COUNTS)):
        name = f"desk_{number}"
        installed.install(name, DESK.format(name=name))
        found.append(Found(name, name, "bench 1.0", hooks=("register_sources",), sources=(name,)))
    return {count: Registry(found[:count]) for count in COUNTS}


def test_dispatch_to_a_source_by_its_name(side_by_side: SideBySide, registries: dict[int, Registry]) -> None:
    """The first call loads the source; all others find it there."""

    def calls(registry: Registry) -> Callable[[], Any]:
        def run() -> Any:
            for _ in range(1_000):
                found = registry.find("desk_0")
            return found

        return run

    side_by_side(
        300,
        lambda source: source.name == "desk_0",
        ours=calls(registries[100]),
        **{f"of {count}": calls(registries[count]) for count in COUNTS[:2]},
    )
