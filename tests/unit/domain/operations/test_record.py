"""What a record's body says it is about, for the log of its failure."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.intake import feedback_message
from chalicelib.domain.intake.envelope import Envelope
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.intake.file_job import FileJob, to_json
from chalicelib.domain.operations.record import Record
from chalicelib.domain.trace import Trace
from chalicelib.handlers.eventbridge import detail_of
from chalicelib.pipeline.operations import start_job
from tests.unit.pipeline.fakes import NOW
from triggeriq import Feedback

TRACE = Trace("65e19ab0" + "a" * 24, "b" * 16)
OTHER = Trace("65e19ab1" + "c" * 24, "d" * 16)


def ids(body: str, trace: Trace | None = None) -> dict[str, str]:
    found = Record(id="m-1", body=body, sent_at=NOW, trace=trace).ids
    assert found.pop("message_id") == "m-1"
    return {name: id for name, id in found.items() if id}


def test_each_of_our_messages_says_what_it_is_about() -> None:
    envelope = Envelope(id="e-1", source="zendesk", connection="c", received_at=NOW, trace=TRACE)
    message = FeedbackMessage(
        source="zendesk",
        connection="c",
        event_id="e-1",
        received_at=NOW,
        feedback=Feedback(external_id="1", text="Jo"),
        trace=TRACE,
    )
    known = {"event_id": "e-1", "source": "zendesk", "connection": "c", "trace_id": TRACE.xray_id}
    assert ids(json.dumps(envelope.as_event().as_json())) == known == envelope.ids
    assert ids(feedback_message.to_json(message)) == known == message.ids
    assert ids(to_json(FileJob("i-1", trace=TRACE))) == {"import_id": "i-1", "trace_id": TRACE.xray_id}
    assert ids(start_job.message("j-1").body) == {"job_id": "j-1"}


def test_the_body_s_trace_comes_before_the_header_s() -> None:
    assert ids(to_json(FileJob("i-1", trace=TRACE)), OTHER)["trace_id"] == TRACE.xray_id
    assert ids("not JSON", OTHER)["trace_id"] == OTHER.xray_id


@pytest.mark.parametrize(
    "body",
    [
        "", "no JSON", "7", "null", "[]", '"text"', "[" * 100_000, '{"data": 7}', '{"data": []}',
        '{"event_id": ["a"], "source": "no name", "connection": "Nor this", "traceparent": "none"}',
    ],
)  # fmt: skip
def test_what_says_nothing_has_no_ids(body: str) -> None:
    assert ids(body) == {}


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", "null", '{"detail": 7}', '{"detail": {"data": []}}', "[" * 100_000]
)
def test_a_body_that_wraps_nothing_has_no_ids(body: str) -> None:
    assert Record(id="m-1", body=body, sent_at=NOW, read=detail_of).ids == {
        "message_id": "m-1",
        "trace_id": "",
    }


def test_an_id_has_an_end() -> None:
    assert len(ids(json.dumps({"event_id": "x" * 5_000}))["event_id"]) == 1_000
