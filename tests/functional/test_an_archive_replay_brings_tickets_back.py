"""The bus keeps an archive: what PostgreSQL lost comes back from it, within the claims' 72 hours too."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.catalogue import named
from local.stack import Stack
from tests.functional.client import Client
from tests.functional.stores import Stores


class Archive:
    """The archive of the bus, as an operator replays it."""

    def __init__(self, stack: Stack) -> None:
        self._events = stack.client("events")
        bus = self._events.describe_event_bus(Name=named("")[:-1])
        self._bus = bus["Arn"]
        (archive,) = self._events.list_archives(EventSourceArn=self._bus)["Archives"]
        self._archive = self._events.describe_archive(ArchiveName=archive["ArchiveName"])["ArchiveArn"]

    def replay(self) -> None:
        now = datetime.now(UTC)
        self._events.start_replay(
            ReplayName=f"replay-{uuid.uuid4().hex[:8]}",
            EventSourceArn=self._archive,
            EventStartTime=now - timedelta(hours=1),
            EventEndTime=now + timedelta(minutes=1),
            Destination={"Arn": self._bus},
        )


@pytest.fixture
def archive(stack: Stack) -> Archive:
    return Archive(stack)


def send(client: Client, connection: str) -> dict[str, Any]:
    """Three pieces of feedback, one of them too long for the bus; their tickets by external id."""
    client.connect("standard_webhooks", connection)
    for id, padding in (("a", ""), ("b", ""), ("long", "x" * 300_000)):
        data = {"id": id, "text": f"feedback {id}", "padding": padding}
        assert client.webhook(connection, f"msg_{id}", data).status == 202
    return {ticket["external_id"]: ticket for ticket in client.wait_for_tickets(connection, 3)}


def test_lost_tickets_come_back_under_their_own_ids(
    client: Client, connection: str, stores: Stores, archive: Archive
) -> None:
    before = send(client, connection)
    stores.wait_until_quiet()
    stores.lose([ticket["id"] for ticket in before.values()])
    assert client.tickets(connection) == []
    archive.replay()
    stores.wait_until_quiet()
    after = {ticket["external_id"]: ticket for ticket in client.wait_for_tickets(connection, 3)}
    same = ("id", "text", "category", "priority", "received_at", "created_at")
    assert {id: [one[name] for name in same] for id, one in after.items()} == {
        id: [one[name] for name in same] for id, one in before.items()
    }


def test_a_replay_changes_nothing_that_stands(
    client: Client, connection: str, stores: Stores, archive: Archive
) -> None:
    tickets = send(client, connection)
    assert client.call("PATCH", f"/tickets/{tickets['a']['id']}", {"priority": "critical"}).status == 200
    stores.wait_until_quiet()
    before = client.tickets(connection)
    histories = [client.history(ticket["id"]) for ticket in before]
    archive.replay()
    stores.wait_until_quiet()
    assert client.tickets(connection) == before
    assert [client.history(ticket["id"]) for ticket in before] == histories
