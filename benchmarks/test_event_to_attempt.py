"""An event to its first attempt, through the whole running system: from the request of whoever posts it
until the receiver has it."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator

import pytest

from benchmarks.conftest import SideBySide
from local.application import Application
from local.stack import Stack
from tests.functional.client import Client
from tests.functional.receivers import Receivers

_ids = itertools.count()


@pytest.fixture(scope="module")
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


@pytest.fixture(scope="module")
def client(receivers: Receivers) -> Iterator[Client]:
    with Stack() as stack, Application(stack) as application:
        client = Client(application.url)
        made = {"url": receivers.at("/bench"), "types": ["bench.posted"]}
        assert client.call("POST", "/subscriptions", made).status == 201
        yield client


def test_event_to_first_attempt(
    side_by_side: SideBySide, note: Callable[..., None], client: Client, receivers: Receivers
) -> None:
    taken: list[float] = []

    def whole_way(id: str) -> bool:
        begun = time.time()
        event = {"id": id, "type": "bench.posted", "data": {"text": "It crashes on start"}}
        assert client.call("POST", "/events", event).status == 202
        until = time.monotonic() + 30
        while time.monotonic() < until:
            last = receivers.got["/bench"][-1:]
            if last and last[0].id == id:
                taken.append(last[0].at - begun)
                return True
            time.sleep(0.002)
        return False

    side_by_side(
        rounds=50, warm_up=5, setup=lambda: (f"e-{next(_ids)}",), check=lambda there: there, ours=whole_way
    )
    note(p95=statistics.quantiles(taken, n=20)[-1] * 1000)
