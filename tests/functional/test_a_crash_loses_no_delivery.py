"""kill -9 after each call to the outside, of each function on the way from the bus to a receiver: afterwards
there is one delivery, it arrived at least once, and none of its attempts is missing.

The calls are those that the code itself names (chalicelib/services/external.py). A call that is not in CALLS
fails `test_every_call_has_its_crash`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.services.dynamodb.items import from_item, to_item
from local import events
from local.catalogue import load_functions, named
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY
from tests.functional.receivers import Receivers, Says

TYPE = "shop.opened"
WHO_IS_TOLD = ["subscriptions.changes", "subscriptions.scan"]
TURN = ["endpoints.read", "endpoints.write", "kms.open", "deliveries.claim", "event_log.read", "web.send"]
NEWS = ["event_log.put", "bus.publish", "event_log.change"]

CALLS = {
    "an event": [
        "event_log.get",
        "event_log.put",
        *WHO_IS_TOLD,
        "inbox.read",
        "inbox.put",
        "deliveries.put",
        "queue.send",
    ],
    "a job": [*WHO_IS_TOLD, *TURN, "deliveries.record", "deliveries.change"],
    "a job that fails": [*WHO_IS_TOLD, *TURN, "deliveries.record", "deliveries.change", "queue.send"],
    "a job whose endpoint is gone": [
        *WHO_IS_TOLD,
        *TURN,
        "deliveries.record",
        "deliveries.change",
        *NEWS,
        "subscriptions.read",
        "subscriptions.write",
        "subscriptions.count",
    ],
    "a job that finds no lease": [*WHO_IS_TOLD, "endpoints.read", "deliveries.move", "queue.send"],
    "what is due": [*WHO_IS_TOLD, "deliveries.due", "endpoints.read", "deliveries.move", "queue.send"],
    "what was cut off": [
        *WHO_IS_TOLD,
        "deliveries.due",
        "endpoints.read",
        "deliveries.read",
        "deliveries.record",
        "deliveries.change",
        "queue.send",
    ],
}
"""The calls of one invocation of a new process, each name once, in the order of the first."""
READS = {
    "event_log.get", "event_log.read", "subscriptions.changes", "subscriptions.scan", "subscriptions.read",
    "inbox.read", "endpoints.read", "deliveries.read", "deliveries.due", "kms.open",
}  # fmt: skip
"""Calls that change nothing: a kill after one says the same as a kill after the call before it. So those are
in tests/proof."""
SAME = {"a job that fails": "a job", "a job whose endpoint is gone": "a job"}
"""Cases that begin as others do."""
KILLS = [
    (case, call)
    for case, calls in CALLS.items()
    for call in calls
    if call not in READS and call not in CALLS.get(SAME.get(case, ""), ())
]


class Way:
    """One event on its way to one receiver, and what became of it."""

    def __init__(self, functions: Functions, stack: Stack, receivers: Receivers, name: str) -> None:
        self.functions, self.receivers, self.name = functions, receivers, name
        self._dynamodb, self._bus = stack.client("dynamodb"), stack.client("events")
        self.path = f"/{name}"
        self.says = Says()
        self.url = receivers.at(self.path, lambda count: self.says)
        wanted = {"types": [TYPE], "filter": {"tag": [name]}}
        made = self.call("POST", "/subscriptions", {"url": self.url, "name": name, **wanted})
        self.subscription, self.owner = made["id"], made["owner"]
        self.call("PUT", "/inbox", wanted, function="pull")

    def call(self, method: str, route: str, value: Any, function: str = "api", **place: str) -> Any:
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        event = http_event(method, route, place or None, headers, json.dumps(value).encode())
        answer = self.functions.invoke(function, event)
        assert answer["statusCode"] in (200, 201, 202), answer
        return json.loads(answer["body"])

    def tell(self) -> None:
        """Put an event on the bus that its owner posted. Of what we tell it is put into the log here, too."""
        members = {"specversion": "1.0", "id": self.name, "source": "shop", "type": TYPE}
        members["time"] = datetime.now(UTC).isoformat()
        entry = {
            "EventBusName": "triggeriq-local",
            "Source": f"partner.{self.owner}",
            "DetailType": TYPE,
            "Detail": json.dumps({**members, "data": {"tags": [self.name]}}),
        }
        assert self._bus.put_events(Entries=[entry])["FailedEntryCount"] == 0

    @property
    def row(self) -> dict[str, Any]:
        """The one delivery."""
        (row,) = self._rows("pk = :id", {":id": self.subscription})
        return row

    def attempts(self) -> list[dict[str, Any]]:
        return self._rows("pk = :id", {":id": f"{self.subscription}.{self.row['sk']}"})

    def waiting_for_the_bus(self) -> list[dict[str, Any]]:
        """Events of the log that have its mark, of this subscription."""
        rows = map(from_item, self._dynamodb.scan(TableName=named("events"))["Items"])
        return [row for row in rows if "untold_since" in row and row.get("subject") == self.subscription]

    def let_time_pass(self) -> None:
        """What is pending or sending is long due, and every lease and pause is over."""
        row, past = self.row, (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
        if row["status"] in ("pending", "sending"):
            self._update(row, "SET due_at = :past", {":past": past})
        for endpoint in self._rows("pk = :id", {":id": f"endpoint#{self.subscription}"}):
            self._update(endpoint, "SET leases = :none REMOVE paused_until, open_until", {":none": {}})

    def lease_all(self) -> None:
        """Somebody else sends to the endpoint."""
        until = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        row = {"pk": f"endpoint#{self.subscription}", "sk": "state"}
        self._update(
            row,
            "SET saves = :one, leases = :leases, expires_at = :never",
            {":one": 1, ":leases": {"another": until}, ":never": 2**33},
        )

    def cut_off(self) -> None:
        """Its attempt was begun, and never ended."""
        self._update(
            self.row,
            "SET #status = :sending, attempt = :one, updated_at = :at",
            {":sending": "sending", ":one": 1, ":at": datetime.now(UTC).isoformat()},
            {"#status": "status"},
        )

    def until_nothing_moves(self) -> None:
        """Do what the pump and the hours do."""
        for _ in range(6):
            while self.functions.step("deliver"):
                pass
            self.let_time_pass()
            self.functions.invoke("deliver_due", events.scheduled_event(load_functions()["deliver_due"]))
            if self.row["status"] not in ("pending", "sending"):
                return
        raise AssertionError(self.row)

    def forget(self) -> None:
        """Nothing of it is due any more."""
        self._update(self.row, "SET expires_at = :past REMOVE due_shard", {":past": 0})

    def _rows(self, condition: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        found = self._dynamodb.query(
            TableName=named("deliveries"),
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
        )["Items"]
        return [from_item(item) for item in found]

    def _update(
        self, row: dict[str, Any], change: str, values: dict[str, Any], names: dict[str, str] | None = None
    ) -> None:
        self._dynamodb.update_item(
            TableName=named("deliveries"),
            Key=to_item({"pk": row["pk"], "sk": row["sk"]}),
            UpdateExpression=change,
            ExpressionAttributeValues=to_item(values),
            **({"ExpressionAttributeNames": names} if names else {}),
        )


@pytest.fixture(scope="module")
def receivers() -> Iterator[Receivers]:
    with Receivers() as receivers:
        yield receivers


@pytest.fixture
def way(functions: Functions, quiet_stack: Stack, receivers: Receivers, connection: str) -> Iterator[Way]:
    functions.told()
    functions.dead()
    way = Way(functions, quiet_stack, receivers, f"c{connection[-6:]}")
    yield way
    way.forget()


def begin(way: Way, case: str) -> tuple[str, dict[str, Any]]:
    """The function of a case, and the event that it gets."""
    way.tell()
    if case != "an event":
        way.functions.step("deliver")
    if case.startswith("what"):
        if case == "what was cut off":
            way.cut_off()
        way.let_time_pass()
        way.functions.told()  # the job was lost
        return "deliver_due", events.scheduled_event(load_functions()["deliver_due"])
    way.says = Says({"a job that fails": 500, "a job whose endpoint is gone": 410}.get(case, 200))
    if case == "a job that finds no lease":
        way.lease_all()
    event = way.functions.next_batch("deliver")
    assert event is not None
    return "deliver", event


@pytest.mark.parametrize(("case", "call"), KILLS)
def test_a_kill_after_the_call(way: Way, case: str, call: str) -> None:
    outlives(way, case, call)


def outlives(way: Way, case: str, call: str) -> None:
    """Whatever was done when it died: one delivery, and all of its attempts."""
    function, event = begin(way, case)
    names = way.functions.calls_until_killed(function, event, after=call)
    assert names[-1] == call
    if case == "an event" and "deliveries.put" not in names:
        way.functions.step("deliver")
    if case != "a job whose endpoint is gone":
        way.says = Says()
    way.until_nothing_moves()
    arrived = way.receivers.ids(way.path)
    assert set(arrived) == {way.name}
    row, attempts = way.row, way.attempts()
    assert [one["number"] for one in attempts] == list(range(1, row["attempt"] + 1))
    if case == "a job whose endpoint is gone":
        assert (row["status"], row["reason"]) == ("held", "gone")
    else:
        assert row["status"] == "delivered"
        assert attempts[-1]["status"] == 200
    assert way.functions.dead() == []


@pytest.mark.parametrize("case", CALLS)
def test_every_call_has_its_crash(way: Way, case: str) -> None:
    function, event = begin(way, case)
    assert list(dict.fromkeys(way.functions.calls(function, event))) == CALLS[case]
