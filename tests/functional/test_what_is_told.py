"""What the functions tell of one event: lines that can be followed by its ids, and numbers that add up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from local import events
from local.catalogue import load_functions
from local.stack import Stack
from tests.functional.aws_events import http_event, real
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, signed
from tests.functional.told import ROUTE, STANDARD, Told, record_event

XRAY = "Root=1-65e19ab0-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1;Lineage=1:a1b2c3d4:0"
STRANGERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def trace_ids(lines: list[dict[str, Any]], message: str) -> dict[str, str]:
    """event id → trace id, of the lines with that message."""
    return {line["event_id"]: line["trace_id"] for line in lines if line["message"] == message}


def test_one_webhook_is_followed_by_its_ids_from_the_sender_to_the_ticket_s_event(told: Told) -> None:
    assert told.webhook("msg_1", id="r1") == 202
    told.step("ingest")
    told.step("process")
    (created,) = told.created()
    steps = {
        message: next(line for line in told.logs(function) if line["message"] == message)
        for function, message in (("receive", "accepted"), ("ingest", "ingested"), ("process", "taken"))
    }
    for line in steps.values():
        assert (line["event_id"], line["source"]) == ("msg_1", STANDARD)
        assert line["connection"] == told.connection
        assert line["request_id"]
        assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", line["trace_id"])
    assert steps["accepted"]["request_id"] == real("http_api")["requestContext"]["requestId"]
    (trace_id,) = {line["trace_id"] for line in steps.values()}
    assert created["traceparent"].split("-")[1] == trace_id[2:].replace("-", "")
    assert steps["taken"]["ticket_id"] == created["subject"]
    assert steps["taken"]["outcome"] == "created"


def test_events_of_one_batch_keep_their_own_traces(told: Told) -> None:
    assert [told.webhook("msg_1", id="r1"), told.webhook("msg_2", id="r2")] == [202, 202]
    accepted = trace_ids(told.logs("receive"), "accepted")
    assert len(set(accepted.values())) == 2
    assert len(told.step("ingest")["Records"]) == 2
    assert len(told.step("process")["Records"]) == 2
    assert trace_ids(told.logs("ingest"), "ingested") == accepted
    assert trace_ids(told.logs("process"), "taken") == accepted
    assert {event["traceparent"].split("-")[1] for event in told.created()} == {
        id[2:].replace("-", "") for id in accepted.values()
    }


def test_the_trace_is_that_of_lambda_and_a_stranger_s_changes_nothing(start: Callable[..., Told]) -> None:
    told = start(_X_AMZN_TRACE_ID=XRAY)
    told.connect(STANDARD)
    hostile = {"traceparent": STRANGERS, "X-Amzn-Trace-Id": "Root=1-00000000-" + "f" * 24}
    assert told.webhook("msg_1", hostile, id="r1") == 202
    (line,) = told.logs("receive")
    assert line["trace_id"] == "1-65e19ab0-0123456789abcdef01234567"
    told.step("ingest")
    told.step("process")
    (created,) = told.created()
    assert created["traceparent"] == "00-65e19ab00123456789abcdef01234567-0123456789abcdef-01"
    assert STRANGERS[3:35] not in told.output + json.dumps(created)


def test_the_schedule_tells_the_trace_of_what_was_left(told: Told, functions: Functions) -> None:
    told.webhook("msg_1", id="r1")
    told.step("ingest")
    functions.calls_until_killed("process", told.batch("process"), after="postgres.amend_tickets")
    told.functions.invoke("relay", events.scheduled_event(load_functions()["relay"]))
    (created,) = told.created()
    (trace_id,) = trace_ids(told.logs("receive"), "accepted").values()
    assert created["traceparent"].split("-")[1] == trace_id[2:].replace("-", "")


def test_a_message_without_a_trace_is_read_as_before(told: Told, functions: Functions) -> None:
    """As an older release wrote it."""
    told.webhook("msg_1", id="r1")
    event = told.batch("ingest")
    (record,) = event["Records"]
    body = json.loads(record["body"])
    assert body["detail"].pop("traceparent")
    told.functions.finish("ingest", {"Records": [{**record, "body": json.dumps(body)}]})
    told.step("process")
    (created,) = told.created()
    assert "traceparent" not in created
    (line,) = [line for line in told.logs("process") if line["message"] == "taken"]
    assert "trace_id" not in line
    assert line["event_id"] == "msg_1"


def test_what_comes_twice_counts_once_as_a_ticket(told: Told) -> None:
    assert [told.webhook("msg_1", id="r1") for _ in range(2)] == [202, 202]
    ingest = told.step("ingest")
    told.functions.invoke("ingest", ingest)  # delivered again: its acknowledgement was lost
    process = told.step("process")
    told.functions.invoke("process", process)
    assert told.counted() == {
        ("receive", STANDARD, "received"): 2,
        ("receive", STANDARD, "acknowledged"): 2,
        ("receive", STANDARD, "duplicates"): 1,
        ("ingest", STANDARD, "duplicates"): 1,
        ("process", STANDARD, "ticketed"): 1,
        ("process", STANDARD, "seconds_to_ticket"): 1,
        ("process", STANDARD, "duplicates"): 1,
    }


@pytest.mark.parametrize(
    ("last", "ticketed", "duplicates"),
    [("postgres.find_configuration", 1, 0), ("postgres.amend_tickets", 0, 1)],
)
def test_what_a_crash_sends_again_counts_as_it_is_found(
    told: Told, functions: Functions, last: str, ticketed: int, duplicates: int
) -> None:
    told.webhook("msg_1", id="r1")
    told.step("ingest")
    batch = told.batch("process")
    functions.calls_until_killed("process", batch, after=last)
    told.functions.invoke("process", batch)
    counted = told.counted()
    assert counted["process", STANDARD, "ticketed"] == ticketed
    assert counted["process", STANDARD, "duplicates"] == duplicates


def test_what_can_t_be_read_counts_where_it_is_kept_and_its_replay_is_not_received_again(told: Told) -> None:
    told.connect("generic_json", "key-of-a-partner", verification="api_key", items="notes")
    body = json.dumps({"id": "e1", "notes": [{"id": 1, "text": "It crashes"}, "no note", 7]}).encode()
    assert (
        told.post("generic_json", body, {"Content-Type": "application/json", "X-Api-Key": "key-of-a-partner"})
        == 202
    )
    told.step("ingest")
    assert told.counted()["ingest", "generic_json", "quarantined"] == 2
    kept, _ = (
        item["id"] for item in _get(told, "/quarantine")["items"] if item["connection"] == told.connection
    )
    received = told.counted()["receive", "generic_json", "received"]
    assert received == 1
    replayed = told.functions.invoke(
        "api", http_event("POST", "/quarantine/{id}/replay", {"id": kept}, {"X-Api-Key": KEY})
    )
    assert replayed["statusCode"] == 202
    told.step("ingest")
    counted = told.counted()
    assert sum(times for (_, _, name), times in counted.items() if name == "received") == received
    assert counted["ingest", "generic_json", "quarantined"] == 4
    # the trace that it came with goes along
    ids = {line["trace_id"] for line in told.logs("ingest") if line["message"] == "ingested"}
    assert ids == set(trace_ids(told.logs("receive"), "accepted").values())


def test_a_body_that_can_t_be_read_is_received_and_quarantined_not_acknowledged(told: Told) -> None:
    body = b"[]"
    assert [told.post(STANDARD, body, signed("msg_1", body)) for _ in range(2)] == [422, 422]
    assert told.counted() == {
        ("receive", STANDARD, "received"): 2,
        ("receive", STANDARD, "quarantined"): 1,
        ("receive", STANDARD, "duplicates"): 1,
    }


def test_an_outage_counts_each_attempt_that_failed(start: Callable[..., Told], quiet_stack: Stack) -> None:
    told = start(TRIGGERIQ_RECONNECT_SECONDS="0.2")
    told.connect(STANDARD)
    told.webhook("msg_1", id="r1")
    told.step("ingest")
    quiet_stack.stop_postgres()
    try:
        told.step("process")
    finally:
        quiet_stack.start_postgres()
    (line,) = [line for line in told.logs("process") if line["message"] == "a record failed"]
    assert (line["event_id"], line["reaction"], line["source"]) == ("msg_1", "park", STANDARD)
    told.functions.run_until_quiet()
    assert told.counted()["process", STANDARD, "failed"] == 1
    assert told.counted()["process", STANDARD, "ticketed"] == 1
    # the parked copy is of the same trace
    (trace_id,) = trace_ids(told.logs("receive"), "accepted").values()
    assert line["trace_id"] == trace_id == trace_ids(told.logs("process"), "taken")["msg_1"]


def test_nobody_can_make_a_source_by_asking_for_it(told: Told) -> None:
    place = {"source": "made-up", "connection": "default"}
    answer = told.functions.invoke("receive", http_event("POST", ROUTE, place, {}, b"{}"))
    assert answer["statusCode"] == 404
    told.functions.invoke("process", record_event("no feedback at all"))
    assert told.counted() == {("process", "unknown", "quarantined"): 1}


def test_a_file_counts_its_rows(told: Told, quiet_stack: Stack) -> None:
    key = f"reviews/csv/{told.connection}/a.csv"
    quiet_stack.client("s3").put_object(
        Bucket="triggeriq-local-uploads", Key=key, Body=b"id,text\n1,It crashes\n2,\n3,It is slow\n"
    )
    upload = told.functions.next_upload()
    assert upload is not None
    told.functions.finish("uploads", upload)
    told.step("files")
    assert len(told.step("process")["Records"]) == 2
    assert told.counted() == {
        ("files", "csv", "received"): 3,
        ("files", "csv", "acknowledged"): 2,
        ("files", "csv", "quarantined"): 1,
        ("process", "csv", "ticketed"): 2,
        ("process", "csv", "seconds_to_ticket"): 2,
    }
    (registered,) = told.logs("uploads")
    traces = {line["trace_id"] for line in told.logs("process") if line["message"] == "taken"}
    assert traces == {registered["trace_id"]}


def test_a_mail_without_feedback_is_acknowledged(told: Told, quiet_stack: Stack) -> None:
    quiet_stack.client("s3").put_object(
        Bucket="triggeriq-local-uploads",
        Key=f"emails/{told.connection}/away",
        Body=b"From: a@example.com\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n",
    )
    upload = told.functions.next_upload()
    assert upload is not None
    told.functions.finish("uploads", upload)
    told.step("files")
    assert told.counted() == {
        ("files", "inbound_email", "received"): 1,
        ("files", "inbound_email", "acknowledged"): 1,
    }


def _get(told: Told, route: str) -> Any:
    answer = told.functions.invoke("api", http_event("GET", route, {}, {"X-Api-Key": KEY}))
    assert answer["statusCode"] == 200, answer
    return json.loads(answer["body"])
