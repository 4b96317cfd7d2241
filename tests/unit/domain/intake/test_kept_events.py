"""An event as it is kept: all that a source is given comes back, and nothing else passes for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.intake.envelope import Envelope, from_bytes, kept_under, to_bytes
from chalicelib.domain.trace import Trace
from chalicelib.errors import Unreadable

EVENT = Envelope(
    id="evt/1 ü",
    source="zendesk",
    connection="acme",
    received_at=datetime(2026, 3, 1, 9, 0, 0, 5, tzinfo=UTC),
    headers={"x-kind": "Grüße"},
    body='{"text": "Es stürzt ab 💥"}'.encode(),
    trace=Trace("65e19ab0" + "a" * 24, "b" * 16),
)


@pytest.mark.parametrize(
    "event",
    [
        EVENT,
        replace(EVENT, body=b"\xff\xfe not UTF-8"),
        replace(EVENT, body=b""),
        replace(EVENT, headers={"half": "\ud83d"}),
        EVENT.without_body("webhooks/zendesk/acme/1"),
    ],
)
def test_what_is_kept_comes_back_as_a_replay(event: Envelope) -> None:
    assert from_bytes(to_bytes(event)) == replace(event, replay=True)


def test_what_is_kept_says_the_same_however_it_came() -> None:
    assert to_bytes(replace(EVENT, replay=True)) == to_bytes(EVENT)


def test_keys_of_a_connection_are_in_the_order_of_their_days() -> None:
    later = replace(EVENT, received_at=EVENT.received_at.replace(month=12), id="a")
    assert sorted([later.key, EVENT.key]) == [EVENT.key, later.key]
    assert EVENT.key.startswith(kept_under("zendesk", "acme") + "2026/03/01/")


@pytest.mark.parametrize(
    "bare",
    [b"", b"\xff", b"null", b"[]", b'"x"', b"{}", b'{"data": []}', b'{"data": {"v": 2}}', b"[" * 100_000],
)
def test_a_bare_body_is_no_kept_event(bare: bytes) -> None:
    with pytest.raises(Unreadable):
        from_bytes(bare)
