"""What looks at the log when the session ends finds what is not as the catalogue says."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.api.event_examples import example
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from local.catalogue import named
from local.stack import Stack
from tests.functional.told_events import event_log, faults_of

TICKET = example("ticket.created", posted=False)["data"]
TYPE = "ticket.created"
BAD: list[tuple[str, dict[str, Any]]] = [
    ("data: 'text' is a required property", {"data": {k: v for k, v in TICKET.items() if k != "text"}}),
    ("data: Additional properties are not allowed", {"data": {**TICKET, "mood": "bad"}}),
    ("data.version: '3' is not of type 'integer'", {"data": {**TICKET, "version": "3"}}),
    ("no type of the catalogue", {"type": "ticket.exploded", "data": TICKET}),
    ("data.text", {"data": {**TICKET, "text": None, "title": "x" * 300_000}}),
    ("data.id", {"type": "order.updated", "owner": "crm", "source": "crm", "data": {"id": 17}}),
]  # fmt: skip


@pytest.mark.parametrize(("said", "fields"), BAD, ids=range(len(BAD)))
def test_an_event_that_is_not_so_is_found(quiet_stack: Stack, said: str, fields: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    event = CloudEvent(id="bad", subject="t", time=now, **{"type": TYPE, **fields})
    log = event_log(quiet_stack)
    log.put(StoredEvent.of(event, now))
    try:
        assert [fault for fault in faults_of(quiet_stack) if said in fault]
    finally:
        quiet_stack.client("dynamodb").delete_item(
            TableName=named("events"), Key={"pk": {"S": f"event#{event.owner}#bad"}}
        )
    assert faults_of(quiet_stack) == []


def test_what_is_as_it_says_is_no_fault(quiet_stack: Stack) -> None:
    now = datetime.now(UTC)
    event = CloudEvent(id="good", type=TYPE, subject="t", time=now, data=TICKET)
    event_log(quiet_stack).put(StoredEvent.of(event, now))
    assert faults_of(quiet_stack) == []
