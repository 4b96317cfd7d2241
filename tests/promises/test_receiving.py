"""docs/receiving.md: its receivers in Python take what we send and nothing else, and its figures are those of
the code."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.delivery import body, endpoint, schedule
from chalicelib.domain.delivery.body import body_of
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.signature import headers_of
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Format
from chalicelib.domain.intake.connection import Secret
from chalicelib.pipeline.delivery import recover

PAGE = (Path(__file__).parents[2] / "docs" / "receiving.md").read_text(encoding="utf-8")
RECEIVERS = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SECRET = "whsec_" + base64.b64encode(b"a" * 32).decode()
FORMER = "whsec_" + base64.b64encode(b"b" * 32).decode()
NOW = datetime.now(UTC)  # the libraries look at the clock themselves

Receive = Callable[[Mapping[str, str], bytes], int]


@pytest.fixture(params=RECEIVERS, ids=["standardwebhooks", "svix"])
def receiver(request: pytest.FixtureRequest) -> tuple[Receive, list[Any]]:
    """A receiver of the page, and what it puts aside to work on later."""
    put_aside: list[Any] = []
    code: dict[str, Any] = {"SECRET": SECRET, "later": lambda *given: put_aside.append(given)}
    exec(compile(request.param, "docs/receiving.md", "exec"), code)
    return code["receive"], put_aside


def delivery(format: Format = "standard", at: datetime = NOW, *secrets: str) -> tuple[dict[str, str], bytes]:
    event = CloudEvent(id="e-1", type="ticket.created", time=NOW, subject="t-1", data={"title": "Größer 😀"})
    bytes_, content_type = body_of(StoredEvent.of(event, NOW), format, "")
    signing = [Secret(one) for one in secrets or (SECRET,)]
    return headers_of(format, event.id, bytes_, content_type, signing, at), bytes_


@pytest.mark.parametrize("format", ["standard", "cloudevents"])
def test_a_delivery_is_taken(receiver: tuple[Receive, list[Any]], format: Format) -> None:
    receive, put_aside = receiver
    headers, sent = delivery(format)
    assert receive(headers, sent) == 204
    assert put_aside == [("e-1", json.loads(sent))]


def test_one_is_taken_while_secrets_are_rotated(receiver: tuple[Receive, list[Any]]) -> None:
    receive, _ = receiver
    assert receive(*delivery("standard", NOW, "whsec_" + base64.b64encode(b"c" * 32).decode(), SECRET)) == 204


def test_nothing_else_is_taken(receiver: tuple[Receive, list[Any]]) -> None:
    receive, put_aside = receiver
    headers, sent = delivery()
    forged = [
        (headers, sent + b" "),
        (headers, b"\xff"),
        ({}, sent),
        ({**headers, "webhook-id": "e-2"}, sent),
        ({**headers, "webhook-signature": "v1"}, sent),
        delivery("standard", NOW, FORMER),
        delivery("standard", NOW - timedelta(minutes=6)),
        delivery("standard", NOW + timedelta(hours=1)),
    ]
    assert [receive(*one) for one in forged] == [401] * len(forged)
    assert put_aside == []


def test_its_figures_are_those_of_the_code() -> None:
    waits = [
        f"{n} s" if n < 60 else f"{n // 60} min" if n < 3_600 else f"{n // 3_600} h"
        for n in schedule.SCHEDULE
    ]
    told = PAGE.replace("\n", " ")
    assert f"{', '.join(waits[1:-1])} and {waits[-1]} after the attempt before" in told
    assert sum(schedule.SCHEDULE) == 27 * 3_600 + 35 * 60 + 5
    assert "27 hours and 35 minutes" in told
    assert len(schedule.SCHEDULE) == 8
    assert schedule.JITTER == 1 / 5
    assert endpoint.DAYS == (1, 3, 5)
    minutes = [one.total_seconds() / 60 for one in (endpoint.OPEN, endpoint.OPEN_MOST)]
    assert minutes == [1, 15]
    assert f"{body.MOST:,} bytes at most" in told
    assert f"for {recover.RECOVERABLE.days}." in told
