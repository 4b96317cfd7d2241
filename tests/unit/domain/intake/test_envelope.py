"""What `receive` writes, `ingest` reads, byte by byte."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.intake.envelope import Envelope, encoded_size, from_event, to_bytes
from chalicelib.errors import Unreadable

AT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
ENVELOPE = Envelope(
    id="e1", source="zendesk", connection="c", received_at=AT, headers={"x-kind": "a"}, body=b'{"a": 1}'
)


def travelled(envelope: Envelope) -> Envelope:
    return from_event(json.loads(json.dumps(envelope.as_event().as_json())))


@given(body=st.binary(max_size=200), id=st.text(min_size=1, max_size=20), replay=st.booleans())
def test_every_body_arrives_as_it_left(body: bytes, id: str, replay: bool) -> None:
    envelope = replace(ENVELOPE, body=body, id=id, replay=replay)
    assert travelled(envelope) == envelope


def test_a_body_left_in_s3_is_checked_when_it_comes_back() -> None:
    left = travelled(ENVELOPE.without_body("some/key"))
    assert left.body == b""
    assert left.with_body(ENVELOPE.body) == ENVELOPE
    with pytest.raises(Unreadable, match="not the one that was received"):
        left.with_body(b"another")


def test_an_event_of_the_bus_s_archive_is_a_replay() -> None:
    assert from_event(ENVELOPE.as_event().as_json(), replay=True).replay is True


@pytest.mark.parametrize("body", [b"text", 'ü😀\n"\\'.encode(), b"\xff\x00" * 40])
def test_its_size_is_that_of_the_encoded_entry(body: bytes) -> None:
    event = replace(ENVELOPE, body=body).as_event()
    detail = json.dumps(event.as_json(), separators=(",", ":")).encode()
    assert encoded_size(event) == len(detail) + len("feedback.received") + len("triggeriq")


def test_what_is_left_of_it_says_where_it_begins_and_what_is_kept_is_whole() -> None:
    rest = replace(ENVELOPE, begin=1_000)
    assert from_event(rest.as_event().as_json()) == rest
    assert to_bytes(rest) == to_bytes(ENVELOPE)


def changed(**fields: object) -> dict[str, object]:
    data = {**ENVELOPE.as_event().data, **fields}
    return {"data": {name: value for name, value in data.items() if value is not ...}}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"data": None},
        changed(v=2),
        changed(v=...),
        changed(id=7),
        changed(headers=[]),
        changed(headers={"a": 1}),
        changed(received_at="yesterday"),
        changed(received_at="2026-01-01T00:00:00"),
        changed(body=...),
        changed(body=None),
        changed(body=..., body_base64="?"),
        changed(claim_check={"key": "k"}),
        changed(claim_check=[1]),
        changed(begin=-1),
        changed(begin="7"),
    ],
)
def test_anything_else_is_unreadable(event: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        from_event(event)
