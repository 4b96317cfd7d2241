"""The ways back out of the quarantine, as they are stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.domain.intake.way_back import (
    ByBus,
    ByFile,
    ByQueue,
    ByReceive,
    UnknownWay,
    WayBack,
    from_json,
    name_of,
    to_json,
)
from chalicelib.domain.trace import Trace

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TRACE = Trace("65e19ab0" + "a" * 24, "b" * 16)
TRACED = {"traceparent": TRACE.traceparent}
STORED: list[tuple[WayBack, dict[str, object]]] = [
    (
        ByReceive(method="POST", headers={"x-topic": "review"}, trace=TRACE),
        {"v": 1, "method": "POST", "headers": {"x-topic": "review"}, **TRACED},
    ),
    (
        ByBus(id="e-1", received_at=NOW, headers={}, sha256="ab", trace=TRACE),
        {"v": 1, "id": "e-1", "received_at": NOW.isoformat(), "headers": {}, "sha256": "ab", **TRACED},
    ),
    (
        ByFile(FileJob("i-1", row_after="line 3", trace=TRACE)),
        {"v": 1, "import": "i-1", "row_after": "line 3", **TRACED},
    ),
    (
        ByReceive(method="PUT", headers={}, query={"kind": "a"}),
        {"v": 1, "method": "PUT", "headers": {}, "query": {"kind": "a"}},
    ),
    (ByFile(FileJob("i-1", row_after="")), {"v": 1, "import": "i-1", "row_after": ""}),
    (ByFile(FileJob("i-1", resume=True)), {"v": 1, "import": "i-1", "resume": True}),
    (ByQueue(queue="q", trace=TRACE), {"v": 1, "queue": "q", **TRACED}),
    (ByQueue(queue="q"), {"v": 1, "queue": "q"}),  # as it was before there were traces
]


@pytest.mark.parametrize(("way", "stored"), STORED)
def test_a_way_is_stored_as_every_release_stores_it(way: WayBack, stored: dict[str, object]) -> None:
    assert json.loads(to_json(way)) == stored


@pytest.mark.parametrize(("way", "stored"), STORED)
def test_what_any_release_stored_is_read(way: WayBack, stored: dict[str, object]) -> None:
    assert from_json(name_of(way), json.dumps(stored)) == way


@pytest.mark.parametrize("name", ["receive", "bus", "files", "queue", "another"])
@pytest.mark.parametrize(
    "stored",
    [
        "", "no JSON", "null", "[]", "7", "{}", '{"v": 2, "queue": "q", "import": "i"}', '{"v": 1}',
        "[" * 100_000,
        '{"v": 1, "method": "POST", "headers": [1]}',
        '{"v": 1, "method": 7, "headers": {}}',
        '{"v": 1, "method": "PUT", "headers": {}, "query": 7}',
        '{"v": 1, "id": "e", "received_at": "2026-03-01T09:00:00", "headers": {}, "sha256": "ab"}',
    ],
)  # fmt: skip
def test_what_this_release_cannot_read_stays_as_it_is(name: str, stored: str) -> None:
    way = from_json(name, stored)
    assert way == UnknownWay(name, stored)
    assert to_json(way) == stored


def kept(way: WayBack | None) -> Quarantined:
    return Quarantined(source="s", connection="c", reason="r", where="body", at=NOW, way_back=way)


def test_only_a_way_that_is_understood_can_be_replayed() -> None:
    assert all(kept(way).replayable for way, _ in STORED)
    assert not kept(None).replayable
    assert not kept(UnknownWay("files", "{}")).replayable


def test_the_same_trouble_is_the_same_by_each_way_but_no_other() -> None:
    assert kept(ByQueue(queue="a")).fingerprint == kept(ByQueue(queue="b")).fingerprint
    ways = [way for way, _ in STORED[:3]] + [STORED[-1][0], None]
    assert len({kept(way).fingerprint for way in ways}) == len(ways)
    # Entries that older releases kept have this name: another would add a second row for the same trouble
    assert kept(None).fingerprint == "f80c4b63dd470902229c23568639f35e"
