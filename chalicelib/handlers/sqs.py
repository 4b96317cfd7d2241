"""SQS events, answered with the records that must come again (ReportBatchItemFailures)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib import bootstrap
from chalicelib.domain.operations.record import Record
from chalicelib.domain.trace import from_xray
from chalicelib.errors import Unreadable
from chalicelib.handlers.deadline import time_left
from chalicelib.handlers.invocation import invocation
from chalicelib.pipeline.consume import Work, each
from chalicelib.ports.operations import TimeLeft

if TYPE_CHECKING:
    from chalicelib.domain.delivery.event import CloudEvent
    from chalicelib.pipeline.delivery.delivery_job import DeliveryJob


def ingest(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Events from the bus (queue `ingest`)."""
    from chalicelib.handlers import eventbridge  # no other function needs it

    left = time_left(context)
    with invocation(context) as use:

        def one(record: Record) -> None:
            until = use.now() + timedelta(seconds=left())
            owner = f"{context.aws_request_id}/{record.id}"
            use.intake.ingest(eventbridge.envelope_of(record.body), owner, until)

        return _consumed("ingest", event, each(one), left, eventbridge.detail_of)


def files(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Jobs to read a file (queue `files`)."""
    from chalicelib.domain.intake import file_job

    left = time_left(context)
    with invocation(context) as use:

        def one(record: Record) -> None:
            use.intake.read_file(file_job.from_json(record.body), left)

        return _consumed("files", event, each(one), left)


def process(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Feedback (queue `feedback`)."""
    with invocation(context) as use:
        return _consumed("process", event, use.tickets.process, time_left(context))


def deliver(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Events from the bus and jobs, an attempt each (queue `delivery`)."""
    from chalicelib.handlers import eventbridge

    with invocation(context) as use:
        work = partial(use.delivery.deliver, understand=delivered)
        return _consumed("deliver", event, work, time_left(context), eventbridge.detail_of)


def jobs(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Jobs, each worked on for one turn (queue `jobs`)."""
    left = time_left(context)
    with invocation(context) as use:

        def one(record: Record) -> None:
            # The message's id stands for the holder: if the same message comes again, the previous holder is
            # dead
            use.operations.run_job(record.body, record.id, left)

        return _consumed("jobs", event, each(one), left)


def delivered(body: str) -> CloudEvent | DeliveryJob:
    """What a message of the queue `delivery` holds. Raises Unreadable."""
    from chalicelib.handlers import eventbridge
    from chalicelib.pipeline.delivery import delivery_job

    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from error
    return delivery_job.job_of(message) if delivery_job.is_job(message) else eventbridge.told_of(message)


def _consumed(
    function: str,
    event: Mapping[str, Any],
    work: Work,
    left: TimeLeft,
    read: Callable[[str], Any] = json.loads,
) -> dict[str, Any]:
    records = [_record(message, read) for message in event["Records"]]
    again = bootstrap.consumer(function)(records, work, left)
    return {"batchItemFailures": [{"itemIdentifier": id} for id in again]}


def _record(message: Mapping[str, Any], read: Callable[[str], Any]) -> Record:
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
        trace=from_xray(attributes.get("AWSTraceHeader")),
        read=read,
    )
