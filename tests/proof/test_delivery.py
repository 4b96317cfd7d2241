"""Thousands of deliveries on the running system: each subscriber gets each event, or it is listed, though a
fifth of them are flaky and workers are killed meanwhile; and a dead endpoint holds nobody up."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import quantiles

import pytest

from local.application import Application
from local.stack import Stack
from tests.functional.client import Client
from tests.functional.conftest import QUICK
from tests.functional.receivers import Receivers, Says
from tests.functional.test_events_are_delivered import deliveries, subscribe
from tests.proof.progress import Progress

EVENTS, SUBSCRIBERS = 500, 20
KILLS, EVERY = 4, 10.0
"""How often a worker is killed, and after how many seconds."""
SCHEDULE = "0,1,2,4,8,16,32,64"
FLAKY = (Says(500), Says(reset=True), Says(429, headers={"Retry-After": "1"}), Says(503, after=3))
DEAD = 500


@pytest.fixture(scope="module")
def running(stack: Stack) -> Iterator[Application]:
    with Application(stack, {**QUICK, "TRIGGERIQ_DELIVERY_SCHEDULE": SCHEDULE}) as application:
        yield application


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


def post(client: Client, type: str, ids: list[str]) -> None:
    batches = [ids[first : first + 50] for first in range(0, len(ids), 50)]

    def send(batch: list[str]) -> int:
        return client.call("POST", "/events", [{"id": id, "type": type, "data": {}} for id in batch]).status

    with ThreadPoolExecutor(4) as senders:
        assert set(senders.map(send, batches)) == {202}


def test_each_subscriber_gets_each_event_or_it_is_listed(client: Client, receivers: Receivers) -> None:
    chance = random.Random(7)
    subscribed = {}
    for number in range(SUBSCRIBERS):
        fault = FLAKY[number // 5] if number % 5 == 0 else None
        says = Says() if fault is None else lambda _, fault=fault: fault if chance.random() < 0.3 else Says()
        url = receivers.at(f"/{number}", says)
        subscribed[number] = subscribe(client, url, "proof.many", name=f"proof-{number}")["id"]
    ids = [f"many-{number}" for number in range(EVENTS)]
    over = threading.Event()
    killer = threading.Thread(target=kill_workers, args=(over, chance), daemon=True)
    killer.start()
    try:
        post(client, "proof.many", ids)
        wanted = EVENTS * SUBSCRIBERS
        # An event in the hands of a worker that is killed comes again after six minutes
        Progress("deliveries", wanted).follow(lambda: arrived_or_listed(client, receivers, subscribed), 600)
    finally:
        over.set()
        killer.join()
    for number, id in subscribed.items():
        rows = {row["event_id"]: row for row in deliveries(client, id)}
        assert set(rows) == set(ids)
        came = set(receivers.ids(f"/{number}"))
        assert all(row["status"] in ("failed", "held") for event, row in rows.items() if event not in came)
        done = [row for row in rows.values() if row["status"] != "sending"]
        assert all(row["attempt"] == len(row["attempts"]) for row in done)
    times = sum(len(receivers.got[f"/{number}"]) for number in subscribed if number % 5)
    print(f"\n  to those that are well {times:,} requests for {EVENTS * SUBSCRIBERS * 4 // 5:,} deliveries")


def arrived_or_listed(client: Client, receivers: Receivers, subscribed: dict[int, str]) -> int:
    total = 0
    for number, id in subscribed.items():
        came = set(receivers.ids(f"/{number}"))
        failed = deliveries(client, id, status="failed") if number % 5 == 0 else []
        total += len(came.union(row["event_id"] for row in failed))
    return total


def kill_workers(over: threading.Event, chance: random.Random) -> None:
    """kill -9 of one process of `deliver`, now and then."""
    for _ in range(KILLS):
        if over.wait(EVERY):
            return
        workers = [
            int(process.name)
            for process in Path("/proc").iterdir()
            if process.name.isdigit() and is_worker(process)
        ]
        if workers:
            os.kill(chance.choice(workers), signal.SIGKILL)


def is_worker(process: Path) -> bool:
    """Whether it is a `deliver` of ours: its forebears are this process's children."""
    try:
        if b"local.worker\0deliver\0" not in (process / "cmdline").read_bytes():
            return False
        while process.name not in ("0", "1"):
            process = process.with_name((process / "stat").read_text().rpartition(")")[2].split()[1])
            if process.name == str(os.getpid()):
                return True
    except OSError:  # it has ended
        return False
    return False


def test_a_dead_endpoint_holds_up_nobody_else(client: Client, receivers: Receivers) -> None:
    healthy = receivers.at("/healthy", Says(after=0.005))
    subscribe(client, healthy, "proof.alone", "proof.both", name="proof-healthy")
    alone = latencies(client, receivers, "proof.alone")
    subscribe(client, receivers.at("/dead", Says(after=20)), "proof.both", name="proof-dead")
    both = latencies(client, receivers, "proof.both")
    print(f"\n  alone: {told(alone)}; beside a dead one: {told(both)}")
    assert quantiles(both, n=20)[-1] <= 3 * quantiles(alone, n=20)[-1]
    assert max(both) <= 20


def latencies(client: Client, receivers: Receivers, type: str) -> list[float]:
    """Seconds from the post of all events until the healthy receiver had each."""
    before, ids = len(receivers.got["/healthy"]), [f"{type[6:]}-{number}" for number in range(DEAD)]
    began = time.time()
    post(client, type, ids)
    Progress(type, DEAD).follow(lambda: len(set(ids) & set(receivers.ids("/healthy"))))
    return [got.at - began for got in receivers.got["/healthy"][before:]]


def told(seconds: list[float]) -> str:
    return f"p95 {quantiles(seconds, n=20)[-1]:.1f} s, longest {max(seconds):.1f} s"
