"""What a rule of the bus puts on a queue, read into an envelope."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.intake.envelope import Envelope
from chalicelib.errors import Unreadable
from chalicelib.handlers.eventbridge import detail_of, envelope_of
from tests.unit.pipeline.fakes import NOW

ENVELOPE = Envelope(id="e-1", source="zendesk", connection="c", received_at=NOW, body=b"hello")


def on_the_queue(envelope: Envelope, **more: Any) -> str:
    return json.dumps(
        {"version": "0", "detail-type": "feedback.received", "detail": envelope.as_event().as_json(), **more}
    )


def test_an_event_of_the_bus_is_its_envelope() -> None:
    assert envelope_of(on_the_queue(ENVELOPE)) == ENVELOPE


def test_one_from_the_archive_is_a_replay() -> None:
    assert envelope_of(on_the_queue(ENVELOPE, **{"replay-name": "lost"})) == replace(ENVELOPE, replay=True)


def test_what_ingest_hands_on_to_itself_is_an_event_alone() -> None:
    rest = replace(ENVELOPE, begin=1_000)
    body = rest.as_event().body
    assert envelope_of(body) == rest
    assert detail_of(body)["data"]["begin"] == 1_000


def test_what_it_holds_is_found() -> None:
    assert detail_of(on_the_queue(ENVELOPE)) == json.loads(json.dumps(ENVELOPE.as_event().as_json()))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "null",
        "[]",
        "7",
        "{}",
        '{"detail": null}',
        '{"detail": [1]}',
        '{"detail": {"data": 7}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_event_of_ours_is_unreadable(body: str) -> None:
    with pytest.raises(Unreadable):
        envelope_of(body)
