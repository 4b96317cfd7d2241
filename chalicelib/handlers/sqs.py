"""SQS events, answered with the records that must come again (ReportBatchItemFailures)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.operations.record import TRACE_HEADER, Record
from chalicelib.domain.trace import from_xray
from chalicelib.errors import Unreadable
from chalicelib.handlers.deadline import time_left
from chalicelib.handlers.invocation import invocation
from chalicelib.pipeline.consume import TimeLeft, Work, each


def ingest(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Events from the bus (queue `ingest`)."""
    left = time_left(context)
    with invocation(context) as use:

        def one(record: Record) -> None:
            until = use.now() + timedelta(seconds=left())
            use.intake.ingest(_bus_event(record.body), f"{context.aws_request_id}/{record.id}", until)

        return _consumed("ingest", event, each(one), left)


def files(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Jobs to read a file (queue `files`)."""
    left = time_left(context)
    with invocation(context) as use:
        return _consumed("files", event, each(lambda record: use.intake.read_file(record.body, left)), left)


def process(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Feedback (queue `feedback`)."""
    with invocation(context) as use:
        return _consumed("feedback", event, use.tickets.process, time_left(context))


def jobs(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Turns of jobs (queue `jobs`)."""
    left = time_left(context)
    with invocation(context) as use:

        def one(record: Record) -> None:
            # The message's id: where it comes again, whoever had the job in hand before is dead
            use.operations.run_job(record.body, record.id, left)

        return _consumed("jobs", event, each(one), left)


def _consumed(queue: str, event: Mapping[str, Any], work: Work, left: TimeLeft) -> dict[str, Any]:
    again = bootstrap.consumer(queue)([_record(one) for one in event["Records"]], work, left)
    return {"batchItemFailures": [{"itemIdentifier": id} for id in again]}


def _record(message: Mapping[str, Any]) -> Record:
    attributes = message.get("attributes", {})
    return Record(
        id=message["messageId"],
        body=message["body"],
        receives=int(attributes.get("ApproximateReceiveCount", 1)),
        handle=message["receiptHandle"],
        sent_at=datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC),
        attributes={
            name: attribute["stringValue"]
            for name, attribute in message.get("messageAttributes", {}).items()
            if attribute.get("stringValue") is not None
        },
        trace=from_xray(attributes.get(TRACE_HEADER)),
    )


def _bus_event(body: str) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(event, dict):
        raise Unreadable(f"a bus event is an object, not {type(event).__name__}")
    return event
