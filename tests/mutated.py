"""Mutated requests of a source, as its sender would sign them, from the address to what goes on: the app's
own code with the source's plugin, and memory in place of AWS."""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.api.app import App
from chalicelib.domain.intake.envelope import from_event
from chalicelib.domain.trace import new_trace
from chalicelib.pipeline.intake.ingest import Ingest
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.pipeline.intake.receive import Receive
from chalicelib.registry.guarded import GuardedSource
from chalicelib.settings import Settings
from tests.unit.api.fakes import Client, FakeUseCases
from tests.unit.pipeline.fakes import (
    FakeBlobs,
    FakeBus,
    FakeClaims,
    FakeMetrics,
    FakeQuarantine,
    FakeQueue,
    FakeReceipts,
)
from triggeriq import Request, Source
from triggeriq.signing import signed
from triggeriq.testing import Delivery, WebhookContract, hostile
from triggeriq.testing.golden import load
from triggeriq.testing.proving import Proving

TESTS = Path(__file__).parent
SECONDS = 20.0
"""Of a call: a busy machine is no defect of a plugin. The contract measures the processor's time."""


def contracts(kind: type) -> list[Any]:
    """The contract tests of every source: they hold its samples."""
    files = sorted((TESTS / "plugins").glob("test_*.py"))
    modules = [importlib.import_module(f"tests.plugins.{file.stem}") for file in files]
    classes = {found for module in modules for _, found in inspect.getmembers(module, inspect.isclass)}
    return sorted(
        (found for found in classes if issubclass(found, kind) and hasattr(found, "source")),
        key=lambda found: found.__name__,
    )


def deliveries_of(contract: type[WebhookContract]) -> tuple[Delivery, ...]:
    """The golden ones, and those in code."""
    return (*(load(contract.golden) if contract.golden else ()), *contract.deliveries)


class One:
    """One source, or one connection, whoever asks."""

    def __init__(self, one: Any) -> None:
        self._one = one

    def find(self, *_: object, **__: object) -> Any:
        return self._one


class Door:
    """The address to which one delivery comes, and all that lies behind it. failures: what the plugin raised
    or answered that it may not."""

    def __init__(self, source: Source, delivery: Delivery) -> None:
        self.failures: list[str] = []
        self._source, self._delivery = source, delivery
        self._row = Proving(source, delivery).row
        self._connection = delivery.connected(source, delivery.secret)
        self._serve(GuardedSource(source, source.name, SECONDS, self._tally, in_full=True))

    @property
    def proves_any_body(self) -> bool:
        """Whether each body is sent with a proof that is right, so that none may be refused for it."""
        return self._row is not None and self._row.covers_body

    def send(self, body: bytes) -> int:
        """The status that the sender gets for this body, in place of the delivery's own, with a proof that is
        right; what was taken is read, too."""
        request = self._signed(body)
        place = f"/webhooks/{self._source.name}/{self._connection.name}"
        answer = self._client(self._delivery.method, place, request.body, **_spelt(request.headers))
        taken, self._bus.events = self._bus.events, []
        for event in taken:
            self._ingest(from_event(event.as_json()), "me", self._now() + timedelta(minutes=1))
        return answer.status

    def _signed(self, body: bytes) -> Request:
        request = self._delivery.request(body)
        if self._row is None:
            return request
        try:
            return signed(self._row, self._delivery.secret, request, self._now())
        except (ValueError, RecursionError, AttributeError, TypeError):
            return request  # of what is no document the proof can't stand in the body

    def _now(self) -> datetime:
        return self._delivery.now

    def _tally(self, plugin: str, hook: str, reason: str) -> None:
        if reason:
            self.failures.append(f"{hook} {reason}")

    def _serve(self, source: GuardedSource) -> None:
        self._bus, blobs, receipts = FakeBus(), FakeBlobs(), FakeReceipts()
        shared: dict[str, Any] = {
            "sources": One(source),
            "connections": One(self._connection),
            "receipts": receipts,
            "quarantine": FakeQuarantine(),
            "metrics": FakeMetrics(),
        }
        receive = Receive(
            **shared,
            publish=Publish(receipts=receipts, bus=self._bus, blobs=blobs, now=self._now),
            trace=new_trace,
            now=self._now,
        )
        self._ingest = Ingest(
            **shared,
            claims=FakeClaims(),
            blobs=blobs,
            queue=FakeQueue(),
            rest=FakeQueue(),
            bus=FakeBus,
        )
        use: Any = FakeUseCases(settings=Settings(stage="local"))
        use.intake.receive = receive
        app = App("mutated", settings=lambda: use.settings, use_cases=lambda: use, log=logging.getLogger)
        self._client = Client(app, {})


def _spelt(headers: Any) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}


def survive(
    contract: type[WebhookContract], times: int, tell: Callable[[int], None] = lambda done: None
) -> None:
    """So many mutated requests of the source: none is answered with 5xx, and its plugin never fails."""
    deliveries = deliveries_of(contract)
    each, done = -(-times // len(deliveries)), 0
    for delivery in deliveries:
        door = Door(contract.source(), delivery)
        for number, body in enumerate(hostile.mutated(delivery.body, each)):
            status = door.send(body)
            done += 1
            where = f"{delivery.name}, mutated for the {number}th time"
            assert status < 500, f"{where}: {status}, {door.failures}"
            assert not door.failures, f"{where}: {door.failures}"
            assert status != 401 or not door.proves_any_body, f"{where}: it was not read at all"
        tell(done)
