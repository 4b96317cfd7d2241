"""What every Quarantine promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.intake.quarantine import Quarantined
from chalicelib.errors import Unavailable
from chalicelib.ports.intake import Quarantine
from chalicelib.services.dynamodb.items import from_item
from chalicelib.services.dynamodb.quarantine import DynamoQuarantine
from chalicelib.services.s3 import S3Blobs
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import NOW, FakeQuarantine, now

Kept = Callable[[], dict[str, tuple[str, bytes | None]]]
"""Gives the reason of each entry of the test, by its id, and the bytes that were stored beside it."""


@pytest.fixture(params=["DynamoDB", "fake"])
def quarantine(request: pytest.FixtureRequest) -> Quarantine:
    if request.param == "fake":
        return FakeQuarantine()
    client: Client = request.getfixturevalue("client")
    blobs = S3Blobs(client("s3"), named("artifacts"))
    return DynamoQuarantine(client("dynamodb"), named("quarantine"), blobs, now)


@pytest.fixture
def kept(quarantine: Quarantine, request: pytest.FixtureRequest, unique: str) -> Kept:
    if isinstance(quarantine, FakeQuarantine):
        return lambda: {id: (item.reason, raw) for id, (item, raw) in quarantine.kept.items()}
    client: Client = request.getfixturevalue("client")
    blobs = S3Blobs(client("s3"), named("artifacts"))

    def read() -> dict[str, tuple[str, bytes | None]]:
        rows = map(from_item, client("dynamodb").scan(TableName=named("quarantine"))["Items"])
        return {
            row["id"]: (row["reason"], _beside(blobs, row["raw_key"]))
            for row in rows
            if row.get("connection") == unique
        }

    return read


def _beside(blobs: S3Blobs, key: str) -> bytes | None:
    return blobs.get(key) if key.startswith("quarantine/") else None


@pytest.fixture
def item(unique: str) -> Quarantined:
    return Quarantined(
        source="csv", connection=unique, reason="no text", where="line 3", at=NOW, event_id="e1"
    )


def test_what_is_kept_is_there_by_the_id_that_was_given(
    quarantine: Quarantine, kept: Kept, item: Quarantined
) -> None:
    id = quarantine.keep(item)
    assert kept() == {id: ("no text", None)}


def test_it_is_kept_once_however_often_it_comes(
    quarantine: Quarantine, kept: Kept, item: Quarantined
) -> None:
    ids = {quarantine.keep(item, b"raw") for _ in range(2)}
    ids.add(quarantine.keep(replace(item, reason="still no text"), b"raw"))
    assert kept() == dict.fromkeys(ids, ("still no text", b"raw"))
    assert len(ids) == 1


def test_another_place_is_another_entry(quarantine: Quarantine, kept: Kept, item: Quarantined) -> None:
    ids = [quarantine.keep(item), quarantine.keep(replace(item, where="line 4"))]
    assert sorted(kept()) == sorted(ids)
    assert len(kept()) == 2


def test_its_bytes_are_stored_beside_it(quarantine: Quarantine, kept: Kept, item: Quarantined) -> None:
    id = quarantine.keep(item, b"\0\xff")
    assert kept()[id] == ("no text", b"\0\xff")


def test_bytes_that_lie_somewhere_already_are_not_stored_again(
    quarantine: Quarantine, kept: Kept, item: Quarantined
) -> None:
    id = quarantine.keep(replace(item, raw_key="events/e1"), b"raw")
    assert kept()[id] == ("no text", None)


def test_a_quarantine_that_is_down_is_unavailable(
    quarantine: Quarantine, item: Quarantined, aws: FaultyAws
) -> None:
    if isinstance(quarantine, FakeQuarantine):
        quarantine.down = True
    with aws.outage("DynamoDB"), pytest.raises(Unavailable):
        quarantine.keep(item, b"raw")


def test_a_bucket_that_is_down_is_unavailable_before_a_row_tells_of_its_bytes(
    client: Client, aws: FaultyAws, item: Quarantined
) -> None:
    blobs = S3Blobs(client("s3"), named("artifacts"))
    quarantine = DynamoQuarantine(client("dynamodb"), named("quarantine"), blobs, now)
    with aws.outage("S3"), pytest.raises(Unavailable):
        quarantine.keep(item, b"raw")
    rows = map(from_item, client("dynamodb").scan(TableName=named("quarantine"))["Items"])
    assert item.connection not in {row.get("connection") for row in rows}
