from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.delivery.catalogue import EventType, type_of
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.pipeline.delivery.sample_events import SampleEvents
from tests.in_memory_delivery import InMemoryEventLog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Sampling:
    def __init__(self) -> None:
        self.log = InMemoryEventLog()
        self.samples = SampleEvents(log=self.log, now=lambda: NOW)

    def put(self, id: str, *, hours: float = 1, type: str = "source.silent", **fields: Any) -> StoredEvent:
        at = NOW - timedelta(hours=hours)
        data = fields.pop("data", {"source": "app_store", "connection": "acme"})
        return self.log.put(StoredEvent.of(CloudEvent(id=id, type=type, time=at, data=data, **fields), at))

    def ids(self, type: str, owner: str = "crm", within: Restriction | None = None) -> list[str]:
        return [one["id"] for one in self.samples(_type(type), owner, within)]


def _type(name: str) -> EventType:
    found = type_of(name)
    assert found is not None
    return found


def test_they_are_the_newest_three_of_the_type() -> None:
    sampling = Sampling()
    for hours in range(1, 6):
        sampling.put(f"e-{hours}", hours=hours)
    sampling.put("other", hours=0.5, type="file.received")
    sampling.put("old", hours=24 * 31, type="file.received")
    assert sampling.ids("source.silent") == ["e-1", "e-2", "e-3"]
    assert sampling.ids("file.received") == ["other"]
    assert sampling.ids("dlq.not_empty") == []


def test_what_was_forgotten_is_none_of_them() -> None:
    sampling = Sampling()
    events = [sampling.put(f"e-{number}", hours=number) for number in range(1, 15)]
    for event in events[:12]:
        sampling.log.forget(event)
    assert sampling.ids("source.silent") == ["e-13", "e-14"]


def test_who_asks_sees_what_he_is_told_of_and_what_he_posted_himself() -> None:
    sampling = Sampling()
    sampling.put("all", hours=3, type="endpoint.failing")
    sampling.put("mine", hours=2, type="endpoint.failing", audience="crm")
    sampling.put("theirs", hours=1, type="endpoint.failing", audience="shop")
    sampling.put("o-1", type="order.updated", owner="crm", source="crm", connections=("zendesk/acme",))
    sampling.put("o-2", type="order.updated", owner="shop", source="shop")
    assert sampling.ids("endpoint.failing") == ["mine", "all"]
    assert sampling.ids("order.updated") == ["o-1"]
    assert sampling.ids("order.updated", "shop") == ["o-2"]


def test_a_restricted_caller_sees_samples_of_its_connections() -> None:
    sampling = Sampling()
    sampling.put("acme", hours=2, connections=("app_store/acme",))
    sampling.put("other", hours=1, connections=("app_store/other",))
    assert sampling.ids("source.silent", within=Restriction(("app_store/acme",))) == ["acme"]
    assert sampling.ids("source.silent", within=Restriction(("zendesk/*",))) == []


def test_nothing_of_anybody_is_in_them() -> None:
    sampling = Sampling()
    event = sampling.put("e-1", type="release.published", data={"name": "Ada's shop", "version": "4.2.0"})
    (shown,) = sampling.samples(_type("release.published"), "crm", None)
    assert shown["data"] == {"name": "(redacted)", "version": "4.2.0"}
    assert "Ada" in (event.body or "")
