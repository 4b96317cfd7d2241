"""POST /events and the sweep behind it: killed by kill -9 after each call to the outside, and with DynamoDB
and the bus down, whole and by entries. Afterwards each event is in the log once, on the bus at least once and
by one id, and waits for nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.catalogue import load_functions, named
from local.stack import Stack
from tests.functional.aws_events import http_event, schedule
from tests.functional.by_hand import Functions
from tests.functional.client import KEY
from tests.functional.conftest import AT_ONCE
from tests.functional.faulty_aws import FaultyAws

LONG = "x" * 250_000
UPDATE, EVENTS = "DynamoDB_20120810.UpdateItem", "AWSEvents.PutEvents"

CALLS = {
    "short": ["event_log.put", "bus.publish", "event_log.change"],
    "long": ["blobs.put", "event_log.put", "bus.publish", "event_log.change"],
    "with a key": [
        "idempotency.begin", "event_log.put", "bus.publish", "event_log.change", "idempotency.finish",
    ],
}  # fmt: skip
"""The calls of one request, each name once, in the order of the first."""
SWEPT = ["jobs.forgotten", "event_log.untold", "event_log.get", "bus.publish", "event_log.change"]
"""Those of the sweep."""


class Poster:
    """Who posts two events, in one request that is the same each time, and what became of them."""

    def __init__(self, functions: Functions, stack: Stack, case: str) -> None:
        self.functions, self._dynamodb = functions, stack.client("dynamodb")
        self.mark = uuid.uuid4().hex
        data = {"mark": self.mark, "text": LONG if case == "long" else ""}
        events = [{"type": "order.paid", "data": data, "id": f"{self.mark}-{number}"} for number in range(2)]
        if case == "with a key":
            events[1].pop("id")
        key = {"Idempotency-Key": f'"{self.mark}"'} if case == "with a key" else {}
        self.request = http_event(
            "POST", "/events", {}, {"X-Api-Key": KEY, "Content-Type": "application/json", **key},
            json.dumps(events).encode(),
        )  # fmt: skip

    def post(self) -> dict[str, Any]:
        answer = self.functions.invoke("receive", self.request)
        return {**json.loads(answer["body"]), "http": answer["statusCode"]}

    def rows(self) -> list[dict[str, Any]]:
        """Those of the table that are about these events."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=named("events"))
        return [
            item for page in pages for item in page["Items"] if self.mark in json.dumps(item, default=str)
        ]

    def log(self) -> list[dict[str, Any]]:
        return [row for row in self.rows() if row["pk"]["S"].startswith("event#")]

    def waiting(self) -> int:
        return sum("untold_since" in row for row in self.log())

    def let_time_pass(self) -> None:
        """What waits has waited for an hour, and a request that was under way is over."""
        for row in self.rows():
            change = (
                ("untold_since", {"S": "2026-01-01T00:00:00.000000+00:00"})
                if "untold_since" in row
                else ("held_until", {"N": "0"})
                if "held_until" in row
                else None
            )
            if change:
                self._dynamodb.update_item(
                    TableName=named("events"),
                    Key={"pk": row["pk"]},
                    UpdateExpression=f"SET {change[0]} = :value",
                    ExpressionAttributeValues={":value": change[1]},
                )

    def assert_all_is_well(self, ids: list[str] | None = None) -> None:
        """Two rows that wait for nothing, each told at least once. ids: those that the poster was told."""
        log = self.log()
        assert (len(log), self.waiting()) == (2, 0)
        kept = {row["id"]["S"] for row in log}
        told = [event for event in self.functions.told() if event["id"] in kept]
        assert {event["id"] for event in told} == kept
        assert ids is None or set(ids) == kept
        assert {event["type"] for event in told} == {"order.paid"}


@pytest.fixture(autouse=True)
def nothing_told(functions: Functions) -> None:
    functions.told()


@pytest.mark.parametrize(("case", "call"), [(case, call) for case in CALLS for call in CALLS[case]])
def test_a_kill_after_a_call_of_the_request(
    functions: Functions, quiet_stack: Stack, case: str, call: str
) -> None:
    poster = Poster(functions, quiet_stack, case)
    assert functions.calls_until_killed("receive", poster.request, after=call)[-1] == call
    if "idempotency.begin" in CALLS[case] and call != "idempotency.finish":
        assert poster.post()["http"] == 409
        poster.let_time_pass()
    again = poster.post()
    assert again["http"] == 202
    poster.assert_all_is_well([event["id"] for event in again["events"]])


@pytest.mark.parametrize("call", SWEPT)
def test_a_kill_after_a_call_of_the_sweep(functions: Functions, quiet_stack: Stack, call: str) -> None:
    """Nobody repeats the request that was killed before its events got on the bus."""
    poster = Poster(functions, quiet_stack, "short")
    functions.calls_until_killed("receive", poster.request, after="event_log.put")
    assert poster.waiting() == 1  # the second one of the two was not even kept
    poster.let_time_pass()
    sweep = schedule(load_functions()["sweep"]) | {"time": "2026-03-01T00:01:00Z"}
    assert functions.calls_until_killed("sweep", sweep, after=call)[-1] == call
    assert functions.invoke("sweep", sweep)["told"] == (0 if call == "event_log.change" else 1)
    (row,) = poster.log()
    assert "untold_since" not in row
    told = {event["id"] for event in functions.told() if not event["type"].startswith(("plugin.", "dlq."))}
    assert told == {row["id"]["S"]}


@pytest.mark.parametrize("case", CALLS)
def test_every_call_has_its_crash(functions: Functions, quiet_stack: Stack, case: str) -> None:
    poster = Poster(functions, quiet_stack, case)
    assert list(dict.fromkeys(functions.calls("receive", poster.request))) == CALLS[case]


@pytest.fixture(scope="module")
def aws(quiet_stack: Stack) -> Iterator[FaultyAws]:
    aws = FaultyAws(quiet_stack.aws_port)
    yield aws
    aws.close()


@pytest.fixture(scope="module")
def behind(
    aws: FaultyAws, quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Functions]:
    """Functions whose AWS may be jammed."""
    settings = {**AT_ONCE, "AWS_ENDPOINT_URL": aws.url}
    functions = Functions(quiet_stack, tmp_path_factory.mktemp("behind"), settings)
    yield functions
    functions.close()


@pytest.mark.parametrize("case", CALLS)
def test_while_aws_is_down_the_poster_is_told_and_his_repeat_goes_through(
    behind: Functions, quiet_stack: Stack, aws: FaultyAws, case: str
) -> None:
    poster = Poster(behind, quiet_stack, case)
    with aws.outage("DynamoDB"):
        assert poster.post()["http"] == 503
    assert poster.log() == []
    with aws.outage(EVENTS):
        assert poster.post()["http"] == 503
    assert poster.waiting() == 2
    with aws.refusing_entries(EVENTS):
        assert poster.post()["http"] == 503
    assert poster.waiting() == 1
    again = poster.post()
    assert [event["duplicate"] for event in again["events"]] == [True, False]
    poster.assert_all_is_well([event["id"] for event in again["events"]])


def test_a_mark_that_can_not_be_taken_off_is_swept(
    behind: Functions, quiet_stack: Stack, aws: FaultyAws
) -> None:
    poster = Poster(behind, quiet_stack, "short")
    with aws.outage(UPDATE):
        assert [event["duplicate"] for event in poster.post()["events"]] == [False, False]
    assert poster.waiting() == 2
    poster.let_time_pass()
    sweep = schedule(load_functions()["sweep"]) | {"time": "2026-03-01T00:01:00Z"}
    with aws.outage(EVENTS), pytest.raises(Exception, match="ServiceUnavailable"):
        behind.invoke("sweep", sweep)
    with aws.refusing_entries(EVENTS), pytest.raises(Exception, match="1 of 2 events were refused"):
        behind.invoke("sweep", sweep)
    assert poster.waiting() == 1
    assert behind.invoke("sweep", sweep)["told"] == 1
    poster.assert_all_is_well()
